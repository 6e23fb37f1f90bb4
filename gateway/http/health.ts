import type { FastifyInstance } from 'fastify';
import type { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { stateOf } from '../../subgraphs/kit/sources.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import type { GatewayCache } from '../cache/key-value-cache.ts';
import type { Config } from '../config/schema.ts';

/**
 * `/live`: the process answers. `/ready`: it should be sent traffic, which is once every source of this process has
 * something to answer with; a tool that is down does not make it unready, for its mirror still answers.
 */
export function registerHealth(
  http: FastifyInstance,
  parts: {
    readonly config: Config;
    readonly local: ReadonlyMap<string, SubgraphExecutor>;
    readonly cache: GatewayCache;
  },
): void {
  http.get('/live', async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'live' }));
  http.get('/ready', async (_request, reply) => {
    const rows = [...parts.local.values()].flatMap(({ service }) => sourceRows(service.db));
    const settled = new Set(
      rows.filter((row) => row.last_success_at !== null || stateOf(row) === 'FAILING').map(({ name }) => name),
    );
    // The store learns of a source only when its sync begins: what there ought to be, the configuration says.
    const sources = [...parts.local.keys()].flatMap((name) => parts.config[name as Subgraph['name']].sources);
    const isReady = sources.every(({ name }) => settled.has(name));
    const cache = (await parts.cache.isReachable()) ? 'reachable' : 'unreachable';
    return reply
      .header('cache-control', 'no-store')
      .status(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'syncing', cache });
  });
}
