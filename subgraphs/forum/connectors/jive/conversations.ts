import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account, Reader } from '../../../kit/content/item.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { decodeEntities } from '../../../kit/text/html.ts';
import { cleanLine, webAddress } from '../../../kit/text/plain.ts';
import type { ConversationItem, ReplyItem } from '../../connector.ts';
import type { People } from './people.ts';
import type { Places, ReaderOptions } from './places.ts';
import { idIn } from './query.ts';
import { readRichText } from './rich-text.ts';
import { Reply, type Content, type Placed } from './shapes.ts';

/** Where a content lies and who may read it. */
export interface Section {
  readonly name: string;
  /** Empty when it is closed, or nobody can say to whom it is open. */
  readonly readers: readonly Reader[];
}

/** Messages reply to these; to all else comments do. */
export function isDiscussion({ type }: Content): boolean {
  return type === 'discussion' || type === 'question';
}

/** Who may read a content, by its visibility and its place. */
export async function sectionOf(
  row: Content,
  places: Places,
  people: People,
  options: ReaderOptions,
  call: Call,
): Promise<Section> {
  const own = idIn('places', row.parent);
  const place = own !== undefined && places.has(own) ? own : (row.parentPlace?.placeID ?? own);
  const name = place === undefined ? 'No place' : (places.nameOf(place) ?? 'Unknown place');
  if (row.status && row.status.toLowerCase() !== 'published') return { name, readers: [] };
  if (row.visibility === 'hidden' || row.visibility === 'people') {
    const those = row.visibility === 'people' ? [row.author, ...(row.users ?? [])] : [row.author];
    const readers: (Reader | undefined)[] = [];
    for (const one of those) readers.push(await people.reader(one, call));
    return { name, readers: [...new Set(readers.filter((reader) => reader !== undefined))].sort() };
  }
  if (place !== undefined)
    return { name, readers: ['all', 'place'].includes(row.visibility ?? 'place') ? places.readersOf(place) : [] };
  return { name, readers: row.visibility === 'all' ? options.readers : [] };
}

/** By what Jive lets a content be read: by itself where it is for some people, else by its place, and its kind there. */
export function containerOf({ contentID, type, visibility, parent, parentPlace }: Placed): string {
  if (visibility === 'hidden' || visibility === 'people') return `content ${contentID}`;
  return `place ${idIn('places', parent) ?? parentPlace?.placeID ?? ''} ${visibility ?? 'place'} ${type}`.slice(0, 500);
}

/** Changes when a content gets other readers. */
export function fenceOf({ readers }: Section): string {
  return fingerprint(...readers);
}

/** The part of a version that the list tells: what did not change is not read again. */
export function prefixOf(row: Content, section: Section, settings: string): string {
  return `${fenceOf(section)}.${fingerprint(settings, section.name, JSON.stringify(row))}.`;
}

/** The last time anything happened to it, in milliseconds; 0 where that is not told. */
export function activityOf({ lastActivity, lastActivityDate, updated, published }: Content): number {
  if (typeof lastActivity === 'number') return lastActivity;
  return Date.parse(toIso(lastActivityDate ?? updated ?? published) ?? '') || 0;
}

/** The conversation of a content and its replies. `prefix` begins its version. */
export async function toConversation(
  row: Content,
  answers: readonly unknown[],
  {
    section,
    people,
    prefix,
    base,
    problems,
  }: {
    readonly section: Section;
    readonly people: People;
    readonly prefix: string;
    readonly base: string;
    readonly problems: Problem[];
  },
  call: Call,
): Promise<ConversationItem> {
  const key = row.contentID;
  const opening = readRichText(row.content, base);
  const links = new Set(opening.links);
  const mentions = new Set(opening.mentions);
  const accepted = idIn('messages', row.answer);
  const helpful = new Set((row.helpful ?? []).map((uri) => idIn('messages', uri)));
  const replies = new Map<string, ReplyItem>();
  for (const one of answers) {
    const { data, error } = Reply.safeParse(one);
    if (data === undefined) {
      const path = error.issues[0]?.path.join('.') ?? '';
      problems.push({
        place: `content ${key}`,
        item: key,
        reason: `a reply has an unusable \`${path}\`; it is left out`,
      });
      continue;
    }
    if (data.status && data.status.toLowerCase() !== 'published') continue;
    const said = readRichText(data.content, base);
    for (const link of said.links) links.add(link);
    for (const name of said.mentions) mentions.add(name);
    const author = await people.account(data.author, call);
    const createdAt = toIso(data.published);
    // Whoever marks a reply as helpful speaks for it.
    const marks = data.helpfulCount ?? (data.helpful === true || helpful.has(data.id) ? 1 : 0);
    replies.set(data.id, {
      key: data.id,
      ...(author === undefined ? {} : { author }),
      body: said.text,
      ...(createdAt === undefined ? {} : { createdAt }),
      votes: votes(data.likeCount) + votes(marks),
      accepted: data.answer === true || data.id === accepted,
    });
  }
  const sorted = [...replies.values()].sort(
    (a, b) => compare(a.createdAt ?? '', b.createdAt ?? '') || Number(a.key) - Number(b.key),
  );
  const title = cleanLine(decodeEntities(row.subject)) || `Content ${key}`;
  const createdAt = toIso(row.published);
  const dates = [createdAt, toIso(row.updated), ...sorted.map((reply) => reply.createdAt)];
  const updatedAt = dates
    .filter((date) => date !== undefined)
    .sort()
    .at(-1);
  const author = await people.account(row.author, call);
  const url = webAddress(row.resources?.html?.ref ?? '', base);
  const choices = (row.options ?? []).filter((option) => typeof option === 'string').map(cleanLine);
  const item = {
    ...(url === undefined ? {} : { url }),
    title,
    body: [opening.text, choices.map((choice) => `- ${choice}`).join('\n')].filter((text) => text !== '').join('\n\n'),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    tags: [...new Set((row.tags ?? []).map(cleanLine))].filter((tag) => tag !== ''),
    links: [...links],
    readers: section.readers,
    container: containerOf(row),
    channel: 'FORUM' as const,
    category: section.name,
    ...(author === undefined ? {} : { author }),
    isQuestion:
      row.type === 'question' || row.question === true || title.endsWith('?') || sorted.some((reply) => reply.accepted),
    votes: votes(row.likeCount),
    mentions: [...mentions].filter((name) => name !== '').map((handle): Account => ({ handle })),
    replies: sorted,
  };
  return { key, version: `${prefix}${fingerprint(JSON.stringify(item))}`, ...item };
}

function votes(count: number | null | undefined): number {
  return Number.isSafeInteger(count) ? Math.max(0, count as number) : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
