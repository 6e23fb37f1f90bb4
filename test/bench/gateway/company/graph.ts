import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { print } from 'graphql';
import { withoutEnforcedLinks } from '../../../../gateway/execution/access-rules.ts';
import { readTypeDefs } from '../../../../subgraphs/kit/schema.ts';
import { subgraphs } from '../../../../subgraphs/registry.ts';
import type { Graph } from '../graph.ts';
import { startProgram } from '../programs.ts';
import type { Company } from './company.ts';

const SUPERGRAPH = new URL('../../../../schema/supergraph.graphql', import.meta.url);
const SERVER = fileURLToPath(new URL('../processes/company.ts', import.meta.url));

/** Our three subgraphs over a company's stores, for gateways that cannot sign what they ask. */
export async function startCompany(parent: string, company: Company): Promise<Graph> {
  const folder = join(parent, 'unsigned');
  mkdirSync(folder);
  const config = join(folder, 'atrium.yaml');
  writeFileSync(config, `data: ${company.data}\nlog: { level: error }\n${company.sources}`);
  const program = await startProgram({
    name: 'subgraphs',
    args: (port) => [SERVER, String(port), config],
    path: '/directory',
    cwd: folder,
  });
  const base = new URL(program.url).origin;
  const supergraph = join(folder, 'supergraph.graphql');
  const sdl = readFileSync(SUPERGRAPH, 'utf8');
  const placed = sdl.replaceAll(/http:\/\/(\w+)\.invalid/g, `${base}/$1`);
  // Apollo's gateway does not start before rules of access that it does not know.
  writeFileSync(supergraph, withoutEnforcedLinks(placed));
  return {
    folder,
    supergraph,
    subgraphs: subgraphs.map(({ name }) => ({ name, url: `${base}/${name}`, typeDefs: print(readTypeDefs(name)) })),
    programs: [program],
    asked: `${base}/asked`,
  };
}
