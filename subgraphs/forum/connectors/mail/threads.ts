import type { MessageHead } from './heads.ts';

/** Messages that answer one another, in the order they were found, under the id of the topmost message. */
export interface Thread<Head extends MessageHead = MessageHead> {
  readonly root: string;
  readonly messages: readonly Head[];
}

/**
 * Groups messages into threads by their references, after Jamie Zawinski's algorithm (jwz.org/doc/threading.html, steps
 * 1–2): ids without a message still join those that name them. Subjects never join anything: two people may both write
 * "Question". As threads are shown flat, sets with a root (union-find) are all that is kept of the tree.
 */
export function threadsOf<Head extends MessageHead>(heads: readonly Head[]): Thread<Head>[] {
  const above = new Map<string, string>();
  const root = (id: string): string => {
    let top = id;
    for (let next = above.get(top); next !== undefined; next = above.get(top)) top = next;
    // Shortens the way for the next who asks.
    for (let at = id; at !== top;) {
      const next = above.get(at) as string;
      above.set(at, top);
      at = next;
    }
    return top;
  };
  const link = (child: string, parent: string): void => {
    // The first link stands, and none may close a circle.
    if (!above.has(child) && root(parent) !== child) above.set(child, root(parent));
  };
  // What a message says of itself comes before what others say on the way to theirs.
  for (const head of heads) {
    const parent = head.references.at(-1);
    if (parent !== undefined) link(head.id, parent);
  }
  for (const { references } of heads) {
    for (let at = references.length - 1; at > 0; at--) link(references[at] as string, references[at - 1] as string);
  }
  const threads = new Map<string, Head[]>();
  for (const head of heads) {
    const id = root(head.id);
    const thread = threads.get(id);
    if (thread === undefined) threads.set(id, [head]);
    else thread.push(head);
  }
  return [...threads].map(([id, messages]) => ({ root: id, messages }));
}
