import { openIdentityFeed } from '../../subgraphs/directory/identity-feed.ts';
import { Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';

/** Fills all stores once, in this thread, the directory first; the same code as in production but for the threads. */
export async function syncOnce(config: Config, onEvent: (event: SyncEvent) => void = () => undefined): Promise<void> {
  const log = createLog(config.log);
  for (const subgraph of subgraphs) {
    const scheduler = new Scheduler({
      store: subgraph.openWriter(storePath(config, subgraph.name)),
      kinds: subgraph.connectors,
      sources: config[subgraph.name].sources,
      baseDir: config.baseDir,
      log,
      onEvent,
      openFeed: subgraph.name === 'directory' ? undefined : () => openIdentityFeed(storePath(config, 'directory')),
    });
    await scheduler.syncAll();
    await scheduler.stop();
  }
}
