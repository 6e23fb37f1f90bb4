import { fileURLToPath } from 'node:url';
import type { Graph } from '../graph.ts';
import { startProgram, type Program } from '../programs.ts';

const FOLDER = new URL('../peers/', import.meta.url);

function inPeers(path: string): string {
  return fileURLToPath(new URL(path, FOLDER));
}

/** Plain Apollo. */
export function startApollo(graph: Graph): Promise<Program> {
  return startProgram({
    name: 'plain',
    args: (port) => [inPeers('apollo.mjs'), graph.supergraph, String(port)],
    path: '/graphql',
    cwd: graph.folder,
  });
}
