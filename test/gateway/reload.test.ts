import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { Planner } from '../../gateway/execution/planner.ts';
import { FrontedCompany } from '../helpers/misbehaving.ts';
import type { Fronted } from '../helpers/misbehaving.ts';

const OURS = new URL('../../schema/supergraph.graphql', import.meta.url);

let company: FrontedCompany;
let text: string;
let file: string;
let gateway: Fronted;
let app: App;
let lines: { msg: string; level: number }[];

beforeAll(async () => {
  company = await FrontedCompany.open();
  text = await readFile(OURS, 'utf8');
});
beforeEach(async () => {
  file = join(company.company.folder, `supergraph-${process.hrtime.bigint()}.graphql`);
  await copyFile(OURS, file);
  lines = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  gateway = await company.gateway(
    { firstByteMs: 60_000, callMs: 60_000 },
    60_000,
    { supergraph: { file, addresses: {}, forwardHeaders: [] } },
    { log },
  );
  ({ app } = gateway);
});
afterAll(() => company.close());

async function ask(query: string) {
  const response = await app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json' },
    payload: { query },
  });
  return response.json<unknown>();
}

/** Waits until the log has so many lines that begin like this. */
async function untilLogged(beginning: string, times = 1): Promise<void> {
  while (lines.filter(({ msg }) => msg.startsWith(beginning)).length < times) await wait(20);
}

/** Writes the file as deploying does: there in a moment. */
async function deploy(sdl: string): Promise<void> {
  await writeFile(`${file}.new`, sdl);
  await rename(`${file}.new`, file);
}

/** The same schema, but that documents are described in another way. */
function described(as: string): string {
  const changed = text.replace(/"""[^"]*"""\ntype Document\b/, `"""${as}"""\ntype Document`);
  expect(changed).not.toBe(text);
  return changed;
}

const DESCRIPTION = '{ __type(name: "Document") { description } }';
const QUERY = 'query Hot($first: Int!) { conversations(first: $first) { totalCount } documents { totalCount } }';

it('a changed supergraph is served from then on', async () => {
  await deploy(described('Another one.'));
  await untilLogged('the supergraph changed: it is served');
  expect(await ask(DESCRIPTION)).toEqual({ data: { __type: { description: 'Another one.' } } });
});

it('one that cannot be used changes nothing, and is told of; the next one is served', async () => {
  const bad = [
    text.slice(0, text.length / 2),
    '',
    'type Query { a: Int }',
    described('Bad.').replace('interface Node', 'interface Knot'),
    described('Bad.').replaceAll('graph: FORUM', 'graph: NOWHERE'),
  ];
  const before = await ask(DESCRIPTION);
  for (const [index, sdl] of bad.entries()) {
    await deploy(sdl);
    await untilLogged('the supergraph changed, but cannot be used', index + 1);
    expect(await ask(DESCRIPTION)).toEqual(before);
    expect(await ask(`{ conversations(first: ${index + 1}) { totalCount } }`)).toEqual({
      data: { conversations: { totalCount: 2 } },
    });
  }
  await deploy(described('Good.'));
  await untilLogged('the supergraph changed: it is served');
  expect(await ask(DESCRIPTION)).toEqual({ data: { __type: { description: 'Good.' } } });
});

it('what is under way ends with the schema it began with', async () => {
  const slow = Promise.withResolvers<void>();
  gateway.fronts.documents.answerWith(async (reply, truth) => {
    await slow.promise;
    reply.writeHead(200, { 'content-type': 'application/json' }).end(await truth());
  });
  const answer = ask('{ documents(first: 1) { totalCount edges { node { title conversations { totalCount } } } } }');
  while (gateway.fronts.documents.asked === 0) await wait(5);
  await deploy(described('While one waits.'));
  await untilLogged('the supergraph changed: it is served');
  slow.resolve();
  expect(await answer).toMatchObject({ data: { documents: { totalCount: 3, edges: [{ node: {} }] } } });
  expect(await answer).not.toHaveProperty('errors');
});

it('what is asked most is compiled for the new one before it is served', async () => {
  const plan = vi.spyOn(Planner.prototype, 'plan');
  const hot = (first: number) =>
    app.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json' },
      payload: { query: QUERY, variables: { first } },
    });
  const first = await hot(1);
  await hot(2);
  expect(plan).toHaveBeenCalledTimes(1);
  await deploy(described('A warm one.'));
  await untilLogged('the supergraph changed: it is served');
  expect(plan).toHaveBeenCalledTimes(2);
  expect((await hot(1)).json()).toEqual(first.json());
  expect(plan).toHaveBeenCalledTimes(2);
  plan.mockRestore();
});
