import { openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import type { Log } from '../../subgraphs/kit/connector.ts';
import { httpIdentityFeed } from '../../subgraphs/kit/identity/http-feed.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import { Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { SyncStore } from '../../subgraphs/kit/sync/sync-store.ts';
import type { Config } from '../config/schema.ts';
import { storePath } from '../local-subgraphs.ts';

/** What a source came to. */
export interface SourceOutcome {
  readonly source: string;
  /** Items of it in the store. */
  readonly items: number;
  /** Items that could not be used, in the order of their places. */
  readonly problems: readonly { readonly place: string; readonly reason: string }[];
  /** Why it failed; undefined when it did not. */
  readonly failure: string | undefined;
}

/** How an area is synced. */
export interface SyncAreaOptions {
  readonly config: Config;
  readonly subgraph: Subgraph;
  /** This source alone; all without it. */
  readonly only: string | undefined;
  readonly log: Log;
  readonly onEvent: (event: SyncEvent) => void;
  /** Ends it after its present batch; the next run goes on from there. */
  readonly signal: AbortSignal;
}

/**
 * Fills an area's store in this process.
 * @returns what each source came to; undefined when it was ended before.
 * @throws ConnectorError when another process is filling the store.
 */
export async function syncArea(options: SyncAreaOptions): Promise<SourceOutcome[] | undefined> {
  const { config, subgraph, only, log, onEvent, signal } = options;
  const { sources } = config[subgraph.name];
  const store = subgraph.openWriter(storePath(config, subgraph.name));
  const { baseDir } = config;
  // All sources, also when one is wanted: the scheduler removes from the store those it is not told of.
  const scheduler = new Scheduler({
    store,
    kinds: subgraph.connectors,
    sources,
    baseDir,
    log,
    onEvent,
    openFeed: feedOf(config, subgraph),
  });
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= scheduler.stop());
  const onAbort = () => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  const wanted = sources.filter(({ name }) => only === undefined || name === only);
  await scheduler.syncAll(only);
  if (signal.aborted) {
    await stop();
    return undefined;
  }
  signal.removeEventListener('abort', onAbort);
  const outcomes = wanted.map(({ name }) => outcomeOf(store, name));
  await stop();
  return outcomes;
}

function feedOf(config: Config, { name }: Subgraph) {
  if (name === 'directory') return undefined;
  const { url } = config.directory;
  return () =>
    url === undefined
      ? openIdentityFeed(storePath(config, 'directory'))
      : httpIdentityFeed(url, config.subgraphSecret ?? '');
}

function outcomeOf(store: SyncStore<unknown>, source: string): SourceOutcome {
  const row = sourceRows(store.db).find(({ name }) => name === source);
  return {
    source,
    items: store.countItems(source),
    problems: store.db.all('SELECT place, reason FROM problem WHERE source = ? ORDER BY place', source),
    failure: row?.error_code ? `${row.error_code}: ${row.error_message ?? ''}` : undefined,
  };
}
