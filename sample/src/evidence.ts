import type { World } from './world.ts';

/** What one person shows on one subject. */
export interface Evidence { documents: number; accepted: number; replies: number; opened: number; score: number }

/** Counts evidence on a subject: own documents and accepted answers weigh most, opening questions nothing. */
export function evidence(world: World, subjectId: string): Map<string, Evidence> {
  const all = new Map<string, Evidence>();
  const of = (uid: string): Evidence => {
    const found = all.get(uid) ?? { documents: 0, accepted: 0, replies: 0, opened: 0, score: 0 };
    all.set(uid, found);
    return found;
  };
  for (const d of world.docs) if (d.subject === subjectId) for (const uid of new Set(d.authors)) of(uid).documents++;
  for (const c of world.conversations) {
    if (c.subject !== subjectId || c.kind === 'meeting') continue;
    of(c.by).opened++;
    for (const r of c.replies) { if (r.accepted) of(r.by).accepted++; else of(r.by).replies++; }
  }
  for (const e of all.values()) e.score = 4 * e.documents + 3 * e.accepted + 0.5 * e.replies;
  return all;
}

/** How many posts (openings and replies) somebody wrote. */
export function posts(world: World): Map<string, number> {
  const count = new Map<string, number>();
  const add = (uid: string): void => { count.set(uid, (count.get(uid) ?? 0) + 1); };
  for (const c of world.conversations) { add(c.by); c.replies.forEach((r) => add(r.by)); }
  return count;
}
