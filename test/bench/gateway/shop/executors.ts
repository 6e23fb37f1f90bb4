import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { SubgraphExecutor } from '../../../../subgraphs/kit/execute.ts';
import type { SubgraphService } from '../../../../subgraphs/kit/subgraph.ts';
import type { Database } from '../../../../subgraphs/kit/store/database.ts';
import { shop, type ShopSubgraph } from './schemas.ts';

/** A subgraph of the shop as our own answer, over data in memory. @param db what the gateway asks of its version */
export function shopService({ typeDefs, resolvers }: ShopSubgraph, db?: Database): SubgraphService {
  return {
    schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers }]),
    db: db as Database,
    contextFor: async () => ({}),
    warm: () => {},
    close: () => db?.close(),
  };
}

/** The shop's subgraphs by name, run by the code that runs ours: graphql-jit, operations compiled once. */
export function shopExecutors(): ReadonlyMap<string, SubgraphExecutor> {
  return new Map(shop.map((subgraph) => [subgraph.name, new SubgraphExecutor(shopService(subgraph), console)]));
}
