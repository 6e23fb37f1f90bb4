import { after, between, DAY, LEFT, office, since, START, TODAY } from './dates.ts';
import { capital } from './content.ts';
import { ASKER, GENERALIST, UNLINKED } from './people.ts';
import { Random } from './random.ts';
import { ASIDES, EXPERT_NUDGES, LOUD, POINTERS, THANKS } from './small-talk.ts';
import { bystander, mention, person, type World } from './world.ts';
import type { Conversation, Reply, Subject, Thread } from './types.ts';

/** A conversation with the common fields filled in. */
export function blank(key: string, subject: Subject | undefined, category: string, thread: Thread, by: string, when: number): Conversation {
  return {
    key, id: '', kind: '', also: [], title: thread.title, body: thread.body, by, category, channel: 'FORUM',
    tags: subject?.tags ?? [], at: when, question: false, votes: 0, readers: [], mentions: [], replies: [],
    ...(subject ? { subject: subject.id } : {}),
  };
}

function add(c: Conversation, by: string, body: string, when: number, votes: number, accepted = false): Reply {
  const reply = { by, body, at: when, votes, accepted };
  c.replies.push(reply);
  return reply;
}

/** Small talk around a thread: the generalist, bystanders, pointers to an expert, unlinked accounts. */
function chatter(world: World, subject: Subject, c: Conversation, random: Random, answerer?: string): void {
  let last = c.replies.at(-1)?.at ?? c.at;
  const posted = (): number => (last = after(last, random));
  if (random.chance(0.62) && c.at > START + 60 * DAY) add(c, GENERALIST, random.pick(LOUD), posted(), 0);
  if (random.chance(0.35)) {
    const by = bystander(world, subject, random, [c.by]);
    const p = person(world, by);
    add(c, by, random.pick(ASIDES).replace('{city}', p.city).replace('{team}', p.team), posted(), random.votes(0.5));
  }
  const known = subject.experts.filter((uid) => uid !== answerer);
  if (known.length && random.chance(0.14)) {
    const uid = random.pick(known);
    add(c, bystander(world, subject, random, [c.by]), random.pick(POINTERS).replace('{h}', mention(world, uid)), posted(), 1);
    c.mentions.push(uid);
    if (!answerer && random.chance(0.5)) add(c, uid, random.pick(EXPERT_NUDGES), posted(), random.votes(1));
  }
  if (random.chance(0.05)) add(c, random.pick(UNLINKED), random.pick(ASIDES.slice(3)), posted(), 0);
}

/** Whether a subject's items of the time before the expert left belong to that former expert. */
function inFormerTime(subject: Subject, index: number): boolean {
  return subject.former !== undefined && (subject.flags.includes('noexpert') || index % 2 === 0);
}

/** Who answers the n-th question: the first expert most, helpers seldom. */
export function answererOf(world: World, subject: Subject, index: number, random: Random, not: string): string | undefined {
  if (inFormerTime(subject, index)) return subject.former;
  const [first, second, third] = subject.experts;
  if (!first) return undefined;
  if (third) return [first, second ?? first, first, third][index % 4];
  if (second && index % 5 >= 3) return second;
  if (!second && index % 5 === 4 && !subject.former && random.chance(0.4)) return bystander(world, subject, random, [not]);
  return first;
}

function asker(world: World, subject: Subject, random: Random): string {
  return random.chance(0.05) ? random.pick(UNLINKED) : bystander(world, subject, random);
}

function question(world: World, subject: Subject, thread: Thread, index: number, random: Random): void {
  const early = inFormerTime(subject, index);
  const low = early || !subject.former ? START : LEFT - 30 * DAY;
  const high = early ? LEFT - 60 * DAY : TODAY - (index === 0 ? 60 : 6) * DAY;
  const when = between(since([thread.title, thread.body, thread.answer ?? '', ...thread.replies].join(' '), low, high), high, random);
  const by = asker(world, subject, random);
  const c = blank(`${subject.id}/q${index}`, subject, subject.space, thread, by, when);
  c.kind = 'question';
  c.question = true;
  c.votes = random.votes(4);
  let last = when;
  const handReplies = [...thread.replies];
  if (handReplies.length > 1) add(c, bystander(world, subject, random, [by]), handReplies.pop() as string, (last = after(last, random, 20)), random.votes(1));
  const who = thread.answer === undefined ? undefined : answererOf(world, subject, index, random, by);
  if (thread.answer !== undefined && who) {
    add(c, who, thread.answer, (last = after(last, random, 48)), 2 + random.votes(5), true);
    if (random.chance(handReplies.length ? 0.1 : 0.6)) add(c, by, random.pick(THANKS), (last = after(last, random)), 0);
  }
  // What is left was written as the asker's reply to the answer.
  for (const text of handReplies) add(c, who ? by : bystander(world, subject, random, [by]), text, (last = after(last, random)), random.votes(1.5));
  chatter(world, subject, c, random, who);
  world.conversations.push(c);
}

