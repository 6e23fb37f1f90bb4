import { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { entriesOf } from './query.ts';
import type { WikiSession } from './session.ts';

/** What may have changed since a moment. */
export interface Changed {
  readonly ids: ReadonlySet<number>;
  /** Of pages named without an id: imported ones, and where a move led. */
  readonly titles: ReadonlySet<string>;
  /** Something changed that is told without saying to which page. */
  readonly isUnclear: boolean;
}

/** Entries are dated when a change begins and seen when it is through: a slow one appears with an old date. */
const OVERLAP_MS = 2 * 60_000;

const Change = z.looseObject({ pageid: z.int().optional() });

const LogEvent = z.looseObject({
  type: z.string().optional(),
  action: z.string().optional(),
  title: z.string().optional(),
  pageid: z.int().optional(),
  /** The page's id then; `pageid` is that of whatever has its title now. */
  logpage: z.int().optional(),
  params: z.looseObject({ target_title: z.string().optional() }).catch({}).optional(),
});

/** What a log is about that bears on a page: edits are among the recent changes. */
const LOGS = new Set(['delete', 'suppress', 'move', 'protect', 'import', 'merge', 'contentmodel', 'upload']);

/** Entries of these do not bear on whole pages. */
const NOT_PAGES = new Set(['event', 'revision']);

/**
 * Asks recent changes and the logs what changed since: both tell of pages that the account may not read, so what they
 * name is only looked at again.
 */
export async function changedSince(session: WikiSession, since: string, call: Call): Promise<Changed> {
  const from = new Date(Date.parse(since) - OVERLAP_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const ids = new Set<number>();
  const titles = new Set<string>();
  let isUnclear = false;
  const changes = { rcstart: from, rcdir: 'newer', rctype: 'edit|new', rcprop: 'ids|title', rclimit: 'max' };
  for await (const { pageid = 0 } of entriesOf(session, 'recentchanges', Change, changes, call))
    if (pageid > 0) ids.add(pageid);
  const events = { lestart: from, ledir: 'newer', leprop: 'ids|type|title|details', lelimit: 'max' };
  for await (const event of entriesOf(session, 'logevents', LogEvent, events, call)) {
    if (!LOGS.has(event.type ?? '')) continue;
    const own = [event.pageid, event.logpage].filter((id): id is number => id !== undefined && id > 0);
    for (const id of own) ids.add(id);
    const named = [event.params?.target_title, own.length === 0 ? event.title : undefined];
    for (const title of named) if (title !== undefined) titles.add(title);
    // Of a page deleted without its old id nothing is known but that one of ours is gone.
    if (event.type === 'delete' && (event.logpage ?? 0) === 0 && !NOT_PAGES.has(event.action ?? '')) isUnclear = true;
  }
  return { ids, titles, isUnclear };
}
