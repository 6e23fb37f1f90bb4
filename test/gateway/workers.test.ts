import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { smallCompany, type Company } from '../helpers/company.ts';
import { startProgram, type Program } from '../helpers/program.ts';
import { eventHeaders, FakeDiscourse, KEY } from '../servers/discourse.ts';

let company: Company;
const programs: Program[] = [];
/** Each request on a connection of its own, so that they spread over the workers. */
const apart = new Agent({ pipelining: 0 });

beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
});
afterEach(() => {
  for (const program of programs.splice(0)) program.process.kill('SIGKILL');
});
afterAll(async () => {
  await apart.close();
  await company.close();
});

async function start(config = '', args?: readonly string[]): Promise<Program> {
  const program = await startProgram(
    company.folder,
    `workers: 2
data: ${JSON.stringify(company.config.data)}
log: { level: info, format: json }
development: { chooseViewer: true }
${config}
`,
    [],
    args,
  );
  programs.push(program);
  return program;
}

function ask({ url }: Program) {
  return fetch(`${url}/graphql`, {
    dispatcher: apart,
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"query":"{ viewer { groups } }"}',
  });
}

/** The process ids of the workers that answer. */
async function workersOf(program: Program, count = 2): Promise<number[]> {
  const pids = new Set<number>();
  while (pids.size < count) {
    const response = await ask(program);
    await response.text();
    pids.add(Number(response.headers.get('x-atrium-worker')));
  }
  return [...pids];
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('answer on one port, and their figures are added up', async () => {
  const program = await start('limits: { requestsPerAddress: 0 }');
  const pids = await workersOf(program);
  expect(pids).not.toContain(program.process.pid);
  const before = await operations(program);
  for (let at = 0; at < 20; at++) await (await ask(program)).text();
  expect((await operations(program)) - before).toBe(20);
  const text = await metrics(program);
  expect(text).toMatch(/^atrium_processes 2$/m);
});

it('who is killed is replaced, and the others answer meanwhile', async () => {
  const program = await start('limits: { requestsPerAddress: 0 }');
  const [killed = 0, kept = 0] = await workersOf(program);
  process.kill(killed, 'SIGKILL');
  while (isAlive(killed)) await wait(5);
  const seen = new Set([kept]);
  // Not one request fails while the new one starts.
  while (seen.size < 2) {
    const response = await ask(program);
    expect(response.status).toBe(200);
    await response.text();
    const pid = Number(response.headers.get('x-atrium-worker'));
    expect(pid).not.toBe(killed);
    seen.add(pid);
  }
  expect(program.log()).toMatch(/a worker ended \(SIGKILL\): another takes its place/);
});

it('dying as fast as they are replaced ends the program, 1', async () => {
  const program = await start();
  // Each new one dies as soon as it is seen.
  const hunt = setInterval(() => {
    void readFile(`/proc/${program.process.pid}/task/${program.process.pid}/children`, 'utf8')
      .then((text) => {
        for (const pid of text.trim().split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
      })
      .catch(() => undefined);
  }, 20);
  try {
    expect(await program.ended).toBe(1);
    expect(program.log()).toContain('workers die as fast as they are replaced');
  } finally {
    clearInterval(hunt);
  }
}, 120_000);

it('SIGTERM under load: told to go elsewhere at once, every request answered, 0', async () => {
  const program = await start('limits: { requestsPerAddress: 0 }\nshutdown: { delayMs: 1000 }');
  const pids = await workersOf(program);
  const agent = new Agent();
  const load = { answered: 0, isReady: true };
  /** A client behind a balancer, which sends nothing any more to who is not ready. */
  const client = async () => {
    while (load.isReady) {
      const response = await fetch(`${program.url}/graphql`, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ documents { totalCount } }"}',
      });
      expect(response.status).toBe(200);
      await response.text();
      load.answered++;
    }
  };
  const clients = Array.from({ length: 8 }, client);
  while (load.answered < 50) await wait(5);
  program.process.kill('SIGTERM');
  let ready = await fetch(`${program.url}/ready`);
  while (ready.status === 200) ready = await fetch(`${program.url}/ready`);
  expect(ready.headers.get('connection')).toBe('close');
  load.isReady = false;
  await Promise.all(clients);
  expect(await program.ended).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
  await agent.close();
});

it('without the process before them they end', async () => {
  const program = await start();
  const pids = await workersOf(program);
  program.process.kill('SIGKILL');
  await program.ended;
  while (pids.some(isAlive)) await wait(20);
});

it('a rate holds over all of them', async () => {
  const program = await start('limits: { requestsPerAddress: 20 }');
  const statuses: number[] = [];
  const pids = new Set<string>();
  // They may fall into two minutes.
  const minute = Math.floor(Date.now() / 60_000);
  for (let at = 0; at < 60; at++) {
    const response = await ask(program);
    await response.text();
    // What is refused at the door does not say by whom.
    const pid = response.headers.get('x-atrium-worker');
    if (pid !== null) pids.add(pid);
    statuses.push(response.status);
  }
  const minutes = Math.floor(Date.now() / 60_000) - minute + 1;
  expect(pids.size).toBe(2);
  const through = statuses.filter((status) => status === 200).length;
  expect(through).toBeGreaterThanOrEqual(20);
  expect(through).toBeLessThanOrEqual(20 * minutes);
});

it('a port that is taken is told once, 1', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const failed = start('', ['--port', String(port)]);
  await expect(failed).rejects.toThrow(
    /ended with 1: .*something else listens there already \(listen EADDRINUSE: address already in use 127\.0\.0\.1/s,
  );
  await expect(failed).rejects.not.toThrow(/EADDRINUSE.*\n.*EADDRINUSE/s);
  other.close();
});

it('only one process fills the stores, and messages of tools reach it from any other', async () => {
  await using fake = await FakeDiscourse.start();
  fake.topic('First', '<p>x</p>');
  const secret = 'a secret of a webhook';
  const program = await start(`limits: { requestsPerAddress: 0 }
cache: { answerSeconds: 0 }
forum:
  sources:
    - name: questions
      connector: discourse
      url: ${fake.url}
      apiKey: ${KEY}
      webhookSecret: ${secret}
      everySeconds: 86400
`);
  while ((await fetch(`${program.url}/ready`)).status !== 200) await wait(20);
  const body = '{"post":{"topic_id":2}}';
  const send = async (headers: Record<string, string>) => {
    const response = await fetch(`${program.url}/webhooks/questions`, {
      dispatcher: apart,
      method: 'POST',
      headers: { connection: 'close', 'content-type': 'application/json', ...headers },
      body,
    });
    await response.text();
    return [response.headers.get('x-atrium-worker'), response.status] as const;
  };
  const refused = new Map<string | null, number>();
  while (refused.size < 2) refused.set(...(await send({})));
  expect([...refused.values()]).toEqual([401, 401]);
  fake.topic('Second', '<p>y</p>');
  expect(await send(eventHeaders('post', 'created', body, secret))).toMatchObject([expect.anything(), 202]);
  // The next sync by itself is a day away.
  while (!(await titles(program)).includes('Second')) await wait(50);
  expect(program.log()).not.toContain('another process fills the stores');
});

async function titles({ url }: Program): Promise<string> {
  const query = '{ conversations(first: 10) { edges { node { title } } } }';
  return (
    await fetch(`${url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'application/json', 'apollo-require-preflight': '1' },
    })
  ).text();
}

async function metrics({ url }: Program): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

async function operations(program: Program): Promise<number> {
  return Number(/^atrium_operations_total\{code="OK"\} (\d+)/m.exec(await metrics(program))?.[1] ?? 0);
}
