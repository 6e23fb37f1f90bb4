import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('load.lua', import.meta.url));

/** Connections that are kept open, each with one request under way. */
export const CONNECTIONS = 50;

/** Requests still under way when the time is over are awaited for at most so long. */
const DRAIN_SECONDS = 4;

/** What came of putting load on an address. */
export interface Load {
  /**
   * All that were answered, also after the time was over, and half of what was still not: what was spent was spent on
   * them.
   */
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/**
 * Asks as much as it can for so many seconds.
 * @param bodies a file with a request's body in each line
 * @param isMarked whether every request has an Authorization header of its own
 * @throws when a request failed
 */
export async function load(url: string, seconds: number, bodies: string, isMarked: boolean): Promise<Load> {
  const { stdout } = await run('wrk', [
    '--threads=1',
    `--connections=${CONNECTIONS}`,
    `--duration=${seconds + DRAIN_SECONDS}`,
    '--timeout=30',
    `--script=${SCRIPT}`,
    url,
    '--',
    String(seconds),
    bodies,
    isMarked ? 'bearer' : 'none',
  ]);
  const told = JSON.parse(stdout.slice(stdout.lastIndexOf('\n{'))) as Load & {
    readonly failed: number;
    readonly sent: number;
  };
  if (told.failed > 0) throw new Error(`${told.failed} of ${told.requests} requests failed.`);
  // When the time was over, every connection had one request under way.
  return {
    ...told,
    requests: (told.requests + told.sent) / 2,
    perSecond: Math.max(0, told.sent - CONNECTIONS) / seconds,
  };
}

/** The load tool's version. @throws with what to do when there is none */
export async function loadTool(): Promise<string> {
  try {
    await run('wrk', ['--version']);
  } catch (error) {
    const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
    if (code === 'ENOENT') throw new Error('The load tool is missing: apt-get install wrk', { cause: error });
    // It tells its version and exits with 1.
    return /wrk \S+/.exec(stdout)?.[0] ?? 'wrk';
  }
  return 'wrk';
}
