import type { Config } from '../../gateway/config/schema.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';

/** Changes a store, so that nothing is answered out of what was kept in memory of it. */
export function forgetKept(config: Config, subgraph: string): void {
  const store = Database.openForNote(storePath(config, subgraph));
  store.run(`UPDATE counter SET value = value + 1 WHERE name = 'seq'`);
  store.close();
}
