import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { startSync } from '../../gateway/sync.ts';
import type { SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { startSyncThread, type SyncThread } from '../../subgraphs/kit/sync/sync-thread.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

const SCRIPT = fileURLToPath(new URL('../helpers/sync-process.ts', import.meta.url));

let company: Company;
/** Another process, which fills the directory's store and stands still in the midst of it. */
let other: ChildProcess;

beforeEach(async () => {
  company = await smallCompany();
  const order = JSON.stringify({ config: company.config, holdAt: 1 });
  other = spawn(process.execPath, [SCRIPT, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(createInterface({ input: other.stdout! }), 'line');
});
afterEach(async () => {
  other.kill('SIGKILL');
  await company.close();
});

/** The directory's thread, and what it told. */
function startThread(retryMs: number) {
  const told: string[] = [];
  const waiters: (() => void)[] = [];
  const note = (text: string): void => {
    told.push(text);
    for (const wake of waiters.splice(0)) wake();
  };
  const data = {
    subgraph: 'directory',
    storePath: storePath(company.config, 'directory'),
    sources: company.config.directory.sources,
    baseDir: company.config.baseDir,
    logLevel: 'silent',
    retryMs,
  };
  const onEvent = ({ type }: SyncEvent): void => note(type);
  const thread: SyncThread = startSyncThread(
    data,
    onEvent,
    (error) => note(String(error)),
    (state) => note(state),
  );
  const until = async (text: string): Promise<void> => {
    while (!told.includes(text)) await new Promise<void>((resolve) => void waiters.push(resolve));
  };
  return { thread, told, until };
}

it('waits for the store that another process fills, and takes over when that one is gone', async () => {
  const { thread, told, until } = startThread(50);
  await until('in use');
  // It asks no tool meanwhile.
  expect(await thread.receive('people', { headers: {}, body: Buffer.from('') })).toBe('away');
  const asked = thread.readable('people', null, [], new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  other.kill('SIGKILL');
  await until('settled');
  expect(told.filter((each) => each !== 'progress')).toEqual(['in use', 'ours', 'synced', 'settled']);
  await thread.stop();
});

it('ends while it waits', async () => {
  const { thread, told, until } = startThread(600_000);
  await until('in use');
  await thread.stop();
  expect(told).toEqual(['in use']);
});

it('is said once, in plain words, by a gateway that answers all the same', async () => {
  const lines: string[] = [];
  const note = (_fields: object, message: string): void => void lines.push(message);
  const log = { level: 'silent', debug: note, info: note, warn: note, error: note };
  const sync = startSync(company.config, [subgraphNamed('directory')], log, () => undefined);
  expect(await sync.settled).toBe(false);
  expect(lines).toEqual([
    'another process fills the stores in this data folder; this one answers, and takes over when it ends',
  ]);
  await sync.stop();
});
