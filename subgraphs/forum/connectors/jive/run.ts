import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { ConversationItem } from '../../connector.ts';
import type { JiveApi } from './api.ts';
import { fenceOf, isDiscussion, prefixOf, sectionOf, toConversation, type Section } from './conversations.ts';
import { parseCursor, START, type RunCursor } from './cursor.ts';
import { lastActivity, pagesOf } from './listing.ts';
import type { Members } from './members.ts';
import type { People } from './people.ts';
import { Places, type ReaderOptions } from './places.ts';
import type { Content } from './shapes.ts';

/** What the runs of one source have in common. */
export interface Jive {
  readonly api: JiveApi;
  readonly people: People;
  readonly members: Members;
  readonly readers: ReaderOptions;
  /** The id of the account, as it was when the source was opened. */
  readonly self: string;
  readonly types: ReadonlySet<string>;
  /** The fingerprint of the options that items depend on. */
  readonly settings: string;
  readonly perMinute: number;
}

const MAX_UPSERTS = 100;
/** An unchanged content costs no request. */
const MAX_UNCHANGED = 2000;
/** So few pages are listed with every run; more take at most this part of the budget. */
const FEW_PAGES = 10;
const PART = 1 / 10;
/** Likes and edits of replies may show in no list, so some contents are read again whenever all are listed. */
const AGAIN = 10;
/** One content may be broken; when so many in a row are, Jive is. */
const MAX_FAILURES = 3;
const MAX_RETRY = 100;

/**
 * One run: all contents, or those last active. The list has everything but replies, which are asked for where it says
 * something new. A run cut short lists again from the front: pages are cheap, and may have moved.
 */
export async function* runJive(
  jive: Jive,
  cursor: string | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<ConversationItem>> {
  const { api, people } = jive;
  const last = parseCursor(cursor);
  if ((await api.me(call)).id !== jive.self)
    throw new ConnectorError('UNAUTHORIZED', `${api.source}: ${api.base} takes the credentials for somebody else’s`);
  const places = await Places.load(api, jive.readers, jive.members, call);
  if (places.size === 0 && last.places > 0)
    stopIfEmptied(api.source, call, `${api.base} lists none of the ${last.places} places`);
  const state = fingerprint(jive.settings, places.print, JSON.stringify(jive.readers));
  const isWhole = !last.isDone || state !== last.state || isDue(last, jive.perMinute);
  const startedAt = Date.now();
  const activityAt = Math.max(last.activityAt, await lastActivity(api, call));

  // What a run cut short has seen, and nobody sees now, is gone.
  let restart = isWhole && cursor !== undefined && !last.isDone ? ({ restart: true } as const) : {};
  let batch = emptyBatch();
  const cut = JSON.stringify({ ...START, contents: last.contents, places: places.size } satisfies RunCursor);
  const flushed = (): Batch<ConversationItem> => {
    const full = { ...batch, ...restart, cursor: cut };
    restart = {};
    batch = emptyBatch();
    return full;
  };
  batch.problems.push(...places.problems);

  const retry: string[] = [];
  let failures = 0;
  let contents = 0;
  let pages = 0;
  let isSteady = true;
  const window = Math.max(AGAIN, last.pages);
  for await (const page of pagesOf(api, isWhole, last, call)) {
    pages++;
    isSteady = page.isSteady;
    const toRead: { readonly row: Content; readonly section: Section; readonly isAgain: boolean }[] = [];
    for (const { row, id, reason } of page.rows) {
      const place = contents++;
      if (row === undefined) {
        const item = id !== undefined && known(id) !== undefined ? id : undefined;
        if (item !== undefined) batch.unchanged.push(item);
        batch.problems.push({ place: `content ${id ?? '?'}`, reason, ...(item === undefined ? {} : { item }) });
        continue;
      }
      if (!jive.types.has(row.type) && !(row.type === 'question' && jive.types.has('discussion'))) continue;
      const section = await sectionOf(row, places, people, jive.readers, call);
      const before = known(row.contentID);
      const isOpen = section.readers.length > 0;
      if (before !== undefined && !(isOpen && before.startsWith(`${fenceOf(section)}.`)))
        batch.deletes.push(row.contentID);
      const isAgain = isWhole && last.isDone && place >= last.turn && place < last.turn + window;
      if (isOpen) toRead.push({ row, section, isAgain });
    }
    for (const id of page.gone) if (known(id) !== undefined) batch.deletes.push(id);
    // Before anything is read: what lost readers must not wait for that.
    if (batch.deletes.length > 0) yield flushed();
    for (const { row, section, isAgain } of toRead) {
      if (isFull(batch)) yield flushed();
      const key = row.contentID;
      const before = known(key);
      const prefix = prefixOf(row, section, jive.settings);
      if (!isAgain && before?.startsWith(prefix) === true) {
        batch.unchanged.push(key);
        continue;
      }
      try {
        const problems: Problem[] = [];
        const replies = (row.replyCount ?? 1) > 0 ? await api.replies(key, isDiscussion(row), call) : [];
        failures = 0;
        if (replies === undefined) {
          // Gone since it was listed.
          if (before !== undefined) batch.deletes.push(key);
          continue;
        }
        const about = { section, people, prefix, base: api.base, problems };
        const item = await toConversation(row, replies, about, call);
        if (item.version === before) batch.unchanged.push(key);
        else batch.upserts.push(item);
        batch.problems.push(...problems);
      } catch (error) {
        if (!(error instanceof ConnectorError) || !(await isOfContent(api, error, call)) || ++failures >= MAX_FAILURES)
          throw error;
        if (retry.length < MAX_RETRY) retry.push(key);
        const isKept = before?.startsWith(`${fenceOf(section)}.`) === true;
        if (isKept) batch.unchanged.push(key);
        const why = error.message.replace(`${api.source}: `, '').replace(/\.$/, '');
        batch.problems.push({
          place: `content ${key}`,
          reason: `its replies cannot be read (${why}); it is tried again`,
          ...(isKept ? { item: key } : {}),
        });
      }
    }
  }
  if (isWhole && contents === 0 && last.contents > 0)
    stopIfEmptied(api.source, call, `${api.base} lists none of the ${last.contents} contents`);
  if (people.problem !== undefined) batch.problems.push(people.problem);
  const turn = last.turn + window;
  const end: RunCursor = {
    // A list that moved may have hidden something, so that what is missing is not known to be gone.
    isDone: isSteady,
    activityAt,
    listedAt: isWhole ? startedAt : last.listedAt,
    pages: isWhole ? pages : last.pages,
    contents: isWhole ? contents : last.contents,
    places: places.size,
    state,
    turn: !(isWhole && last.isDone) ? last.turn : turn < contents ? turn : 0,
    retry,
  };
  yield { ...batch, ...restart, cursor: JSON.stringify(end), ...(isWhole && isSteady ? { sweep: true } : {}) };
}

/** Whether it is the one content that fails, and not Jive. */
async function isOfContent(api: JiveApi, { code }: ConnectorError, call: Call): Promise<boolean> {
  if (code === 'BAD_RESPONSE') return true;
  if (code !== 'UNAVAILABLE' && code !== 'FORBIDDEN') return false;
  await api.me(call);
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
}

function isFull({ upserts, unchanged, problems }: OpenBatch): boolean {
  return upserts.length >= MAX_UPSERTS || unchanged.length >= MAX_UNCHANGED || problems.length >= MAX_UNCHANGED;
}

function emptyBatch(): OpenBatch {
  return { upserts: [], deletes: [], unchanged: [], problems: [] };
}
