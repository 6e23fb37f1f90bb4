import { readdirSync, readFileSync } from 'node:fs';
import type { Subject, Thread } from './types.ts';

const FOLDER = new URL('../content/', import.meta.url);

/** Reads a file of sample/content. */
export function contentFile(name: string): string {
  return readFileSync(new URL(name, FOLDER), 'utf8');
}

/** Splits the parts of a content line and turns written-out `\n` into line breaks. */
export function parts(text: string): string[] {
  return text.split(' | ').map((part) => part.trim().replaceAll('\\n', '\n'));
}

/** Capitalises the first letter. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function emptySubject(id: string): Subject {
  return {
    id, label: id, alt: [], tags: [], space: 'engineering', related: [], experts: [], flags: [],
    paras: [], steps: [], decisions: [], reports: [], outdated: [], questions: [], open: [],
    discussions: [], chats: [], notes: [], mails: [], asked: [],
  };
}

function header(subject: Subject, name: string, value: string): void {
  const list = value.split(/[;,]\s*/).map((v) => v.trim()).filter(Boolean);
  if (name === 'label' || name === 'space' || name === 'former') subject[name] = value;
  else if (name === 'alt' || name === 'tags' || name === 'related' || name === 'experts' || name === 'flags') {
    subject[name] = list;
  } else throw new Error(`${subject.id}: unknown header ${name}`);
}

/** Reads one content file: `=== id`, headers, then one item a line, its kind in front. */
export function parseSubjects(text: string, file: string): Subject[] {
  const subjects: Subject[] = [];
  let thread: Thread | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `${file}:${index + 1}`;
    if (!line.trim()) continue;
    if (line.startsWith('=== ')) {
      subjects.push(emptySubject(line.slice(4).trim()));
      continue;
    }
    const subject = subjects.at(-1);
    if (!subject) throw new Error(`${where}: item before the first subject`);
    const head = /^([a-z]+): (.*)$/.exec(line);
    if (head) {
      header(subject, head[1] as string, (head[2] as string).trim());
      continue;
    }
    const item = /^([A-Z]+) (.*)$/.exec(line);
    if (!item) throw new Error(`${where}: cannot read "${line.slice(0, 40)}"`);
    const p = parts(item[2] as string);
    const first = p[0] as string;
    // Commands in the text contain pipes: only the first one divides.
    const rest = p.slice(1).join(' | ');
    const whole = p.join(' | ');
    const open = (list: Thread[]): void => {
      if (!rest) throw new Error(`${where}: expected two parts`);
      thread = { title: first, body: rest, replies: [] };
      list.push(thread);
    };
    switch (item[1]) {
      case 'P':
        if (!rest) throw new Error(`${where}: expected two parts`);
        subject.paras.push({ heading: first, text: rest });
        break;
      case 'S': subject.steps.push(whole); break;
      case 'N': subject.notes.push(whole); break;
      case 'DR': subject.decisions.push(p); break;
      case 'PM': subject.reports.push(p); break;
      case 'O': subject.outdated.push(p); break;
      case 'Q': open(subject.questions); break;
      case 'U': open(subject.open); break;
      case 'D': open(subject.discussions); break;
      case 'M': open(subject.mails); break;
      case 'K': open(subject.asked); break;
      case 'C':
        thread = { title: first.split(/(?<=[?.!])\s/)[0] as string, body: whole, replies: [] };
        subject.chats.push(thread);
        break;
      case 'A':
        if (!thread) throw new Error(`${where}: answer without a question`);
        thread.answer = whole;
        break;
      case 'R':
        if (!thread) throw new Error(`${where}: reply without a thread`);
        thread.replies.push(whole);
        break;
      default: throw new Error(`${where}: unknown kind ${item[1]}`);
    }
  }
  return subjects;
}

/** All subjects, in file order; a later file may add items to a subject of an earlier one. */
export function readSubjects(): Subject[] {
  const byId = new Map<string, Subject>();
  for (const name of readdirSync(FOLDER).filter((n) => n.startsWith('subjects-')).sort()) {
    for (const subject of parseSubjects(contentFile(name), name)) {
      const earlier = byId.get(subject.id);
      if (!earlier) byId.set(subject.id, subject);
      else {
        earlier.mails.push(...subject.mails);
        earlier.chats.push(...subject.chats);
        earlier.outdated.push(...subject.outdated);
      }
    }
  }
  return [...byId.values()];
}
