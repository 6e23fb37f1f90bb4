import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Graph } from '../graph.ts';
import { startProgram, type Program } from '../programs.ts';

/** The command line of ours. */
export const MAIN = fileURLToPath(new URL('../../../../gateway/cli/atrium.js', import.meta.url));
const WITH_SHOP = fileURLToPath(new URL('../processes/atrium-shop.ts', import.meta.url));

/**
 * What differs from a gateway without a configuration. One address asks more than the 500 requests a second that are
 * its due by default: they are counted all the same. Whole answers are not remembered.
 */
export const MEASURED_CONFIG = `limits: { requestsPerAddress: 10000000 }
cache: { answerSeconds: 0 }
log: { level: info, format: json }
`;

/** Ours, as a user starts it before subgraphs of others. @param node what Node itself is told */
export function startAtrium(graph: Graph, node: readonly string[] = []): Promise<Program> {
  const config = writeConfig(graph.folder, 'supergraph: { forwardHeaders: [authorization] }');
  const subgraphs = graph.subgraphs.map(({ name, url }) => `${name}=${url}`).join(',');
  const files = ['--config', config, '--supergraph', graph.supergraph, '--subgraphs', subgraphs];
  return startProgram({
    name: 'atrium',
    args: (port) => [...node, MAIN, 'start', ...files, '--port', String(port)],
    path: '/graphql',
    cwd: graph.folder,
  });
}

/** Ours with the shop's subgraphs in its process. */
export function startAtriumWithShop(folder: string, supergraph: string, node: readonly string[]): Promise<Program> {
  const more = `supergraph: { file: ${JSON.stringify(supergraph)}, forwardHeaders: [authorization] }`;
  const config = writeConfig(folder, more);
  return startProgram({
    name: 'atrium-in-process',
    args: (port) => [...node, WITH_SHOP, String(port), config],
    path: '/graphql',
    cwd: folder,
  });
}

function writeConfig(folder: string, more: string): string {
  const file = join(folder, 'atrium.yaml');
  writeFileSync(file, `${MEASURED_CONFIG}${more}\n`);
  return file;
}