function openQuestion(world: World, subject: Subject, thread: Thread, index: number, random: Random): void {
  const c = blank(`${subject.id}/u${index}`, subject, subject.space, thread, asker(world, subject, random),
    between(since(`${thread.body} ${thread.replies.join(' ')}`, subject.former ? LEFT : START + 200 * DAY, TODAY - 2 * DAY), TODAY - 2 * DAY, random));
  c.kind = 'open';
  c.question = true;
  c.votes = random.votes(3);
  if (random.chance(0.66)) {
    let last = c.at;
    for (const text of thread.replies) add(c, bystander(world, subject, random, [c.by]), text, (last = after(last, random, 60)), random.votes(1));
    chatter(world, subject, c, random);
  }
  world.conversations.push(c);
}

function discussion(world: World, subject: Subject, thread: Thread, index: number, random: Random, chat: boolean): void {
  // Others open it; the first reply speaks from experience, so it is an expert's.
  const expert = subject.experts.length && (!chat || random.chance(0.75)) ? subject.experts[Math.min(index, subject.experts.length - 1) * (random.chance(0.6) ? 1 : 0)] : undefined;
  // A chat that only tells something comes from somebody who does the work.
  const tells = chat && !thread.body.includes('?') ? subject.experts[0] : undefined;
  const by = tells ?? bystander(world, subject, random);
  const c = blank(`${subject.id}/${chat ? 'c' : 'd'}${index}`, subject, chat ? 'chat' : subject.space, thread, by,
    between(since(`${thread.body} ${thread.replies.join(' ')}`, subject.former ? LEFT - 20 * DAY : START, TODAY - DAY), TODAY - DAY, random));
  c.kind = chat ? 'chat' : 'discussion';
  c.channel = chat ? 'CHAT' : 'FORUM';
  c.question = chat && thread.title.endsWith('?');
  c.votes = random.votes(chat ? 0.7 : 4);
  let last = c.at;
  for (const [i, text] of thread.replies.entries()) {
    const mine = i === 0 && !tells ? expert : undefined;
    add(c, mine ? mine : bystander(world, subject, random, [by]), text, (last = after(last, random, chat ? 1 : 50)), random.votes(2));
  }
  chatter(world, subject, c, random, expert);
  world.conversations.push(c);
}

/** The asker's many questions; the second expert or colleagues answer some, few are accepted. */
function askedAgain(world: World, subject: Subject, thread: Thread, index: number, random: Random): void {
  const c = blank(`${subject.id}/k${index}`, subject, subject.space, thread, ASKER, between(START + 300 * DAY, TODAY - 3 * DAY, random));
  c.kind = 'asked';
  c.question = true;
  c.votes = random.votes(1);
  if (thread.answer) {
    add(c, subject.experts[index % 2] ?? subject.experts[0] ?? ASKER, thread.answer, after(c.at, random, 40), random.votes(2), index % 3 === 0);
    if (random.chance(0.6)) add(c, ASKER, random.pick(['Ok, thanks.', 'Thanks! One more question coming up.', 'Got it, I think.', 'Thanks, I will pass that on to the customer.']), after(c.at + 2 * DAY, random), 0);
  }
  chatter(world, subject, c, random, subject.experts[0]);
  world.conversations.push(c);
}

/** All forum threads and chats of the subjects. */
export function buildThreads(world: World): void {
  for (const s of world.subjects) {
    const random = new Random(`threads ${s.id}`);
    s.questions.forEach((t, i) => question(world, s, t, i, random));
    s.open.forEach((t, i) => openQuestion(world, s, t, i, random));
    s.discussions.forEach((t, i) => discussion(world, s, t, i, random, false));
    s.chats.forEach((t, i) => discussion(world, s, t, i, random, true));
    s.asked.forEach((t, i) => askedAgain(world, s, t, i, random));
  }
}

const MEETING: Record<string, string> = {
  cloud: 'Platform weekly', engineering: 'Engineering sync', firmware: 'Firmware stand-down', manufacturing: 'Plant meeting', support: 'Support round',
  finance: 'Finance fortnight', people: 'People team jour fixe', legal: 'Legal and compliance hour', it: 'IT and facilities check-in', sales: 'Commercial meeting',
};

