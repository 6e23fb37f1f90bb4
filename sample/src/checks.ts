import { LEFT } from './dates.ts';
import { evidence, posts } from './evidence.ts';
import { ASKER, GENERALIST, UNLINKED } from './people.ts';
import { CANARY_CATEGORY, CANARY_SPACE, HIDDEN_CATEGORY, HIDDEN_SPACE } from './truth.ts';
import { RESTRICTED_CATEGORY, RESTRICTED_SPACE } from './restricted.ts';
import type { World } from './world.ts';

function fail(what: string): never {
  throw new Error(`planted truth does not hold: ${what}`);
}

function checkExperts(world: World): void {
  const wrong: string[] = [];
  for (const s of world.subjects) {
    const shown = evidence(world, s.id);
    const scoreOf = (uid: string): number => shown.get(uid)?.score ?? 0;
    const others = [...shown].filter(([uid]) => !s.experts.includes(uid) && !world.byUid.get(uid)?.former);
    const best = Math.max(0, ...others.map(([, e]) => e.score));
    s.experts.forEach((uid, i) => {
      if (i && scoreOf(uid) >= scoreOf(s.experts[i - 1] as string)) wrong.push(`${s.id}: ${uid} has as much as the expert before (${scoreOf(uid)})`);
      if (scoreOf(uid) < best + 2) wrong.push(`${s.id}: ${uid} (${scoreOf(uid)}) is not clearly ahead of others (${best})`);
    });
    if (s.flags.includes('noexpert')) {
      for (const [uid, e] of others) if (e.documents || e.accepted) wrong.push(`${s.id}: ${uid} shows expertise`);
    }
    if (s.flags.includes('nodoc') && world.docs.some((d) => d.subject === s.id)) wrong.push(`${s.id} has a document`);
  }
  if (wrong.length) fail(wrong.join('\n'));
}

function checkPeople(world: World): void {
  const count = posts(world);
  const most = count.get(GENERALIST) ?? 0;
  for (const [uid, n] of count) if (uid !== GENERALIST && n >= most) fail(`${uid} posts as much as the generalist`);
  if (world.conversations.some((c) => c.by === GENERALIST || c.replies.some((r) => r.by === GENERALIST && (r.accepted || r.body.length > 90)))) fail('the generalist says something');
  if (world.docs.some((d) => d.authors.includes(GENERALIST))) fail('the generalist wrote a document');
  const asked = world.subjects.find((s) => s.asked.length);
  if (!asked) fail('nobody asks');
  const shown = evidence(world, asked.id);
  for (const uid of asked.experts) {
    const e = shown.get(uid);
    if (!e || e.documents + e.accepted >= (shown.get(ASKER)?.opened ?? 0)) fail(`${uid} has more items than the asker`);
  }
  if (world.conversations.some((c) => c.replies.some((r) => r.by === ASKER && r.accepted))) fail('the asker answered');
  for (const c of world.conversations) {
    for (const post of [c, ...c.replies]) {
      if (!world.byUid.has(post.by) && !UNLINKED.includes(post.by)) fail(`unknown author ${post.by}`);
      if (world.byUid.get(post.by)?.former && post.at > LEFT) fail(`${post.by} posts in ${c.key} after leaving`);
    }
  }
  for (const handle of UNLINKED) {
    if (!world.conversations.some((c) => c.by === handle || c.replies.some((r) => r.by === handle))) fail(`${handle} never posts`);
  }
  const names = world.people.map((p) => p.cn).filter((n, i, all) => all.indexOf(n) !== i);
  if (names.join() !== 'Anna Nowak') fail(`namesakes: ${names.join()}`);
}

function checkRestricted(world: World, files: Map<string, string>): void {
  for (const [path, text] of files) {
    if (path.endsWith('truth.json')) continue;
    const lower = text.toLowerCase();
    if (!path.startsWith(`documents/${RESTRICTED_SPACE}/`) && lower.includes(CANARY_SPACE)) fail(`${CANARY_SPACE} in ${path}`);
    for (const line of path === 'conversations.ndjson' ? lower.split('\n') : [lower]) {
      if (line.includes(CANARY_CATEGORY) && !line.includes(`"category":"${RESTRICTED_CATEGORY}"`)) fail(`${CANARY_CATEGORY} in ${path}`);
    }
  }
  const docs = world.docs.filter((d) => d.space === RESTRICTED_SPACE);
  if (docs.length < 6 || docs.filter((d) => d.authors.includes(HIDDEN_SPACE.expert) && d.tags.includes(HIDDEN_SPACE.tag)).length < 3) fail('restricted documents');
  if (!docs.some((d) => d.body.toLowerCase().includes(CANARY_SPACE))) fail('no canary in the space');
  const talk = world.conversations.filter((c) => c.category === RESTRICTED_CATEGORY);
  if (talk.length < 12 || talk.filter((c) => c.tags.includes(HIDDEN_CATEGORY.tag) && c.replies.some((r) => r.by === HIDDEN_CATEGORY.expert && r.accepted)).length < 2) fail('restricted conversations');
  if (!talk.some((c) => c.body.toLowerCase().includes(CANARY_CATEGORY))) fail('no canary in the category');
}

function checkText(world: World, files: Map<string, string>): void {
  const seen = new Map<string, number>();
  for (const text of [...world.docs.map((d) => d.body), ...world.conversations.flatMap((c) => [c.body, ...c.replies.map((r) => r.body)])]) {
    for (const p of new Set(text.split('\n\n').map((x) => x.replace(/^\*\*[^*]*\*\* /, '').slice(0, 200)))) if (p.length > 100) seen.set(p, (seen.get(p) ?? 0) + 1);
  }
  for (const [p, n] of seen) if (n > 3) fail(`${n} times: ${p}`);
  for (const [path, text] of files) {
    if (/\{\{|undefined|\bNaN\b/.test(text) && !/undefined/.test(text.replace(/undefined (behaviour|symbol|reference)/g, 'undefined'))) fail(`placeholder in ${path}`);
  }
  const pairs = world.docs.filter((d) => d.kind === 'grown');
  if (pairs.length < 10) fail(`only ${pairs.length} documents grew out of threads`);
  for (const d of pairs) {
    const c = world.conversations.find((x) => x.key === `${d.subject}/q0`);
    if (!c || !d.body.includes(c.key) || !c.replies.some((r) => r.body.includes(d.key)) || new Date(d.date).getTime() < c.at - 86_400_000) fail(`${d.key} and its thread`);
  }
  const open = world.conversations.filter((c) => c.kind === 'open');
  if (open.length < 30 || open.some((c) => c.replies.some((r) => r.accepted)) || !open.some((c) => !c.replies.length)) fail('unanswered questions');
  if (!world.docs.some((d) => d.outdated)) fail('nothing outdated');
  for (const d of world.docs) if (d.updated && d.updated < d.date) fail(`${d.key} updated before it was written`);
}

/** Throws when a planted statement is not true of the output. */
export function check(world: World, files: Map<string, string>): void {
  checkExperts(world);
  checkPeople(world);
  checkRestricted(world, files);
  checkText(world, files);
}
