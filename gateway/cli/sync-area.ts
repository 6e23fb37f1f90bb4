import { openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import type { Log } from '../../subgraphs/kit/connector.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import { httpIdentityFeed } from '../../subgraphs/kit/identity/http-feed.ts';
import type { Database } from '../../subgraphs/kit/store/database.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import { openConnector, Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { beginRun, failRun, sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { SyncStore } from '../../subgraphs/kit/sync/sync-store.ts';
import type { Config, Source } from '../config/schema.ts';
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
  if (only === undefined) await scheduler.syncAll();
  else for (const source of wanted) await syncOne(options, store, scheduler, source);
  if (signal.aborted) {
    await stop();
    return undefined;
  }
  signal.removeEventListener('abort', onAbort);
  const outcomes = wanted.map(({ name }) => outcomeOf(store.db, subgraph, name));
  await stop();
  return outcomes;
}

/** One source alone. */
async function syncOne(
  { subgraph, config, log, onEvent, signal }: SyncAreaOptions,
  store: SyncStore<unknown>,
  scheduler: Scheduler,
  source: Source,
): Promise<void> {
  try {
    await scheduler.refreshIdentities();
    const connector = await openConnector(subgraph.connectors, source, { baseDir: config.baseDir, log });
    try {
      const progress = await syncSource(store, source.name, connector, { signal }, (each) =>
        onEvent({ type: 'progress', source: source.name, ...each }),
      );
      await scheduler.refreshIdentities();
      onEvent({ type: 'synced', source: source.name, ...progress });
    } finally {
      await connector.close();
    }
  } catch (error) {
    if (signal.aborted) return;
    log.warn({ error, source: source.name }, 'sync failed');
    const { code, message } =
      error instanceof ConnectorError ? error : new ConnectorError('BAD_RESPONSE', 'The connector failed, see above.');
    // Kept in the store as a failed sync, as the scheduler would.
    failRun(store.db, beginRun(store.db, source.name).run, error);
    onEvent({ type: 'failed', source: source.name, code, message });
  }
}

function feedOf(config: Config, { name }: Subgraph) {
  if (name === 'directory') return undefined;
  const { url } = config.directory;
  return () =>
    url === undefined
      ? openIdentityFeed(storePath(config, 'directory'))
      : httpIdentityFeed(url, config.subgraphSecret ?? '');
}

function outcomeOf(db: Database, { name: area }: Subgraph, source: string): SourceOutcome {
  const row = sourceRows(db).find(({ name }) => name === source);
  const tables = area === 'directory' ? ['person', 'team'] : ['item'];
  const items = tables.map(
    (table) => db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE source = ?`, source)?.n ?? 0,
  );
  return {
    source,
    items: items.reduce((sum, each) => sum + each, 0),
    problems: db.all('SELECT place, reason FROM problem WHERE source = ? ORDER BY place', source),
    failure: row?.error_code ? `${row.error_code}: ${row.error_message ?? ''}` : undefined,
  };
}
