import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { ConversationItem } from '../../connector.ts';
import { Batches } from '../forums/batches.ts';
import { isDue } from '../forums/due.ts';
import { Failures } from '../forums/failures.ts';
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

/** So few pages are listed with every run; more take at most a part of the budget. */
const FEW_PAGES = 10;
/** Likes and edits of replies may show in no list, so some contents are read again whenever all are listed. */
const AGAIN = 10;
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
  const isWhole = !last.isDone || state !== last.state || isDue(last, jive.perMinute, FEW_PAGES);
  const startedAt = Date.now();
  const activityAt = Math.max(last.activityAt, await lastActivity(api, call));

  const cut: RunCursor = { ...START, contents: last.contents, places: places.size };
  const batches = new Batches(cut, isWhole && cursor !== undefined && !last.isDone);
  batches.problem(...places.problems);

  const retry: string[] = [];
  const failures = new Failures(api.source, (error) => isOfContent(api, error, call));
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
        batches.unread(item, `content ${id ?? '?'}`, reason);
        continue;
      }
      if (!jive.types.has(row.type) && !(row.type === 'question' && jive.types.has('discussion'))) continue;
      const section = await sectionOf(row, places, people, jive.readers, call);
      const before = known(row.contentID);
      const isOpen = section.readers.length > 0;
      if (before !== undefined && !(isOpen && before.startsWith(`${fenceOf(section)}.`)))
        batches.delete([row.contentID]);
      const isAgain = isWhole && last.isDone && place >= last.turn && place < last.turn + window;
      if (isOpen) toRead.push({ row, section, isAgain });
    }
    batches.delete(page.gone.filter((id) => known(id) !== undefined));
    // Before anything is read: what lost readers must not wait for that.
    if (batches.hasDeletes) yield batches.flush();
    for (const { row, section, isAgain } of toRead) {
      if (batches.isFull) yield batches.flush();
      const key = row.contentID;
      const before = known(key);
      const prefix = prefixOf(row, section, jive.settings);
      if (!isAgain && before?.startsWith(prefix) === true) {
        batches.unchanged(key);
        continue;
      }
      try {
        const problems: Problem[] = [];
        const replies = (row.replyCount ?? 1) > 0 ? await api.replies(key, isDiscussion(row), call) : [];
        failures.end();
        if (replies === undefined) {
          // Gone since it was listed.
          if (before !== undefined) batches.delete([key]);
          continue;
        }
        const about = { section, people, prefix, base: api.base, problems };
        const item = await toConversation(row, replies, about, call);
        batches.upsert(item, before);
        batches.problem(...problems);
      } catch (error) {
        const why = await failures.reasonOf(error);
        if (retry.length < MAX_RETRY) retry.push(key);
        const kept = before?.startsWith(`${fenceOf(section)}.`) === true ? key : undefined;
        batches.unread(kept, `content ${key}`, `its replies cannot be read (${why}); it is tried again`);
      }
    }
  }
  if (isWhole && contents === 0 && last.contents > 0)
    stopIfEmptied(api.source, call, `${api.base} lists none of the ${last.contents} contents`);
  if (people.problem !== undefined) batches.problem(people.problem);
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
  yield { ...batches.flush(), cursor: JSON.stringify(end), ...(isWhole && isSteady ? { sweep: true } : {}) };
}

/** Whether it is the one content that fails, and not Jive. */
async function isOfContent(api: JiveApi, { code }: ConnectorError, call: Call): Promise<boolean> {
  if (code === 'BAD_RESPONSE') return true;
  if (code !== 'UNAVAILABLE' && code !== 'FORBIDDEN') return false;
  await api.me(call);
  return true;
}
