import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const RECORDER = new URL('../helpers/network-recorder.ts', import.meta.url).href;
const SCRIPT = fileURLToPath(new URL('../helpers/network-process.ts', import.meta.url));

interface Contact {
  readonly how: string;
  readonly host: string;
  readonly thread: string;
}

/** Runs the script under the recorder: whom it tried to reach, and what it said itself. */
async function run(what: 'sample' | 'out'): Promise<{ contacts: Contact[]; said: object[] }> {
  // What tests switch off must be off by itself.
  const { APOLLO_TELEMETRY_DISABLED: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', RECORDER, SCRIPT, what], {
    env,
    maxBuffer: 64 * 1_024 ** 2,
  });
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
  return {
    contacts: lines.filter((line): line is Contact => 'how' in line),
    said: lines.filter((line) => !('how' in line)),
  };
}

it('the gateway reaches nothing but this machine, from start to end', async () => {
  const { contacts, said } = await run('sample');
  expect(said).toMatchObject([{ answer: { data: { topic: {} } }, page: 200 }]);
  expect(said).not.toMatchObject([{ answer: { errors: expect.anything() } }]);
  // The test's own requests were seen, so others would have been.
  expect(contacts.length).toBeGreaterThan(0);
  expect(contacts.filter(({ host }) => host !== '127.0.0.1')).toEqual([]);
});

it('the recorder sees whoever tries to get out, in every thread', async () => {
  const { contacts } = await run('out');
  expect(contacts).toEqual(
    expect.arrayContaining([
      { how: 'connect', host: '192.0.2.1', thread: 'main' },
      { how: 'connect', host: '192.0.2.2', thread: 'worker' },
      { how: 'lookup', host: 'name.invalid', thread: 'main' },
    ]),
  );
  expect(contacts.map(({ host }) => host)).toContain('telemetry.invalid');
});
