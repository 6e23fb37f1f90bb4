import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedCompany, sampleCompany, type Company } from '../company/company.ts';
import { forGrafbase } from '../company/for-grafbase.ts';
import { startCompany } from '../company/graph.ts';
import { randomOf } from '../../company.ts';
import { startInProcess, startInProcesses } from '../gateways/atrium-company.ts';
import { startApollo, startGrafbase, startHive } from '../gateways/peers.ts';
import { standingBefore, type Graph } from '../graph.ts';
import type { Program } from '../programs.ts';
import type { Contender, StartOptions, Workload } from '../workload.ts';

/** More than anybody answers in a window. */
const QUESTIONS = 8_000;

/**
 * The operation of the explorer's first tab, but for three fields: `mail` takes a scope, which the others do not ask
 * for, `asOf` says when the store was filled, and the `id` of evidence is what Grafbase asks the wrong subgraph for.
 */
const QUERY = readFileSync(new URL('../../../../schema/operations/topic.graphql', import.meta.url), 'utf8')
  .replaceAll(/^\s*#.*\n/gm, '')
  .replaceAll(/^\s*(mail|asOf)\n/gm, '')
  .replace(/(evidence \{)\s+id\b/, '$1');

function mission(name: string, title: string, open: (folder: string) => Promise<Company>): Workload {
  let company: Promise<Company> | undefined;
  let graph: Promise<Graph> | undefined;
  let words: readonly string[] = [];

  const companyIn = async (folder: string): Promise<Company> => {
    company ??= open(companyFolder(folder));
    ({ words } = await company);
    return company;
  };
  const before = (
    key: string,
    title: string,
    start: (graph: Graph, options: StartOptions) => Promise<Program>,
  ): Contender => ({
    key,
    title,
    start: async (options) => {
      const filled = await companyIn(options.folder);
      graph ??= startCompany(options.folder, filled);
      return standingBefore(await graph, await start(await graph, options));
    },
  });

  return {
    name,
    title,
    isMarked: false,
    contenders: [
      before('plain', 'Apollo', startApollo),
      before('hive', 'Hive Gateway', (graph) => startHive(graph, 'hive')),
      before('hive-rust', 'Hive Gateway, Rust planner', (graph) => startHive(graph, 'hive-rust')),
      before('grafbase', 'Grafbase (Rust)', (graph) => startGrafbase(graph, forGrafbase)),
      {
        key: 'mercurius',
        title: 'Mercurius',
        start: async () => {
          throw new Error('It knows Federation 1; these subgraphs are written in Federation 2.');
        },
      },
      {
        key: 'atrium-http',
        title: 'Atrium, subgraphs over HTTP',
        start: async ({ folder, node }) => startInProcesses(folder, await companyIn(folder), node),
      },
      {
        key: 'atrium',
        title: 'Atrium, subgraphs in its process',
        start: async ({ folder, node }) => startInProcess(folder, await companyIn(folder), node),
      },
    ],
    bodies: (window) => questions(words, window),
    async close() {
      for (const program of (await graph?.catch(() => undefined))?.programs ?? []) await program.end();
    },
  };
}

/** Bodies that each ask about another topic, of three of a company's words. */
function questions(words: readonly string[], window: number): string[] {
  const random = randomOf(1_000 + window);
  const word = () => words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: QUESTIONS }, () =>
    JSON.stringify({ query: QUERY, variables: { query: [word(), word(), word()].join(' ') } }),
  );
}

function companyFolder(parent: string): string {
  const folder = join(parent, 'company');
  mkdirSync(folder);
  return folder;
}

/** The question Atrium exists for, in the sample company. */
export const missionSample = (): Workload =>
  mission('mission', 'The mission’s query, sample company, every request another topic', sampleCompany);

/** The same in a company of ten thousand documents and as many conversations. */
export const mission10k = (): Workload =>
  mission('mission-10k', 'The mission’s query, 10,000 documents, every request another topic', (folder) =>
    generatedCompany(folder, 10_000),
  );
