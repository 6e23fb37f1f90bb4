import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import type { DiscourseApi } from './api.ts';
import { containerOf } from './topics.ts';

/**
 * Which topics somebody may read now, and in which category, by asking the forum in their name. Lists answer for 30 topics in a request; what
 * they leave out may be muted by this user only, so it is asked for by itself.
 * @param account a user name; null for guests
 */
export async function readableBy(
  api: DiscourseApi,
  account: string | null,
  keys: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, string>> {
  if (account !== null && !/^[\x21-\x7e]+$/.test(account)) {
    throw new ConnectorError(
      'FORBIDDEN',
      `${api.source}: only names of ASCII letters can be acted as, unlike "${account}"`,
    );
  }
  const ids = [...new Set(keys)].filter((key) => /^[1-9]\d{0,8}$/.test(key)).map(Number);
  const theirs = api.as(account);
  const listed = await theirs.topicsById(ids, call).catch((error: unknown) => {
    if (error instanceof ConnectorError && error.code === 'FORBIDDEN') return undefined;
    throw error;
  });
  if (listed === undefined) {
    await shouldBeShut(api, account, call);
    return new Map();
  }
  const readable = new Map<string, string>();
  for (const { id, category_id: category } of listed.rows) readable.set(String(id), containerOf(category));
  for (const id of ids) {
    if (readable.has(String(id))) continue;
    const topic = await theirs.shown(id, call);
    if (topic?.id === id) readable.set(String(id), containerOf(topic.category_id));
  }
  return readable;
}

/**
 * Whether it is right that the forum refuses everything: to guests where one has to log in, to who is suspended or no
 * longer there.
 * @throws ConnectorError when it is the key that is refused
 */
async function shouldBeShut(api: DiscourseApi, account: string | null, call: Call): Promise<void> {
  if (account === null) {
    // Were the forum shut to all, it would be no matter of guests.
    await api.categories(call);
    return;
  }
  const user = await api.user(account, call);
  if (user === undefined || user.suspended_till) return;
  throw new ConnectorError(
    'FORBIDDEN',
    `${api.source}: the key may not act as "${account}"; give it to all users, and the right to read topics and their lists`,
  );
}
