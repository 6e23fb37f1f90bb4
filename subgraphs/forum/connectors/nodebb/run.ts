import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import type { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { ConversationItem } from '../../connector.ts';
import { Batches } from '../forums/batches.ts';
import { isDue } from '../forums/due.ts';
import { Failures } from '../forums/failures.ts';
import type { NodebbApi } from './api.ts';
import { parseCursor, START, type RunCursor } from './cursor.ts';
import { fenceOf, isOf } from './fence.ts';
import { listTopics, type Listing } from './listing.ts';
import type { People } from './people.ts';
import { Sections, type ReaderOptions, type Section } from './readers.ts';
import type { TopicRow } from './shapes.ts';
import { isShown, prefixOf, readTopic, toConversation } from './topics.ts';

/** What the runs of one source have in common. */
export interface Forum {
  readonly api: NodebbApi;
  readonly people: People;
  readonly readers: ReaderOptions;
  /** The fingerprint of the options that items depend on. */
  readonly settings: string;
  readonly source: string;
  readonly perMinute: number;
}

const MAX_ACCOUNTS = 2000;
/** So many pages are listed with every run; more take at most a part of the budget. */
const FEW_PAGES = 200;

/**
 * One run. Topics are listed, then those read of which lists say something new, the latest first; so a run cut short
 * goes on by listing again. What lost readers is deleted before anything is listed or read.
 */
export async function* runForum(
  forum: Forum,
  cursor: string | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<ConversationItem>> {
  const { api, people, source } = forum;
  const last = parseCursor(cursor);
  await api.verify(call);
  const blind = await people.refresh(call);
  const sections = await Sections.load(api, people, forum.readers, call);
  await api.verify(call);
  const state = fingerprint(forum.settings, sections.print);
  const isWhole = !last.isDone || state !== last.sections || isDue(last, forum.perMinute, FEW_PAGES);

  const cut: RunCursor = { ...START, top: last.top };
  const batches = new Batches(cut, isWhole && cursor !== undefined && !last.isDone);
  if (blind !== undefined) batches.problem(blind);
  batches.problem(...sections.problems);
  const closed: string[] = [];
  for (let tid = 1; tid <= last.top; tid++) {
    const key = String(tid);
    const before = known(key);
    if (before !== undefined && !isOf(before, sections)) closed.push(key);
  }
  if (closed.length > 0) {
    batches.delete(closed);
    yield batches.flush();
  }

  const startedAt = Date.now();
  const listing = await listTopics({ api, source, sections, people, isWhole, last }, known, call);
  batches.cut = { ...START, top: listing.next.top };
  const toRead = sorted(listing, sections, known, batches);
  if (batches.hasDeletes) yield batches.flush();

  const retry: number[] = [];
  const failures = new Failures(source, (error) => isOfTopic(forum, error, call));
  for (const { row, section } of toRead) {
    if (batches.isFull) yield batches.flush();
    const key = String(row.tid);
    const before = known(key);
    // Without a look at all of its posts nobody can say that none of them changed.
    const posts = listing.prints.get(row.tid);
    const prefix = isWhole ? prefixOf(row, posts ?? '', section, forum.settings) : `${fenceOf(section)}?.`;
    if (isWhole && before?.startsWith(prefix) === true) {
      batches.unchanged(key);
      continue;
    }
    const problems: Problem[] = [];
    try {
      const item = await itemOf(forum, sections, { row, section, prefix }, call, problems);
      failures.end();
      batches.problem(...problems);
      if (item !== undefined) batches.upsert(item, before);
      else if (before !== undefined) batches.delete([key]);
    } catch (error) {
      const why = await failures.reasonOf(error);
      retry.push(row.tid);
      const kept = before?.startsWith(fenceOf(section)) === true ? key : undefined;
      batches.unread(kept, `topic ${key}`, `cannot be read (${why}); it is tried again`);
    }
  }
  const accounts = [...people.takeNews()];
  while (accounts.length > MAX_ACCOUNTS) yield { ...batches.flush(), accounts: accounts.splice(0, MAX_ACCOUNTS) };
  const end: RunCursor = {
    ...listing.next,
    isDone: true,
    sections: state,
    listedAt: isWhole ? startedAt : last.listedAt,
    pages: isWhole ? listing.pages : last.pages,
    retry,
  };
  yield { ...batches.flush(), accounts, cursor: JSON.stringify(end), ...(isWhole ? { sweep: true } : {}) };
}

interface Readable {
  readonly row: TopicRow;
  readonly section: Section;
}

/** What is to be read, the latest first; what is gone, hidden or has other readers now is deleted. */
function sorted(listing: Listing, sections: Sections, known: Known, batches: Batches): Readable[] {
  for (const [id, reason] of listing.unfit) {
    const item = id !== undefined && isOf(known(String(id)), sections) ? String(id) : undefined;
    batches.unread(item, id === undefined ? 'topics' : `topic ${id}`, `its line in the list: ${reason}`);
  }
  batches.delete(listing.gone.map(String).filter((key) => known(key) !== undefined));
  const toRead: Readable[] = [];
  for (const row of listing.rows.values()) {
    const section = isShown(row) ? sections.of(row.cid) : undefined;
    const before = known(String(row.tid));
    if (before !== undefined && (section === undefined || !before.startsWith(fenceOf(section))))
      batches.delete([String(row.tid)]);
    if (section !== undefined) toRead.push({ row, section });
  }
  return toRead.sort((a, b) => (b.row.lastposttime ?? 0) - (a.row.lastposttime ?? 0) || b.row.tid - a.row.tid);
}

/** Undefined when it is gone, hidden or closed since it was listed. */
async function itemOf(
  { api, people }: Forum,
  sections: Sections,
  { row, section, prefix }: Readable & { readonly prefix: string },
  call: Call,
  problems: Problem[],
): Promise<ConversationItem | undefined> {
  const whole = await readTopic(api, row.tid, call, problems);
  if (whole === undefined || !isShown(whole.topic)) return undefined;
  // Moved since it was listed: the version must be that of its new readers, and be looked at again.
  const now = sections.of(whole.topic.cid);
  if (now === undefined) return undefined;
  const version = now.cid === section.cid ? prefix : `${fenceOf(now)}?.`;
  return toConversation(whole, now, people, version, api.base);
}

/** Whether it is the one topic that fails, and not the forum. */
async function isOfTopic({ api }: Forum, { code }: ConnectorError, call: Call): Promise<boolean> {
  if (code !== 'BAD_RESPONSE' && code !== 'UNAVAILABLE') return false;
  await api.verify(call);
  return true;
}
