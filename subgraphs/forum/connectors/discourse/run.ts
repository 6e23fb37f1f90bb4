import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import type { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { ConversationItem } from '../../connector.ts';
import { Batches } from '../forums/batches.ts';
import { isDue } from '../forums/due.ts';
import { Failures } from '../forums/failures.ts';
import { readInBulk } from './bulk.ts';
import { parseCursor, START, type RunCursor } from './cursor.ts';
import { listTopics } from './listing.ts';
import { readTopic, type Forum } from './read-topic.ts';
import { Sections, type Section } from './readers.ts';
import type { TopicRow } from './shapes.ts';
import { readTold } from './told.ts';
import { fenceOf, isOpen, isOwnTalk, prefixOf, toConversation } from './topics.ts';

const MAX_ACCOUNTS = 2000;
/** So few pages are listed with every run; more take at most a part of the budget. */
const FEW_PAGES = 10;

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
  const isWhole = !last.isDone || state !== last.sections || isDue(last, forum.perMinute, FEW_PAGES);
  const blind = await people.refresh(call);
  const startedAt = Date.now();
  const { rows, unfit, again, gone, pages, newestPost, next } = await listTopics(
    { api, source, isWhole, last },
    known,
    call,
  );

  const cut: RunCursor = { ...START, top: next.top };
  const batches = new Batches(cut, isWhole && cursor !== undefined && !last.isDone);
  if (blind !== undefined) batches.problem(blind);
  for (const [id, reason] of unfit) {
    const item = id !== undefined && known(String(id)) !== undefined ? String(id) : undefined;
    batches.unread(item, id === undefined ? 'latest.json' : `topic ${id}`, `its line in the list: ${reason}`);
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
  batches.problem(...sections.problems);
  batches.delete(deletes);
  if (batches.hasDeletes) yield batches.flush();

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
    if (batches.isFull) yield batches.flush();
    batches.upsert(item, known(item.key));
  }
  const retry: number[] = [];
  const failures = new Failures(source, (error) => isOfTopic(forum, error, call));
  for (const { row, section } of toRead) {
    if (inBulk.has(row.id)) continue;
    const key = String(row.id);
    if (batches.isFull) yield batches.flush();
    const before = known(key);
    const prefix = prefixOf(row, section, forum.settings);
    if (!again.has(row.id) && before?.startsWith(prefix) === true) {
      batches.unchanged(key);
      continue;
    }
    const problems: Problem[] = [];
    let item: ConversationItem | undefined;
    try {
      item = await readTopic(forum, sections, row, prefix, call, problems);
      failures.end();
    } catch (error) {
      const why = await failures.reasonOf(error);
      retry.push(row.id);
      const kept = before?.startsWith(`${fenceOf(section)}.`) === true ? key : undefined;
      batches.unread(kept, `topic ${key}`, `cannot be read (${why}); it is tried again`);
      continue;
    }
    batches.problem(...problems);
    if (item !== undefined) batches.upsert(item, before);
    // Gone since it was listed.
    else if (before !== undefined) batches.delete([key]);
  }
  const standing = await forum.standing.refresh(call);
  batches.problem(...standing.problems);
  const accounts = [...people.takeNews(), ...standing.accounts];
  while (accounts.length > MAX_ACCOUNTS) yield { ...batches.flush(), accounts: accounts.splice(0, MAX_ACCOUNTS) };
  const end: RunCursor = {
    ...next,
    isDone: true,
    sections: state,
    listedAt: isWhole ? startedAt : last.listedAt,
    pages: isWhole ? pages : last.pages,
    retry,
  };
  yield { ...batches.flush(), accounts, cursor: JSON.stringify(end), ...(isWhole ? { sweep: true } : {}) };
}

/** Whether it is the one topic that fails, and not the forum. */
async function isOfTopic({ api }: Forum, { code }: ConnectorError, call: Call): Promise<boolean> {
  if (code === 'BAD_RESPONSE') return true;
  if (code !== 'UNAVAILABLE') return false;
  await api.categories(call);
  return true;
}
