import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { Unreachable } from '../../../kit/unreachable.ts';
import { isMail } from '../../../kit/text/accounts.ts';
import type { As, JiveApi } from './api.ts';
import { containerOf } from './conversations.ts';
import { idIn, PLACED_FIELDS } from './query.ts';
import { Placed, type Person } from './shapes.ts';

/** How Jive is told whom to act as; its system property `jive.api.run_as.strategies` names those it takes. */
export const STRATEGIES = ['username', 'email', 'userid', 'uri'] as const;
/** How Jive is told whom to act as. */
export type Strategy = (typeof STRATEGIES)[number];

const HEADER = 'x-jive-run-as';
/** Asked for at the same time: all share the budget. */
const AT_ONCE = 8;

/**
 * Which contents an account may read, and by what. Where acting as others is switched off, some releases do not refuse the header but
 * leave it unread, and answer as to the administrator; so first it is asked who is acted as.
 */
export async function readableAs(
  api: JiveApi,
  strategy: Strategy,
  account: string | null,
  keys: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = [...new Set(keys)].filter((key) => /^\d{1,18}$/.test(key));
  if (wanted.length === 0) return found;
  const person = account === null ? undefined : await personOf(api, account, call);
  if (account !== null && person === undefined) return found;
  const as = person === undefined ? 'guest' : await actingAs(api, strategy, person, call);
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const contents = await Promise.all(some.map((id) => api.content(id, call, as, PLACED_FIELDS)));
    for (const [index, content] of contents.entries()) {
      const { data } = Placed.safeParse(content);
      if (data !== undefined && data.contentID === some[index]) found.set(data.contentID, containerOf(data));
    }
  }
  return found;
}

/** @throws ConnectorError when Jive does not act as this person */
async function actingAs(api: JiveApi, strategy: Strategy, person: Person, call: Call): Promise<As> {
  const mail = (person.emails?.find(({ primary }) => primary === true) ?? person.emails?.[0])?.value;
  const names: Record<Strategy, string> = {
    username: person.jive?.username ?? '',
    email: mail ?? '',
    userid: person.id,
    uri: `/people/${person.id}`,
  };
  const name = names[strategy];
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(name)) {
    const what = `the ${strategy} of somebody is not shown, or cannot be sent; set \`runAs\` to \`userid\` or \`uri\``;
    throw new ConnectorError('MISCONFIGURED', `${api.source}: ${what}`);
  }
  const as = { [HEADER]: `${strategy} ${name}` };
  if ((await api.me(call, as)).id !== person.id) throw ignored(api);
  return as;
}

/** Finds out whether Jive acts as others, and only as those there are. @throws ConnectorError that says what to change */
export async function checkActing(api: JiveApi, strategy: Strategy, self: Person, call: Call): Promise<void> {
  await actingAs(api, strategy, self, call);
  const nobody = { username: 'nobody@x.invalid', email: 'nobody@x.invalid', userid: '0', uri: '/people/0' }[strategy];
  let someone: Person;
  try {
    someone = await api.me(call, { [HEADER]: `${strategy} ${nobody}` });
  } catch (error) {
    if (!(error instanceof ConnectorError) || error instanceof Unreachable) throw error;
    if (['UNAVAILABLE', 'CANCELLED', 'RATE_LIMITED'].includes(error.code)) throw error;
    return;
  }
  if (someone.id === self.id) throw ignored(api);
}

function ignored({ source, base }: JiveApi): ConnectorError {
  const what = 'does not act as others when asked to; name the strategy of `runAs` in its system property';
  return new ConnectorError('MISCONFIGURED', `${source}: ${base} ${what} \`jive.api.run_as.strategies\``);
}

async function personOf(api: JiveApi, account: string, call: Call): Promise<Person | undefined> {
  const id = idIn('people', account);
  if (id !== undefined) return api.person('id', id, call);
  const isSame = (name: string | null | undefined): boolean => name?.toLowerCase() === account.toLowerCase();
  const named = await api.person('username', account, call);
  if (isSame(named?.jive?.username)) return named;
  const mailed = isMail(account) ? await api.person('email', account, call) : undefined;
  return mailed?.emails?.some(({ value }) => isSame(value)) === true ? mailed : undefined;
}
