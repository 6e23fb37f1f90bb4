import type { FastifyInstance } from 'fastify';
import type { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { stateOf } from '../../subgraphs/kit/sources.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import type { GatewayCache } from '../cache/key-value-cache.ts';
import type { Config } from '../config/schema.ts';
import type { SubgraphClients } from '../execution/subgraphs/clients.ts';
import type { Departure } from './departure.ts';

/** What readiness depends on. */
export interface ReadinessParts {
  readonly config: Config;
  /** The subgraphs in this process. */
  readonly local: ReadonlyMap<string, SubgraphExecutor>;
  readonly departure: Departure;
  readonly cache?: GatewayCache;
}

/** `/live`: the process answers. `/ready`: see below. `/state`: how it stands with each subgraph. */
export function registerHealth(
  http: FastifyInstance,
  parts: ReadinessParts & { readonly clients: SubgraphClients },
): void {
  http.get('/live', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));
  registerReadiness(http, parts);
  http.get('/state', async (_request, reply) => {
    const here = [...parts.local.keys()].map((name) => [name, { place: 'here' }]);
    const elsewhere = [...parts.clients.states()].map(([name, state]) => [name, { place: 'elsewhere', ...state }]);
    return reply
      .header('cache-control', 'no-store')
      .send({ subgraphs: Object.fromEntries([...here, ...elsewhere]) as object });
  });
}

/**
 * `/ready`: the process should be sent traffic, which is once every source of it has something to answer with, until
 * it is told to end; a tool or another process that is down does not make it unready, for the rest still answers.
 */
export function registerReadiness(http: FastifyInstance, parts: ReadinessParts): void {
  http.get('/ready', async (_request, reply) => {
    const status = parts.departure.isUnderWay ? 'ending' : isSynced(parts) ? 'ready' : 'syncing';
    const cache = parts.cache && { cache: (await parts.cache.isReachable()) ? 'reachable' : 'unreachable' };
    return reply
      .header('cache-control', 'no-store')
      .status(status === 'ready' ? 200 : 503)
      .send({ status, ...cache });
  });
}

/** Whether every source has been read once, or could not be. */
function isSynced({ config, local }: ReadinessParts): boolean {
  const rows = [...local.values()].flatMap(({ service }) => sourceRows(service.db));
  const settled = new Set(
    rows.filter((row) => row.last_success_at !== null || stateOf(row) === 'FAILING').map(({ name }) => name),
  );
  // The store learns of a source only when its sync begins: what there ought to be, the configuration says.
  const sources = [...local.keys()].flatMap((name) => config[name as Subgraph['name']].sources);
  return sources.every(({ name }) => settled.has(name));
}
