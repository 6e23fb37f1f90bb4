import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTES, REAL_SERVERS, report, whyMissing } from './real.ts';

let notes: string;

/** Before all tests: where CI is set, nothing may be missing. */
export async function setup(): Promise<void> {
  const missing = missingServers();
  if (process.env['CI'] !== undefined && missing.length > 0) {
    throw new Error(`CI tests with real servers. ${missing.map((name) => `${name}: ${whyMissing(name)}`).join(', ')}`);
  }
  notes = await mkdtemp(join(tmpdir(), 'atrium-test-servers-'));
  process.env[NOTES] = notes;
}

/** After all tests: says which real servers they had, unless they asked for none. */
export async function teardown(): Promise<void> {
  const used = await readdir(notes);
  if (used.length > 0 || missingServers().length > 0) console.log(`\nreal servers: ${report(used)}`);
  await rm(notes, { recursive: true });
}

const missingServers = () => REAL_SERVERS.filter((name) => whyMissing(name) !== undefined);
