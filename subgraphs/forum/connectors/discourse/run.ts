import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { AccountState } from '../../../kit/content/item.ts';
import type { ConversationItem } from '../../connector.ts';
import { readInBulk } from './bulk.ts';
import { parseCursor, START, type RunCursor } from './cursor.ts';
import { listTopics } from './listing.ts';
import { readTopic, type Forum } from './read-topic.ts';
import { Sections, type Section } from './readers.ts';
import type { TopicRow } from './shapes.ts';
import { readTold } from './told.ts';
import { fenceOf, isOpen, isOwnTalk, prefixOf, toConversation } from './topics.ts';

const MAX_UPSERTS = 100;
/** An unchanged topic costs no request. */
const MAX_UNCHANGED = 2000;
const MAX_ACCOUNTS = 2000;
/** So few pages are listed with every run; more take at most this part of the budget. */
const FEW_PAGES = 10;
const PART = 1 / 10;
/** One topic may be broken; when so many in a row are, the forum is. */
const MAX_FAILURES = 3;

/**
 * One run. Topics are listed, then those read whose line in the list says something new, the latest first; so a run
 * cut short goes on by listing again. What lost readers is deleted before anything is read.
 */
export async function* runForum(
  forum: Forum,
  cursor: string | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<ConversationItem>> {
  const { api, people, source } = forum;
  const last = parseCursor(cursor);
  const told = forum.webhook?.take() ?? [];
  if (told.length > 0 && cursor !== undefined && last.isDone) {
    const batch = await readTold(forum, told, known, call);
    if (batch !== undefined) yield { ...batch, cursor };
  }
  const sections = await Sections.load(api, forum.readers, call);
  const state = fingerprint(forum.settings, sections.print);
  const isWhole = !last.isDone || state !== last.sections || isDue(last, forum.perMinute);
  const blind = await people.refresh(call);
  const startedAt = Date.now();
  const { rows, unfit, again, gone, pages, newestPost, next } = await listTopics(
    { api, source, isWhole, last },
    known,
    call,
  );

  const cut: RunCursor = { ...START, top: next.top };
  // What a run cut short has seen, and nobody sees now, is gone.
  let restart = isWhole && cursor !== undefined && !last.isDone ? ({ restart: true } as const) : {};
  let batch = emptyBatch();
  const flushed = (): Batch<ConversationItem> => {
    const full = { ...batch, ...restart, cursor: JSON.stringify(cut) };
    restart = {};
    batch = emptyBatch();
    return full;
  };
  if (blind !== undefined) batch.problems.push(blind);
  for (const [id, reason] of unfit) {
    const item = id !== undefined && known(String(id)) !== undefined ? String(id) : undefined;
    if (item !== undefined) batch.unchanged.push(item);
    const place = id === undefined ? 'latest.json' : `topic ${id}`;
    batch.problems.push({ place, reason: `its line in the list: ${reason}`, ...(item === undefined ? {} : { item }) });
  }

  const deletes = gone.map(String).filter((key) => known(key) !== undefined);
  const toRead: { readonly row: TopicRow; readonly section: Section }[] = [];
  for (const row of rows.values()) {
    const section = isOpen(row) ? await sections.of(row.category_id, call) : undefined;
    const before = known(String(row.id));
    const isWanted = section !== undefined && !isOwnTalk(row);
    if (before !== undefined && !(isWanted && before.startsWith(`${fenceOf(section)}.`))) deletes.push(String(row.id));
    if (isWanted) toRead.push({ row, section });
  }
  batch.problems.push(...sections.problems);
  if (deletes.length > 0) {
    batch.deletes.push(...deletes);
    yield flushed();
  }

  toRead.sort((a, b) => ((a.row.bumped_at ?? '') < (b.row.bumped_at ?? '') ? 1 : -1));
  const isRead = ({ row, section }: (typeof toRead)[0]): boolean =>
    !again.has(row.id) && known(String(row.id))?.startsWith(prefixOf(row, section, forum.settings)) === true;
  // Which post is the accepted one is said for sure only by the topic itself.
  const unread = toRead.filter((one) => !isRead(one) && one.row.has_accepted_answer !== true);
  const sectionOf = new Map(unread.map(({ row, section }) => [row.id, section]));
  const wanted = new Map(unread.map(({ row }) => [row.id, row]));
  const inBulk = new Set<number>();
  for await (const { row, posts } of readInBulk(api, wanted, newestPost, call)) {
    const section = sectionOf.get(row.id) as Section;
    const prefix = prefixOf(row, section, forum.settings);
    const item = toConversation(row, posts, section, people, prefix, api.base);
    inBulk.add(row.id);
    if (isFull(batch)) yield flushed();
    if (item.version === known(item.key)) batch.unchanged.push(item.key);
    else batch.upserts.push(item);
  }
  const retry: number[] = [];
  let failures = 0;
  for (const { row, section } of toRead) {
    if (inBulk.has(row.id)) continue;
    const key = String(row.id);
    if (isFull(batch)) yield flushed();
    const before = known(key);
    const prefix = prefixOf(row, section, forum.settings);
    if (!again.has(row.id) && before?.startsWith(prefix) === true) {
      batch.unchanged.push(key);
      continue;
    }
    const problems: Problem[] = [];
    let item: ConversationItem | undefined;
    try {
      item = await readTopic(forum, sections, row, prefix, call, problems);
      failures = 0;
    } catch (error) {
      if (!(error instanceof ConnectorError) || !(await isOfTopic(forum, error, call)) || ++failures >= MAX_FAILURES)
        throw error;
      retry.push(row.id);
      const isKept = before?.startsWith(`${fenceOf(section)}.`) === true;
      if (isKept) batch.unchanged.push(key);
      const reason = `cannot be read (${error.message.replace(`${source}: `, '').replace(/\.$/, '')}); it is tried again`;
      batch.problems.push({ place: `topic ${key}`, reason, ...(isKept ? { item: key } : {}) });
      continue;
    }
    batch.problems.push(...problems);
    if (item === undefined) {
      // Gone since it was listed.
      if (before !== undefined) batch.deletes.push(key);
    } else if (item.version === before) batch.unchanged.push(key);
    else batch.upserts.push(item);
  }
  const standing = await forum.standing.refresh(call);
  batch.problems.push(...standing.problems);
  const accounts = [...people.takeNews(), ...standing.accounts];
  while (accounts.length > MAX_ACCOUNTS) {
    batch.accounts = accounts.splice(0, MAX_ACCOUNTS);
    yield flushed();
  }
  batch.accounts = accounts;
  const end: RunCursor = {
    ...next,
    isDone: true,
    sections: state,
    listedAt: isWhole ? startedAt : last.listedAt,
    pages: isWhole ? pages : last.pages,
    retry,
  };
  yield { ...batch, ...restart, cursor: JSON.stringify(end), ...(isWhole ? { sweep: true } : {}) };
}

/** Whether it is the one topic that fails, and not the forum. */
async function isOfTopic({ api }: Forum, { code }: ConnectorError, call: Call): Promise<boolean> {
  if (code === 'BAD_RESPONSE') return true;
  if (code !== 'UNAVAILABLE') return false;
  await api.categories(call);
  return true;
}

/** Whether listing everything again keeps within its part of the budget. */
function isDue({ listedAt, pages }: RunCursor, perMinute: number): boolean {
  return pages <= FEW_PAGES || Date.now() - listedAt >= (pages / perMinute / PART) * 60_000;
}

interface OpenBatch {
  readonly upserts: ConversationItem[];
  readonly deletes: string[];
  readonly unchanged: string[];
  readonly problems: Problem[];
  accounts?: readonly AccountState[];
}

function isFull({ upserts, unchanged, problems }: OpenBatch): boolean {
  return upserts.length >= MAX_UPSERTS || unchanged.length >= MAX_UNCHANGED || problems.length >= MAX_UNCHANGED;
}

function emptyBatch(): OpenBatch {
  return { upserts: [], deletes: [], unchanged: [], problems: [] };
}
