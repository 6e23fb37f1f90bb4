import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Graph } from '../graph.ts';
import { startProgram } from '../programs.ts';
import { shop } from './schemas.ts';
import { shopSupergraph } from './supergraph.ts';

/** How the shop's subgraphs answer: again what they answered before, by graphql-jit, or as Apollo's servers. */
export type ShopServers = 'replay' | 'jit' | 'apollo';

const PROGRAMS = {
  replay: '../processes/shop.ts',
  jit: '../processes/shop.ts',
  apollo: '../peers/apollo-subgraphs.mjs',
} as const satisfies Record<ShopServers, string>;

/** Starts the shop's subgraphs, in one process. */
export async function startShop(parent: string, servers: ShopServers): Promise<Graph> {
  const folder = join(parent, servers);
  mkdirSync(folder, { recursive: true });
  const program = await startProgram({
    name: 'subgraphs',
    args: (port) => [fileURLToPath(new URL(PROGRAMS[servers], import.meta.url)), String(port), servers],
    path: '/accounts',
    cwd: folder,
  });
  const base = new URL(program.url).origin;
  const supergraph = join(folder, 'supergraph.graphql');
  writeFileSync(supergraph, shopSupergraph(base));
  return {
    folder,
    supergraph,
    subgraphs: shop.map(({ name, typeDefs }) => ({ name, typeDefs, url: `${base}/${name}` })),
    programs: [program],
    asked: servers === 'apollo' ? undefined : `${base}/asked`,
  };
}
