import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account, Reader } from '../../../kit/content/item.ts';
import { isMail } from '../../../kit/text/accounts.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { JiveApi } from './api.ts';
import { idIn } from './query.ts';
import { Person } from './shapes.ts';

/** Profiles are asked for again after this long. */
const FRESH_MS = 60 * 60_000;
/** When so many profiles in a row show no mail address, none will. */
const ENOUGH = 10;

/** Accounts of people. Lists mostly show user names and mail addresses; where they do not, profiles are asked for. */
export class People {
  readonly #api: JiveApi;
  readonly #byId = new Map<string, { readonly account: Account; readonly at: number }>();
  #inVain = 0;

  constructor(api: JiveApi) {
    this.#api = api;
  }

  /** What is wrong, when mail addresses are not shown. */
  get problem(): Problem | undefined {
    if (this.#inVain < ENOUGH) return undefined;
    const reason =
      'profiles show no mail addresses, so that accounts are linked to people by their user names alone; let the account be a Full Access administrator';
    return { place: 'people', reason };
  }

  /** The account of an author; undefined for guests. */
  async account(person: Person | null | undefined, call: Call): Promise<Account | undefined> {
    if (!person || Number(person.id) <= 0) return undefined;
    const shown = accountOf(person);
    if (shown.mail !== undefined && !shown.handle.startsWith('/')) return shown;
    const known = this.#byId.get(person.id);
    if (known !== undefined && Date.now() - known.at < FRESH_MS) return known.account;
    const isNamed = !shown.handle.startsWith('/');
    if (isNamed && this.#inVain >= ENOUGH) return shown;
    const profile = await this.#api.person('id', person.id, call);
    const account = profile?.id === person.id ? { ...shown, ...accountOf(profile) } : shown;
    this.#inVain = account.mail === undefined ? this.#inVain + 1 : 0;
    this.#byId.set(person.id, { account, at: Date.now() });
    return account;
  }

  /**
   * Somebody as a reader: by mail address, else by user name, as accounts are linked. Undefined when nobody can say who
   * that is.
   */
  async reader(person: unknown, call: Call): Promise<Reader | undefined> {
    const id = typeof person === 'string' ? idIn('people', person) : undefined;
    const { data } = Person.safeParse(id === undefined ? person : { id });
    const account = await this.account(data, call);
    if (account === undefined) return undefined;
    if (account.mail !== undefined) return `person:${account.mail}`;
    return account.handle.startsWith('/') ? undefined : `person:${account.handle}`;
  }
}

/** What a profile says. Without a user name its address is the handle: `/people/12`. */
function accountOf({ id, displayName, jive, emails }: Person): Account {
  const handle = cleanLine(jive?.username ?? '').toLowerCase() || `/people/${id}`;
  const name = cleanLine(displayName ?? '');
  const usable = (emails ?? [])
    .map(({ value, primary }) => ({ mail: cleanLine(value ?? '').toLowerCase(), primary }))
    .filter(({ mail }) => isMail(mail));
  const mail = (usable.find(({ primary }) => primary === true) ?? usable[0])?.mail;
  return { handle, ...(name === '' ? {} : { name }), ...(mail === undefined ? {} : { mail }) };
}
