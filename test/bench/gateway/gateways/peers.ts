import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Graph } from '../graph.ts';
import { startProgram, type Program } from '../programs.ts';
import { inFederation1 } from '../shop/federation-1.ts';

const FOLDER = new URL('../peers/', import.meta.url);
const GRAFBASE = '@grafbase/cli-x86_64-unknown-linux-musl';

function inPeers(path: string): string {
  return fileURLToPath(new URL(path, FOLDER));
}

/** Installs what is compared, where it is not yet: as their lock files say, beside Atrium's own packages. */
export function installPeers(): void {
  for (const folder of ['', 'mercurius/']) {
    if (existsSync(inPeers(`${folder}node_modules/.package-lock.json`))) continue;
    console.error(`Installing test/bench/gateway/peers/${folder} …`);
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: inPeers(folder),
      stdio: ['ignore', 2, 2],
    });
  }
}

/** The installed version of a peer's package. */
export function peerVersion(name: string, folder = ''): string {
  const path = inPeers(`${folder}node_modules/${name}/package.json`);
  if (!existsSync(path)) return `${name} (not installed)`;
  return `${name} ${(JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version}`;
}

/** What is compared, by package and version. */
export function peerVersions(): string {
  const names = [
    '@apollo/server',
    '@apollo/gateway',
    '@graphql-hive/gateway',
    '@graphql-hive/router-runtime',
    GRAFBASE,
  ];
  const mercurius = ['mercurius', '@mercuriusjs/gateway'].map((name) => peerVersion(name, 'mercurius/'));
  return [...names.map((name) => peerVersion(name)), ...mercurius].join(', ');
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

/** Hive Gateway. It compiles operations; with the other planner it answers null everywhere when told to. */
export function startHive(graph: Graph, config: 'hive' | 'hive-rust'): Promise<Program> {
  const bin = inPeers('node_modules/@graphql-hive/gateway/dist/bin.js');
  const file = inPeers(`${config}.config.mjs`);
  return startProgram({
    name: config,
    args: (port) => [
      bin,
      'supergraph',
      graph.supergraph,
      ...(config === 'hive' ? ['--jit'] : []),
      '--config-path',
      file,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
    ],
    path: '/graphql',
    cwd: graph.folder,
    env: { LOG_LEVEL: 'error' },
  });
}

/** Grafbase, which composes by itself. @param adapt makes schemas those that it can */
export function startGrafbase(graph: Graph, adapt = (typeDefs: string) => typeDefs): Promise<Program> {
  const config = join(graph.folder, 'grafbase.toml');
  const subgraphs = graph.subgraphs.map(({ name, url, typeDefs }) => {
    const schema = join(graph.folder, `${name}.graphql`);
    writeFileSync(schema, adapt(typeDefs));
    return `[subgraphs.${name}]\nurl = "${url}"\nschema_path = "${schema}"\n`;
  });
  writeFileSync(config, `[[headers]]\nrule = "forward"\nname = "Authorization"\n\n${subgraphs.join('\n')}`);
  return startProgram({
    name: 'grafbase',
    command: inPeers(`node_modules/${GRAFBASE}/grafbase`),
    args: (port) => ['--home', graph.folder, 'dev', '--config', config, '--listen-address', `127.0.0.1:${port}`],
    path: '/graphql',
    cwd: graph.folder,
  });
}

/** Mercurius, which knows Federation 1, and composes by itself. */
export function startMercurius(graph: Graph): Promise<Program> {
  const file = join(graph.folder, 'services.json');
  const services = graph.subgraphs.map(({ name, url, typeDefs }) => ({
    name,
    url,
    schema: inFederation1(name, typeDefs),
  }));
  writeFileSync(file, JSON.stringify(services));
  return startProgram({
    name: 'mercurius',
    args: (port) => [inPeers('mercurius/gateway.mjs'), file, String(port)],
    path: '/graphql',
    cwd: graph.folder,
  });
}
