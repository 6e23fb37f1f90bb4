import { capital } from './content.ts';
import { evidence } from './evidence.ts';
import { ASKER, GENERALIST, UNLINKED } from './people.ts';
import { docUrl } from './render.ts';
import { RESTRICTED_CATEGORY, RESTRICTED_SPACE } from './restricted.ts';
import type { Doc, Subject } from './types.ts';
import type { World } from './world.ts';

/** Canary words: in restricted items only. */
export const CANARY_SPACE = 'quillfeather';
export const CANARY_CATEGORY = 'marrowbright';
/** Subjects that only restricted items show. */
export const HIDDEN_SPACE = { topic: 'patent dispute over heated anemometers', expert: 'gareth.pugh', tag: 'patent-dispute' };
export const HIDDEN_CATEGORY = { topic: 'salary band calibration', expert: 'daniel.osei', tag: 'salary-bands' };

const FLAGSHIP = 'tls-rotation';
const NAMESAKES = [{ uid: 'anna.nowak', subject: 'solder-paste' }, { uid: 'anna.nowak2', subject: 'parental-leave' }];

const urls = (docs: Doc[]): string[] => docs.map(docUrl).sort();

/** Threads about a subject (not the meetings that only touch it). */
export function threadsOf(world: World, id: string): string[] {
  return world.conversations.filter((c) => c.subject === id && c.kind !== 'meeting' && !c.readers.length).map((c) => c.id);
}

/** Public pages about a subject; plain text files have no metadata and are left out. */
export function docsOf(world: World, id: string): Doc[] {
  return world.docs.filter((d) => d.subject === id && d.format !== 'txt' && !d.readers.length);
}

/** The topic string judged for a subject: every third time another name than the preferred one. */
export function topicOf(s: Subject, index: number): string {
  return index % 3 === 2 && s.id !== FLAGSHIP ? (s.alt[0] ?? s.label) : s.label;
}

/** Judged topics. */
export function topics(world: World): unknown[] {
  return world.subjects.filter((s) => s.experts.length).map((s) => {
    const index = world.subjects.indexOf(s);
    return { id: s.id, topic: topicOf(s, index), experts: s.experts, conversations: threadsOf(world, s.id), documents: urls(docsOf(world, s.id).filter((d) => !d.outdated)) };
  });
}

