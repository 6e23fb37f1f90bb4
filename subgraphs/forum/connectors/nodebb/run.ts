import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { ConversationItem } from '../../connector.ts';
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

const MAX_UPSERTS = 100;
/** An unchanged topic costs no request. */
const MAX_UNCHANGED = 2000;
const MAX_ACCOUNTS = 2000;
/** So many pages are listed with every run; more take at most this part of the budget. */
const FEW_PAGES = 200;
const PART = 1 / 10;
/** One topic may be broken; when so many in a row are, the forum is. */
const MAX_FAILURES = 3;

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
  const isWhole = !last.isDone || state !== last.sections || isDue(last, forum.perMinute);

  const cut: RunCursor = { ...START, top: last.top };
  const batches = new Batches(cut, isWhole && cursor !== undefined && !last.isDone);
  if (blind !== undefined) batches.problem(blind);
  for (const problem of sections.problems) batches.problem(problem);
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
  let failures = 0;
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
      failures = 0;
      for (const problem of problems) batches.problem(problem);
      if (item !== undefined) batches.upsert(item, before);
      else if (before !== undefined) batches.delete([key]);
    } catch (error) {
      if (!(error instanceof ConnectorError) || !(await isOfTopic(forum, error, call)) || ++failures >= MAX_FAILURES)
        throw error;
      retry.push(row.tid);
      const isKept = before?.startsWith(fenceOf(section)) === true;
      if (isKept) batches.unchanged(key);
      const reason = `cannot be read (${error.message.replace(`${source}: `, '').replace(/\.$/, '')}); it is tried again`;
      batches.problem({ place: `topic ${key}`, reason, ...(isKept ? { item: key } : {}) });
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
    if (item !== undefined) batches.unchanged(item);
    const place = id === undefined ? 'topics' : `topic ${id}`;
    batches.problem({ place, reason: `its line in the list: ${reason}`, ...(item === undefined ? {} : { item }) });
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

/** Whether listing everything again keeps within its part of the budget. */
function isDue({ listedAt, pages }: RunCursor, perMinute: number): boolean {
  return pages <= FEW_PAGES || Date.now() - listedAt >= (pages / perMinute / PART) * 60_000;
}

/** The batch that is being filled. */
class Batches {
  /** Where a run that is cut short after it goes on. */
  cut: RunCursor;
  #restart: boolean;
  #batch = emptyBatch();

  constructor(cut: RunCursor, restart: boolean) {
    this.cut = cut;
    this.#restart = restart;
  }

  get isFull(): boolean {
    const { upserts, unchanged, problems } = this.#batch;
    return upserts.length >= MAX_UPSERTS || unchanged.length >= MAX_UNCHANGED || problems.length >= MAX_UNCHANGED;
  }

  get hasDeletes(): boolean {
    return this.#batch.deletes.length > 0;
  }

  upsert(item: ConversationItem, before: string | undefined): void {
    if (item.version === before) this.unchanged(item.key);
    else this.#batch.upserts.push(item);
  }

  unchanged(key: string): void {
    this.#batch.unchanged.push(key);
  }

  delete(keys: readonly string[]): void {
    this.#batch.deletes.push(...keys);
  }

  problem(problem: Problem): void {
    this.#batch.problems.push(problem);
  }

  flush(): Batch<ConversationItem> {
    // What a run cut short has seen, and nobody sees now, is gone.
    const restart = this.#restart ? ({ restart: true } as const) : {};
    const full = { ...this.#batch, ...restart, cursor: JSON.stringify(this.cut) };
    this.#restart = false;
    this.#batch = emptyBatch();
    return full;
  }
}

function emptyBatch(): {
  readonly upserts: ConversationItem[];
  readonly deletes: string[];
  readonly unchanged: string[];
  readonly problems: Problem[];
} {
  return { upserts: [], deletes: [], unchanged: [], problems: [] };
}
