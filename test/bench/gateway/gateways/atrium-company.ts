import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { subgraphs } from '../../../../subgraphs/registry.ts';
import { copyStores, type Company } from '../company/company.ts';
import type { Standing } from '../graph.ts';
import { startProgram } from '../programs.ts';
import { MAIN, MEASURED_CONFIG } from './atrium.ts';

const SECRET = 'only-for-measuring-on-this-machine';

/** Ours before its own subgraphs, in one process: what `atrium start` is. */
export async function startInProcess(parent: string, company: Company, node: readonly string[]): Promise<Standing> {
  const folder = folderFor(parent, 'atrium', company);
  const config = writeConfig(folder, 'atrium', company.sources);
  const gateway = await startProgram({
    name: 'atrium',
    args: (port) => [...node, MAIN, 'start', '--config', config, '--port', String(port)],
    path: '/graphql',
    cwd: folder,
  });
  return { url: gateway.url, gateway: [gateway], subgraphs: [], end: () => gateway.end() };
}

/** Ours in four processes, as docker-compose.yml has it: what passes between them is signed. */
export async function startInProcesses(parent: string, company: Company, node: readonly string[]): Promise<Standing> {
  const folder = folderFor(parent, 'atrium-http', company);
  const own = writeConfig(folder, 'subgraphs', company.sources);
  const programs = await Promise.all(
    subgraphs.map(({ name }) =>
      startProgram({
        name,
        args: (port) => [MAIN, 'start', '--config', own, '--only', name, '--port', String(port)],
        path: '/live',
        isPage: true,
        cwd: folder,
      }),
    ),
  );
  const places = subgraphs.map(({ name }, at) => `${name}: { url: "${new URL(programs[at]?.url ?? '').origin}" }\n`);
  const config = writeConfig(folder, 'gateway', places.join(''));
  const gateway = await startProgram({
    name: 'atrium-http',
    args: (port) => [...node, MAIN, 'start', '--config', config, '--port', String(port)],
    path: '/graphql',
    cwd: folder,
  });
  const end = async () => {
    await Promise.all([gateway, ...programs].map((program) => program.end()));
  };
  return { url: gateway.url, gateway: [gateway], subgraphs: programs, end };
}

function folderFor(parent: string, name: string, company: Company): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  copyStores(company, folder);
  return folder;
}

function writeConfig(folder: string, name: string, areas: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `data: ${folder}/data\nsubgraphSecret: ${SECRET}\n${MEASURED_CONFIG}${areas}`);
  return file;
}