/** The planted truth. */
export function truth(world: World): Record<string, unknown> {
  const subject = (id: string): Subject => {
    const s = world.subjects.find((x) => x.id === id);
    if (!s) throw new Error(`no subject ${id}`);
    return s;
  };
  const asked = world.subjects.find((s) => s.asked.length) as Subject;
  const left = world.subjects.find((s) => s.former && s.experts.length) as Subject;
  const outdated = world.docs.filter((d) => d.outdated);
  const guide = (id: string): Doc => world.docs.find((d) => d.subject === id && d.kind === 'guide') as Doc;
  const restrictedDocs = world.docs.filter((d) => d.space === RESTRICTED_SPACE);
  const restrictedTalk = world.conversations.filter((c) => c.category === RESTRICTED_CATEGORY);
  const formerDocs = docsOf(world, left.id).filter((d) => d.authors.includes(left.former as string));
  return {
    today: '2026-11-20',
    experts: {
      what: 'For each subject, these people wrote the accepted answers and the documents; first the one with most. Nobody else still here has as much to show.',
      subjects: world.subjects.filter((s) => s.experts.length).map((s) => ({ id: s.id, topic: s.label, experts: s.experts })),
    },
    generalist: { what: 'Posts more than anybody else, always a few words, never accepted; an expert on nothing.', uid: GENERALIST, handle: GENERALIST },
    asker: {
      what: 'Opened more threads on the subject than its experts have documents and accepted answers each, but knows nothing about it.',
      uid: ASKER, subject: asked.id, topic: asked.label, experts: asked.experts,
      conversations: world.conversations.filter((c) => c.kind === 'asked').map((c) => c.id),
    },
    namesakes: {
      what: 'Two people share the display name Anna Nowak and must not be merged; each is the expert on one subject only.',
      displayName: 'Anna Nowak', people: NAMESAKES.map((n) => ({ ...n, dept: world.byUid.get(n.uid)?.dept, topic: subject(n.subject).label })),
    },
    former: {
      what: 'Wrote much on the subject but left in May 2025 (employeeType former); the successor is the person to name now.',
      uid: left.former, subject: left.id, topic: left.label, successor: left.experts[0], documents: urls(formerDocs),
      conversations: world.conversations.filter((c) => c.subject === left.id && c.replies.some((r) => r.by === left.former)).map((c) => c.id),
    },
    unlinked: {
      what: 'Forum accounts that belong to nobody in the directory. Two look like the display name of an employee (uids jonas.weber, mei.tanaka) but are other people.',
      handles: UNLINKED, lookLike: { 'Jonas Weber': 'jonas.weber', 'Mei Tanaka': 'mei.tanaka' },
    },
    restrictedSpace: {
      what: 'Documents of the folder legal-matters (its .readers file) are for group:legal only. The canary word occurs in restricted documents only. The hidden expert shows on the hidden topic through these documents alone.',
      space: RESTRICTED_SPACE, readers: ['group:legal'], canary: CANARY_SPACE, documents: urls(restrictedDocs), mayRead: 'sanne.devries', mayNotRead: 'jose.ferreira',
      hiddenTopic: HIDDEN_SPACE.topic, hiddenExpert: HIDDEN_SPACE.expert,
    },
    restrictedCategory: {
      what: 'Conversations of the category people-leads are for group:people-leads only. The canary word occurs there only. The hidden expert shows on the hidden topic through these conversations alone.',
      category: RESTRICTED_CATEGORY, readers: ['group:people-leads'], canary: CANARY_CATEGORY, conversations: restrictedTalk.map((c) => c.id), mayRead: 'claudia.neves', mayNotRead: 'jose.ferreira',
      hiddenTopic: HIDDEN_CATEGORY.topic, hiddenExpert: HIDDEN_CATEGORY.expert,
    },
    personalReaders: {
      what: 'Single documents with readers of their own outside the restricted space.',
      documents: world.docs.filter((d) => d.readers.length && d.space !== RESTRICTED_SPACE).map((d) => ({ url: docUrl(d), readers: d.readers })),
    },
    outdated: {
      what: 'The outdated page says status: outdated; the current page on the same subject must come before it.',
      pages: outdated.map((d) => ({ subject: d.subject, outdated: docUrl(d), current: docUrl(guide(d.subject as string)) })),
    },
    threadsThatBecameDocuments: {
      what: 'The document grew out of the thread: the document links the thread, and a later reply in the thread links the document.',
      pairs: world.docs.filter((d) => d.kind === 'grown').map((d) => ({ conversation: world.conversations.find((c) => c.key === `${d.subject}/q0`)?.id, document: docUrl(d) })),
    },
    unanswered: {
      what: 'Questions in the forum without an accepted answer; those in withoutReply have no reply at all.',
      conversations: world.conversations.filter((c) => c.kind === 'open').map((c) => c.id),
      withoutReply: world.conversations.filter((c) => c.kind === 'open' && !c.replies.length).map((c) => c.id),
    },
    topicsWithoutDocument: {
      what: 'Subjects people talk about but nobody has written a document on.',
      topics: world.subjects.filter((s) => s.flags.includes('nodoc')).map((s) => ({ id: s.id, topic: s.label, conversations: threadsOf(world, s.id) })),
    },
    topicsWithoutExpert: {
      what: 'Subjects on which nobody who is still here has written a document or given an accepted answer.',
      topics: world.subjects.filter((s) => s.flags.includes('noexpert')).map((s) => ({ id: s.id, topic: s.label, ...(s.former ? { former: s.former } : {}), documents: urls(docsOf(world, s.id)), conversations: threadsOf(world, s.id) })),
    },
    flagship: {
      what: 'The sample query: who and what helps with TLS certificate rotation? People in this order.',
      topic: subject(FLAGSHIP).label, label: capital(subject(FLAGSHIP).label), experts: subject(FLAGSHIP).experts,
      documents: urls(docsOf(world, FLAGSHIP).filter((d) => !d.outdated)), outdated: urls(docsOf(world, FLAGSHIP).filter((d) => d.outdated)), conversations: threadsOf(world, FLAGSHIP),
      evidence: Object.fromEntries(subject(FLAGSHIP).experts.map((uid) => [uid, evidence(world, FLAGSHIP).get(uid)])),
    },
  };
}
