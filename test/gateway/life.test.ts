import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { FrontedCompany, SECRET } from '../helpers/misbehaving.ts';
import { startProgram, type Program } from '../helpers/program.ts';
import type { MisbehavingSubgraph } from '../servers/misbehaving-subgraph.ts';

let company: FrontedCompany;
let forum: MisbehavingSubgraph;
/** Lets the forum answer. */
let release: () => void;
const programs: Program[] = [];

beforeAll(async () => {
  company = await FrontedCompany.open();
  const { fronts } = await company.gateway();
  ({ forum } = fronts);
});
afterEach(() => {
  for (const program of programs.splice(0)) program.process.kill('SIGKILL');
});
afterAll(() => company.close());

/** Starts a gateway of which one part is slow: as slow as the test says. */
async function start(shutdown: string, node: readonly string[] = []): Promise<Program> {
  const slow = Promise.withResolvers<void>();
  release = slow.resolve;
  forum.asked = 0;
  forum.answerWith(async (reply, truth) => {
    await slow.promise;
    reply.writeHead(200, { 'content-type': 'application/json' }).end(await truth());
  });
  const program = await startProgram(
    company.company.folder,
    `subgraphSecret: ${SECRET}
log: { level: info, format: json }
directory: { url: "${forum.url}" }
documents: { url: "${forum.url}" }
forum: { url: "${forum.url}" }
shutdown: ${shutdown}
limits: { operationMs: 60000, subgraph: { firstByteMs: 60000, callMs: 60000 } }
`,
    node,
  );
  programs.push(program);
  return program;
}

async function ask({ url }: Program): Promise<{ text: string; connection: string | null }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ conversations { totalCount } }"}',
  });
  return { text: await response.text(), connection: response.headers.get('connection') };
}

/** Fulfilled when the question has come to the forum. */
async function untilAsked(): Promise<void> {
  while (forum.asked === 0) await wait(5);
}

/** Fulfilled when nobody listens there any more. */
async function untilDeaf({ url }: Program): Promise<void> {
  const isHeard = () =>
    fetch(`${url}/live`).then(
      () => true,
      () => false,
    );
  while (await isHeard()) await wait(20);
}

it('SIGTERM: not ready at once, still listening for a while, what is under way is answered, 0', async () => {
  const program = await start('{ delayMs: 1500 }');
  expect((await fetch(`${program.url}/ready`)).status).toBe(200);
  const answer = ask(program);
  await untilAsked();
  program.process.kill('SIGTERM');
  let ready = await fetch(`${program.url}/ready`);
  while (ready.status === 200) ready = await fetch(`${program.url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: 'ending' });
  expect(ready.headers.get('connection')).toBe('close');
  expect((await fetch(`${program.url}/live`)).status).toBe(200);
  // Then it listens no more.
  await untilDeaf(program);
  release();
  expect(await answer).toMatchObject({ text: expect.stringContaining('"totalCount":2'), connection: 'close' });
  expect(await program.ended).toBe(0);
});

it('what takes longer than it may is cut off', async () => {
  const program = await start('{ drainMs: 300 }');
  const answer = ask(program).catch(() => 'cut off');
  await untilAsked();
  program.process.kill('SIGTERM');
  expect(await answer).toBe('cut off');
  expect(await program.ended).toBe(0);
  expect(program.log()).toContain('took too long and is cut off');
});

it('a second signal ends at once', async () => {
  const program = await start('{}');
  const answer = ask(program).catch(() => 'cut off');
  await untilAsked();
  program.process.kill('SIGTERM');
  await untilDeaf(program);
  program.process.kill('SIGTERM');
  expect(await program.ended).toBe(1);
  expect(await answer).toBe('cut off');
});

it.each([
  ['thrown', `throw new Error('boom of a test')`],
  ['of a promise nobody waits for', `void Promise.reject(new Error('boom of a test'))`],
])('an error nobody caught, %s: logged, what is under way is answered, 1', async (_what, code) => {
  const bomb = join(company.company.folder, 'bomb.mjs');
  await writeFile(bomb, `process.on('SIGUSR2', () => { ${code}; });\n`);
  const program = await start('{}', ['--import', bomb]);
  const answer = ask(program);
  await untilAsked();
  program.process.kill('SIGUSR2');
  await untilDeaf(program);
  release();
  expect((await answer).text).toContain('"totalCount":2');
  expect(await program.ended).toBe(1);
  expect(program.log()).toMatch(/"level":60.*boom of a test/);
});