/** One agenda item of a meeting. */
export interface AgendaItem { subject: Subject; note: string }

/** Groups of agenda items for meetings of a space; no note occurs more than `rounds` times. */
export function agendas(world: World, space: string, rounds: number, size: number, seed: string): AgendaItem[][] {
  const random = new Random(`${seed} ${space}`);
  const items = world.subjects.filter((s) => s.space === space).flatMap((subject) => subject.notes.map((note) => ({ subject, note })));
  const result: AgendaItem[][] = [];
  for (let round = 0; round < rounds; round++) {
    let row: AgendaItem[] = [];
    for (const item of random.shuffle(items)) {
      if (row.length === size) { result.push(row); row = []; }
      row.push(item);
    }
    if (row.length > 1) result.push(row);
  }
  // Items on one subject stand together.
  return result.map((items) => items.sort((a, b) => (a.subject.id < b.subject.id ? -1 : a.subject.id > b.subject.id ? 1 : 0)));
}

/** A meeting's day: meetings of a space spread over the whole time. */
export function meetingDay(random: Random, items: AgendaItem[]): number {
  return between(since(items.map((i) => i.note).join(' '), items.some((i) => i.subject.former) ? LEFT - 10 * DAY : START, TODAY - 4 * DAY), TODAY - 4 * DAY, random);
}

/** Those at a meeting: experts of the items and people of the space. */
export function attendees(world: World, items: AgendaItem[], random: Random): string[] {
  const present = new Set(items.flatMap((i) => i.subject.experts.slice(0, 2)).filter(() => random.chance(0.7)));
  const first = (items[0] as AgendaItem).subject;
  while (present.size < 4) present.add(bystander(world, first, random));
  return [...present].slice(0, 6);
}

/** Meeting notes as conversations. */
export function buildMeetings(world: World): void {
  for (const space of Object.keys(MEETING)) {
    const random = new Random(`meetings ${space}`);
    agendas(world, space, 2, 2, 'meeting').forEach((items, index) => {
      const when = meetingDay(random, items);
      const present = attendees(world, items, random);
      const first = (items[0] as AgendaItem).subject;
      const lines = items.map(({ subject, note }, n) => {
        const again = items[n - 1]?.subject === subject;
        const owner = subject.experts[0] ?? present[0] ?? '';
        const action = random.chance(0.3) ? `\n\nAction: @${mention(world, owner)} ${random.pick(['reports back in two weeks', 'updates the page', 'has the lead', 'checks the numbers', 'talks to the people concerned', 'closes the ticket'])}.` : '';
        return `${again ? '' : `### ${capital(subject.label)}\n\n`}${note}${action}`;
      });
      const names = present.map((uid) => person(world, uid).cn).join(', ');
      // The note taker is a bystander: taking notes shows no expertise.
      const writer = bystander(world, first, random);
      const c = blank(`meeting/${space}/${index}`, first, `${space}-meetings`, { title: `${MEETING[space]} ${new Date(when).toISOString().slice(0, 10)}: ${items.map((i) => i.subject.label).filter((l, i, all) => all.indexOf(l) === i).join(', ')}`, body: `Present: ${names}\n\n${lines.join('\n\n')}`, replies: [] }, writer, office(when, random));
      c.kind = 'meeting';
      c.channel = 'MEETING';
      c.also = items.map((i) => i.subject.id);
      c.tags = [...new Set(items.flatMap((i) => i.subject.tags.slice(0, 1)))];
      c.mentions = [...new Set(items.filter((_item, n) => (lines[n] as string).includes('Action: @')).map((i) => i.subject.experts[0] ?? present[0] as string))];
      if (random.chance(0.4)) add(c, random.pick(present), random.pick(['Minutes are fine, thanks.', 'One correction: the date was agreed for next month, not this one.', 'I have started on my action.', 'Done from my side.', 'Please move my item to the next meeting, I was travelling.']), after(c.at, random, 60), 0);
      if (random.chance(0.35)) add(c, GENERALIST, random.pick(LOUD), after(c.at, random, 70), 0);
      world.conversations.push(c);
    });
  }
}

/** Gives ids in the order of time. */
export function numberConversations(world: World): void {
  world.conversations.sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  world.conversations.forEach((c, i) => { c.id = String(1001 + i * 3 + (i % 7 === 3 ? 1 : 0)); });
}
