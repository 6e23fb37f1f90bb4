import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A program that was started for the measurements. */
export interface Program {
  readonly pid: number;
  /** Where it answers. */
  readonly url: string;
  end(): Promise<void>;
}

/** How a program is started. */
export interface Launch {
  /** What it is called, in messages and as the name of its log. */
  readonly name: string;
  /** Without it Node itself. */
  readonly command?: string | undefined;
  readonly args: (port: number) => readonly string[];
  readonly path: string;
  /** Whether that is a page to be got, not a place to be asked at. */
  readonly isPage?: boolean;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const SLOWEST_START_MS = 60_000;

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Starts a program on a free port, and waits until it answers. @throws with the end of its log when it does not */
export async function startProgram(launch: Launch): Promise<Program> {
  const port = await freePort();
  const logFile = join(launch.cwd, `${launch.name.replaceAll(/\W+/g, '-')}-${port}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(launch.command ?? process.execPath, launch.args(port), {
    cwd: launch.cwd,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...MEASURED, ...launch.env },
  });
  closeSync(log);
  running.add(child);
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  void ended.then(() => running.delete(child));
  const url = `http://127.0.0.1:${port}${launch.path}`;
  const started = performance.now();
  while (!(await isAnswering(url, launch.isPage === true))) {
    const isOver =
      child.exitCode !== null || child.signalCode !== null || performance.now() - started > SLOWEST_START_MS;
    if (failure || isOver) {
      child.kill('SIGKILL');
      throw failure ?? new Error(`It did not start: ${readFileSync(logFile, 'utf8').trim().slice(-600)}`);
    }
    await wait(50);
  }
  return {
    pid: child.pid ?? 0,
    url,
    async end() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** For everybody the same: as in production, and calling nobody. */
const MEASURED = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };

async function isAnswering(url: string, isPage: boolean): Promise<boolean> {
  try {
    const response = await fetch(url, {
      ...(!isPage && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ __typename }' }),
      }),
      signal: AbortSignal.timeout(5_000),
    });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
