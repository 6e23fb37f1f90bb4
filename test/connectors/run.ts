import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConnectorKind, Problem } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith, type Keyed } from '../contract/connector-contract.ts';

/** A folder of its own for one test, gone with it. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'atrium-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Writes files, by path, below a folder. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** A first run over files: the items in their order, and the problems as `place: reason`. */
export async function load<Item extends Keyed>(
  kind: ConnectorKind<Item>,
  files: Readonly<Record<string, string | Uint8Array>>,
  options: object = { path: '.' },
): Promise<{ items: Item[]; problems: string[] }> {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, files);
  const store = new MemoryStore<Item>();
  await store.run(await openWith(kind, options, folder.path));
  return {
    items: [...store.items.values()],
    problems: store.problems.map(({ place, reason }: Problem) => `${place}: ${reason}`),
  };
}
