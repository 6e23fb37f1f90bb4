import { join } from 'node:path';
import { SubgraphExecutor } from '../subgraphs/kit/execute.ts';
import type { Log } from '../subgraphs/kit/connector.ts';
import { ConnectorError } from '../subgraphs/kit/errors.ts';
import type { AskReadable, ConfirmedSource } from '../subgraphs/kit/live/decisions.ts';
import type { Subgraph } from '../subgraphs/kit/subgraph.ts';
import type { Config } from './config/schema.ts';

/** Where a subgraph's store is. */
export function storePath(config: Config, name: string): string {
  return join(config.data, `${name}.db`);
}

/**
 * Opens a subgraph's store for answering; it is created, or brought to the newest version, where need be.
 * @param readable asks the tools live; without it they cannot be asked
 */
export function openSubgraph(
  config: Config,
  subgraph: Subgraph,
  log: Log,
  readable: AskReadable = nobodyToAsk,
): SubgraphExecutor {
  const path = storePath(config, subgraph.name);
  subgraph.prepareStore(path);
  const { thesaurus } = config.directory;
  const live = { sources: confirmedSources(config, subgraph), ask: readable, log };
  return new SubgraphExecutor(subgraph.openService(path, { thesaurus, live }), log);
}

const nobodyToAsk: AskReadable = async (source) => {
  throw new ConnectorError('UNAVAILABLE', `${source}: nothing in this process talks to the tool.`);
};

/** The sources of a subgraph whose tools are asked live, and how. */
function confirmedSources(config: Config, { name, connectors }: Subgraph): ConfirmedSource[] {
  return config[name].sources.flatMap((source) => {
    const kind = connectors.find((each) => each.name === source.connector);
    const options = kind?.confirms?.(source.options);
    return options ? [{ ...options, name: source.name }] : [];
  });
}
