import { openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import { Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import type { AskReadable } from '../../subgraphs/kit/live/decisions.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { subgraphNamed, subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';

/** What fills the stores, in this thread, as long as it is open; the same code as in production but for the threads. */
export interface Syncing {
  /** Fills all stores, the directory first. */
  sync(): Promise<void>;
  /** Asks a tool of the forum in somebody's name. */
  readonly readable: AskReadable;
  stop(): Promise<void>;
}

/** Opens the stores to be filled. */
export function openSyncing(config: Config, onEvent: (event: SyncEvent) => void = () => undefined): Syncing {
  const log = createLog(config.log);
  const open = (name: SubgraphName): Scheduler => {
    const subgraph = subgraphNamed(name);
    return new Scheduler({
      store: subgraph.openWriter(storePath(config, name)),
      kinds: subgraph.connectors,
      sources: config[name].sources,
      baseDir: config.baseDir,
      log,
      onEvent,
      openFeed: name === 'directory' ? undefined : () => openIdentityFeed(storePath(config, 'directory')),
    });
  };
  // One after another: the others look into the directory's store.
  const schedulers = new Map<SubgraphName, Scheduler>();
  return {
    async sync() {
      for (const { name } of subgraphs) {
        const scheduler = schedulers.get(name) ?? open(name);
        schedulers.set(name, scheduler);
        await scheduler.syncAll();
      }
    },
    readable: async (...question) => schedulers.get('forum')?.readable(...question) ?? new Map(),
    async stop() {
      for (const scheduler of schedulers.values()) await scheduler.stop();
    },
  };
}

/** Fills all stores once. */
export async function syncOnce(config: Config, onEvent?: (event: SyncEvent) => void): Promise<void> {
  const syncing = openSyncing(config, onEvent);
  await syncing.sync();
  await syncing.stop();
}
