import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { standingBefore, type Graph, type Standing } from '../graph.ts';
import { startAtrium, startAtriumWithShop } from '../gateways/atrium.ts';
import { startBare } from '../gateways/bare.ts';
import { startApollo, startGrafbase, startHive, startMercurius } from '../gateways/peers.ts';
import type { Program } from '../programs.ts';
import { shopSupergraph } from '../shop/supergraph.ts';
import { startShop, type ShopServers } from '../shop/graph.ts';
import { rightAnswer } from '../shop/monolith.ts';
import { NESTED, SMALL } from '../shop/queries.ts';
import type { Contender, StartOptions, Workload } from '../workload.ts';

/** The subgraphs of one workload: started when they are first needed, shared by all who ask them. */
class Shops {
  readonly #graphs = new Map<ShopServers, Promise<Graph>>();

  get(folder: string, servers: ShopServers): Promise<Graph> {
    const graph = this.#graphs.get(servers) ?? startShop(folder, servers);
    this.#graphs.set(servers, graph);
    return graph;
  }

  /** A gateway before them. */
  before(
    key: string,
    title: string,
    servers: ShopServers,
    start: (graph: Graph, options: StartOptions) => Promise<Program>,
  ): Contender {
    return {
      key,
      title,
      start: async (options): Promise<Standing> => {
        const graph = await this.get(options.folder, servers);
        return standingBefore(graph, await start(graph, options));
      },
    };
  }

  async close(): Promise<void> {
    const graphs = await Promise.allSettled(this.#graphs.values());
    await Promise.all(
      graphs.flatMap((graph) => (graph.status === 'fulfilled' ? graph.value.programs.map((each) => each.end()) : [])),
    );
  }
}

function bare(query: string): Contender {
  return {
    key: 'bare',
    title: 'bare node:http, the limit',
    start: async ({ folder }) => {
      const program = await startBare(folder, JSON.stringify(rightAnswer(query)));
      return { url: program.url, gateway: [program], subgraphs: [], end: () => program.end() };
    },
  };
}

function overHttp(name: string, title: string, query: string): Workload {
  const shops = new Shops();
  return {
    name,
    title,
    isMarked: true,
    contenders: [
      shops.before('plain', 'Apollo', 'replay', startApollo),
      shops.before('hive', 'Hive Gateway', 'replay', (graph) => startHive(graph, 'hive')),
      shops.before('hive-rust', 'Hive Gateway, Rust planner', 'replay', (graph) => startHive(graph, 'hive-rust')),
      shops.before('mercurius', 'Mercurius', 'replay', startMercurius),
      shops.before('grafbase', 'Grafbase (Rust)', 'replay', (graph) => startGrafbase(graph)),
      shops.before('atrium', 'Atrium', 'replay', (graph, { node }) => startAtrium(graph, node)),
      bare(query),
    ],
    bodies: () => [JSON.stringify({ query })],
    rightAnswer: () => rightAnswer(query),
    close: () => shops.close(),
  };
}

/** The public benchmark's workload: gateways over HTTP, before subgraphs that cost next to nothing. */
export const nested = (): Workload => overHttp('nested', 'The public benchmark’s query, subgraphs over HTTP', NESTED);

/** What one fetch costs. */
export const small = (): Workload => overHttp('small', 'A query of one fetch, subgraphs over HTTP', SMALL);

/** The whole system: gateway and subgraphs, none of which has its answers ready. */
export function whole(): Workload {
  const shops = new Shops();
  const inProcess: Contender = {
    key: 'atrium',
    title: 'Atrium, subgraphs in its process',
    start: async ({ folder: parent, node }) => {
      const folder = join(parent, 'in-process');
      mkdirSync(folder);
      const supergraph = join(folder, 'supergraph.graphql');
      writeFileSync(supergraph, shopSupergraph('http://in-process.invalid'));
      const program = await startAtriumWithShop(folder, supergraph, node);
      return { url: program.url, gateway: [program], subgraphs: [], end: () => program.end() };
    },
  };
  return {
    name: 'whole',
    title: 'The public benchmark’s query, whole system',
    isMarked: true,
    contenders: [
      shops.before('plain', 'Apollo, Apollo’s subgraphs', 'apollo', startApollo),
      shops.before('plain-jit', 'Apollo, graphql-jit subgraphs', 'jit', startApollo),
      shops.before('hive-rust', 'Hive, Rust planner, graphql-jit subgraphs', 'jit', (graph) =>
        startHive(graph, 'hive-rust'),
      ),
      shops.before('grafbase', 'Grafbase (Rust), graphql-jit subgraphs', 'jit', (graph) => startGrafbase(graph)),
      shops.before('atrium-http', 'Atrium, graphql-jit subgraphs', 'jit', (graph, { node }) =>
        startAtrium(graph, node),
      ),
      inProcess,
    ],
    bodies: () => [JSON.stringify({ query: NESTED })],
    rightAnswer: () => rightAnswer(NESTED),
    close: () => shops.close(),
  };
}
