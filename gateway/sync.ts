import type { Log } from '../subgraphs/kit/connector.ts';
import { ConnectorError } from '../subgraphs/kit/errors.ts';
import type { Subgraph } from '../subgraphs/kit/subgraph.ts';
import type { SyncEvent } from '../subgraphs/kit/sync/scheduler.ts';
import { startSyncThread, type SyncThread } from '../subgraphs/kit/sync/sync-thread.ts';
import type { SyncWorkerData } from '../subgraphs/kit/sync/worker.ts';
import type { Config } from './config/schema.ts';
import { storePath } from './local-subgraphs.ts';

/** The running syncs of this process's subgraphs. */
export interface RunningSync extends Pick<SyncThread, 'receive' | 'readable'> {
  /** Fulfilled when every source has been tried once; by false when another process does so for some of them. */
  readonly settled: Promise<boolean>;
  /** Ends them after their present batches. */
  stop(): Promise<void>;
}

/** Starts filling the stores of the given subgraphs, one thread each. */
export function startSync(
  config: Config,
  subgraphs: readonly Subgraph[],
  log: Log & { readonly level: string },
  onEvent: (subgraph: string, event: SyncEvent) => void,
): RunningSync {
  const threads = new Map<string, SyncThread>();
  const pending = new Set(subgraphs.map(({ name }) => name));
  const { promise: settled, resolve } = Promise.withResolvers<boolean>();
  const inUse = new Set<string>();
  const settleIfDone = (): void => {
    if (pending.size === 0) resolve(inUse.size === 0);
  };
  for (const { name } of subgraphs) {
    const thread = startSyncThread(
      workerData(config, name, log.level),
      (event) => {
        if (event.type === 'settled') pending.delete(name);
        // Accounts are linked anew as soon as the directory knows more.
        if (name === 'directory' && event.type === 'synced') {
          for (const [other, thread] of threads) if (other !== 'directory') thread.identitiesChanged();
        }
        onEvent(name, event);
        settleIfDone();
      },
      (error) => {
        log.error({ err: error, subgraph: name }, 'the sync thread ended; what is stored is served, nothing new comes');
        pending.delete(name);
        settleIfDone();
      },
      (state) => {
        if (state === 'ours') inUse.delete(name);
        // Once, not for each store.
        else if (inUse.size === 0) {
          log.warn(
            {},
            'another process fills the stores in this data folder; this one answers, and takes over when it ends',
          );
        }
        if (state === 'ours' && inUse.size === 0)
          log.info({}, 'the other process ended: this one fills the stores now');
        if (state === 'in use') inUse.add(name);
        pending.delete(name);
        settleIfDone();
      },
    );
    threads.set(name, thread);
  }
  settleIfDone();
  const threadOf = (source: string): SyncThread | undefined => {
    const area = subgraphs.find(({ name }) => config[name].sources.some((one) => one.name === source));
    return area && threads.get(area.name);
  };
  return {
    settled,
    receive: async (source, message) => threadOf(source)?.receive(source, message) ?? 'unknown',
    async readable(source, account, keys, signal) {
      const thread = threadOf(source);
      if (!thread) throw new ConnectorError('UNAVAILABLE', `${source}: this process does not talk to the tool.`);
      return thread.readable(source, account, keys, signal);
    },
    async stop() {
      await Promise.all([...threads.values()].map((thread) => thread.stop()));
    },
  };
}

function workerData(config: Config, name: Subgraph['name'], logLevel: string): SyncWorkerData {
  const { directory, subgraphSecret: secret } = config;
  const identities =
    directory.url === undefined
      ? ({ kind: 'store', path: storePath(config, 'directory') } as const)
      : ({ kind: 'http', url: directory.url, secret: secret ?? '' } as const);
  return {
    subgraph: name,
    storePath: storePath(config, name),
    sources: config[name].sources,
    baseDir: config.baseDir,
    logLevel,
    identities: name === 'directory' ? undefined : identities,
  };
}
