import { join } from 'node:path';
import { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import type { Log } from '../subgraphs/kit/connector.ts';
import type { Subgraph } from '../subgraphs/kit/subgraph.ts';
import type { Config } from './config/schema.ts';

/** Where a subgraph's store is. */
export function storePath(config: Config, name: string): string {
  return join(config.data, `${name}.db`);
}

/** Opens a subgraph's store for answering; it is created, or brought to the newest version, where need be. */
export function openSubgraph(config: Config, subgraph: Subgraph, log: Log): SubgraphExecutor {
  const path = storePath(config, subgraph.name);
  subgraph.prepareStore(path);
  return new SubgraphExecutor(subgraph.openService(path, { thesaurus: config.directory.thesaurus }), log);
}
