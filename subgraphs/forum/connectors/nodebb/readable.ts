import type { Call } from '../../../kit/connector.ts';
import type { Asker, NodebbApi } from './api.ts';
import { handleOf, type People } from './people.ts';
import { isShown } from './topics.ts';

/** Questions on their way at once. */
const WIDTH = 4;
/** Somebody unknown may have joined since the users were loaded, if that is longer ago. */
const STALE_MS = 30_000;

/**
 * Which topics an account may read now, and in which category, by asking as that user: somebody the forum does not know is asked for as a
 * guest. Each topic by itself, and without its posts: those would count as read by them.
 */
export async function readableTopics(
  { api, people }: { readonly api: NodebbApi; readonly people: People },
  account: string | null,
  keys: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, string>> {
  // A token that is not taken would be a guest's.
  await api.verify(call);
  const as = account === null ? 'guest' : await askerOf(api, people, account.toLowerCase(), call);
  const tids = keys.filter((key) => /^[1-9]\d{0,8}$/.test(key));
  const readable = new Map<string, string>();
  for (let at = 0; at < tids.length; at += WIDTH) {
    const some = tids.slice(at, at + WIDTH);
    const rows = await Promise.all(some.map((tid) => api.topicRow(Number(tid), as, call)));
    for (const [index, row] of rows.entries()) {
      const key = some[index];
      if (key !== undefined && row !== undefined && isShown(row)) readable.set(key, String(row.cid));
    }
  }
  return readable;
}

/**
 * Who an account is now: slugs are free for others once their user is renamed.
 * @throws ConnectorError when the forum does not let us ask as that user
 */
async function askerOf(api: NodebbApi, people: People, handle: string, call: Call): Promise<Asker> {
  for (const maxAgeMs of [Number.POSITIVE_INFINITY, STALE_MS]) {
    await people.refresh(call, maxAgeMs);
    const uid = people.uidOf(handle);
    const self = uid === undefined ? undefined : await api.self(uid, call);
    if (uid === undefined || self === undefined) continue;
    if (self.uid !== uid) await api.verify(call, uid);
    if (handleOf(self) === handle) return uid;
  }
  return 'guest';
}
