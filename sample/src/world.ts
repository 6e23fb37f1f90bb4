import { readSubjects } from './content.ts';
import { readPeople, GENERALIST, ASKER } from './people.ts';
import type { Random } from './random.ts';
import type { Conversation, Doc, Mail, Person, Subject } from './types.ts';

/** Everything of the sample before it is written. */
export interface World {
  subjects: Subject[];
  people: Person[];
  byUid: Map<string, Person>;
  conversations: Conversation[];
  docs: Doc[];
  mails: Mail[];
}

/** Departments whose people take part in a space more than others. */
export const HOME: Record<string, string[]> = {
  cloud: ['Engineering'], engineering: ['Engineering'], firmware: ['Engineering', 'Manufacturing & Quality'],
  manufacturing: ['Manufacturing & Quality'], support: ['Customer Support', 'Sales & Marketing'], finance: ['Finance', 'Sales & Marketing'],
  people: ['People', 'Engineering', 'Customer Support'], legal: ['Legal & Compliance', 'Engineering', 'Sales & Marketing'],
  it: ['Facilities & IT', 'Finance', 'Customer Support', 'Manufacturing & Quality'], sales: ['Sales & Marketing', 'Customer Support'],
};

/** An empty world with subjects and people. */
export function newWorld(): World {
  const subjects = readSubjects();
  const people = readPeople(subjects);
  const byUid = new Map(people.map((p) => [p.uid, p]));
  if (byUid.size !== people.length) throw new Error('two people share a uid');
  for (const s of subjects) {
    for (const uid of [...s.experts, ...(s.former ? [s.former] : [])]) if (!byUid.has(uid)) throw new Error(`${s.id}: nobody is called ${uid}`);
  }
  return { subjects, people, byUid, conversations: [], docs: [], mails: [] };
}

/** The person behind a uid. */
export function person(world: World, uid: string): Person {
  const found = world.byUid.get(uid);
  if (!found) throw new Error(`nobody is called ${uid}`);
  return found;
}

/** Somebody active who is no expert on the subject, by activity and closeness to the space. */
export function bystander(world: World, subject: Subject, random: Random, not: readonly string[] = []): string {
  const home = HOME[subject.space] ?? [];
  const list = world.people.filter(
    (p) => !p.former && p.uid !== GENERALIST && p.uid !== ASKER && !subject.experts.includes(p.uid) && !not.includes(p.uid),
  );
  return random.weighted(list, (p) => p.weight * (home.includes(p.dept) ? 5 : 1)).uid;
}

/** How somebody is addressed in the forum. */
export function at(world: World, uid: string): string {
  return world.byUid.get(uid)?.handle ?? uid;
}

/** Placeholder of a thread's address, resolved when ids are known. */
export function threadRef(key: string): string {
  return `{{t:${key}}}`;
}

/** Placeholder of a document's address. */
export function docRef(key: string): string {
  return `{{d:${key}}}`;
}

/** How somebody is mentioned in a text: a mail after an @ would look odd. */
export function mention(world: World, uid: string): string {
  return world.byUid.get(uid)?.account ?? uid;
}
