import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { createLog } from '../../gateway/log.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { isInstalled } from '../servers/real.ts';
import { startRedis } from '../servers/redis.ts';
import { emptyCompany, pageOf, type Company } from '../helpers/company.ts';

const VIEWERS = 20;
const REQUESTS = 10_000;
/** Over a network each takes longer. */
const REQUESTS_BY_REDIS = 2_500;
/** As many are under way at once. */
const AT_ONCE = 40;
/** Every so many-th answer of a subgraph gets lost: then an old one could stand in for it. */
const LOST = 20;

const SECRET = 'a secret of at least 16 characters';
const log = createLog({ level: 'silent', format: 'json' });

let company: Company;
/** The gateway with this cache; in memory without an address. */
let open: (redis?: string) => Promise<App>;
const servers: { readonly http: FastifyInstance; readonly front: Server; close(): void }[] = [];
/** Answers of subgraphs, and how many of them were lost. */
const calls = { all: 0, public: 0, lost: 0 };

const uidOf = (index: number) => `p${String(index).padStart(2, '0')}`;
/** Words are of letters alone, so that search knows them as one. */
const canaryOf = (index: number) => `canary${String.fromCharCode(97 + index, 97 + index, 97 + index)}`;

/** Everybody's own page and thread, a page of each two neighbours, and what is for all. */
beforeAll(async () => {
  company = await emptyCompany();
  const everybody = Array.from({ length: VIEWERS }, (_, index) => index);
  await company.writePeople(
    everybody.map((index) => ({ uid: uidOf(index) })),
    Object.fromEntries(everybody.map((index) => [`only${index}`, [uidOf(index)]])),
  );
  for (const index of everybody) {
    const canary = canaryOf(index);
    const readers = index % 2 === 0 ? [`person:${uidOf(index)}`] : [`group:only${index}`];
    const fields = { title: `Plans of ${canary}`, author: uidOf(index), tags: ['plans', canary], readers };
    await company.write(`documents/own/${canary}.md`, pageOf(fields, `Plans for certificates, by ${canary}.`));
    await company.write(`documents/open/${index}.md`, pageOf({ title: `Plans ${index}`, author: uidOf(index) }));
  }
  await company.writeConversations(
    everybody.flatMap((index) => {
      const canary = canaryOf(index);
      const [author, about] = [uidOf(index), `https://x.example/${index}`];
      const own = {
        title: `Talk of ${canary}`,
        body: `Plans of ${canary}?`,
        readers: [`person:${author}`],
        tags: [canary],
      };
      const replies = [{ author, body: `Yes, ${canary}.` }];
      return [
        { id: `own${index}`, author, url: `${about}/${canary}`, replies, ...own },
        { id: `open${index}`, author, title: `Plans ${index}?`, url: about },
      ];
    }),
  );
  await company.sync();
  const addresses = new Map<string, string>();
  for (const subgraph of subgraphs) addresses.set(subgraph.name, await serve(subgraph));
  const at = (name: string) => ({ url: addresses.get(name) ?? '', sources: [] });
  const changes = (redis: string | undefined) => ({
    directory: at('directory'),
    documents: at('documents'),
    forum: at('forum'),
    subgraphSecret: SECRET,
    cache: { ...company.config.cache, answerSeconds: 2, redis },
  });
  open = (redis) => company.open(changes(redis), { log });
});
afterAll(async () => {
  await company.close();
  for (const server of servers) server.close();
});

/** A subgraph's own server, behind a proxy that loses answers, and marks what is the same for everyone. */
async function serve(subgraph: (typeof subgraphs)[number]): Promise<string> {
  const executor = openSubgraph(company.config, subgraph, log);
  const http = createSubgraphServer({ name: subgraph.name, executor, secret: SECRET, log });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const payload = await buffer(request);
    // Who is asking is asked of the directory: without that there is no answer to look at.
    const isPublic = payload.includes('sources');
    const turn = isPublic ? calls.public++ : calls.all++;
    if (subgraph.name !== 'directory' && turn % LOST === LOST - 1) {
      calls.lost++;
      response.writeHead(500).end();
      return;
    }
    const { headers, url = '' } = request;
    const { statusCode, body } = await http.inject({ method: 'POST', url, headers, payload });
    response
      .writeHead(statusCode, { 'content-type': 'application/json', ...(isPublic && { 'cache-control': 'public' }) })
      .end(body);
  };
  const front = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const close = () => {
    front.closeAllConnections();
    front.close();
    void http.close();
    executor.service.close();
  };
  servers.push({ http, front, close });
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

/** Operations by which much or little of what somebody may read comes back; `$n` makes some of them new each time. */
const OPERATIONS: readonly { readonly query: string; readonly variables: (n: number) => object }[] = [
  { query: '{ sources { forum { name } documents { name } } }', variables: () => ({}) },
  { query: '{ documents(first: 50) { totalCount edges { node { title body tags } } } }', variables: () => ({}) },
  {
    query: '{ conversations(first: 50) { edges { node { title url replies { edges { node { body } } } } } } }',
    variables: () => ({}),
  },
  {
    query:
      'query ($first: Int) { documents(filter: { space: "own" }, first: $first) { edges { node { title summary } } } }',
    variables: (n) => ({ first: 1 + (n % 100) }),
  },
  {
    query: `query ($topic: String!) { topic(query: $topic) { related { name }
      people(first: 3) { edges { node { id } reasons { evidence { id ... on Document { title } ... on Conversation { title } } } } }
      content(first: 30) { edges { excerpt { text } node { title } } } conversations { edges { node { title } } } } }`,
    variables: (n) => ({ topic: n % 3 === 0 ? 'plans' : canaryOf(n % VIEWERS) }),
  },
  {
    query:
      'query ($id: ID!) { person(id: $id) { name documents(first: 5) { edges { node { title } } } conversations { totalCount edges { node { title } } } } }',
    variables: (n) => ({ id: uidOf(n % VIEWERS) }),
  },
  {
    query: 'query ($id: ID!) { conversation(id: $id) { title body tags replies { edges { node { body } } } } }',
    variables: (n) => ({ id: `https://x.example/${n % VIEWERS}/${canaryOf(n % VIEWERS)}` }),
  },
];

const hashes = OPERATIONS.map(({ query }) => createHash('sha256').update(query).digest('hex'));

interface Counts {
  answers: number;
  canaries: number;
  remembered: number;
  persisted: number;
  stale: number;
  errors: number;
}

/** Asks once, by hash where it is the turn of that, and gives the canaries in the answer. */
async function ask(
  app: App,
  turn: number,
  viewer: number,
  counts: Counts,
): Promise<{ found: Set<string>; text: string }> {
  // Neighbours in the queue ask the same at the same time, each for themselves.
  const round = Math.floor(turn / VIEWERS);
  const index = round % OPERATIONS.length;
  const { query, variables } = OPERATIONS[index]!;
  const byHash = round % 2 === 0;
  const send = (withText: boolean) =>
    app.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', host: 'localhost', 'x-atrium-viewer': uidOf(viewer) },
      payload: {
        ...(withText && { query }),
        variables: variables(Math.floor(round / OPERATIONS.length)),
        ...(byHash && { extensions: { persistedQuery: { version: 1, sha256Hash: hashes[index] } } }),
      },
    });
  let response = await send(!byHash);
  if (response.body.includes('PERSISTED_QUERY_NOT_FOUND')) response = await send(true);
  else if (byHash) counts.persisted++;
  expect(response.statusCode, response.body).toBe(200);
  const { data, errors, extensions } = response.json<{ data: object; errors?: object[]; extensions?: object }>();
  if (response.headers['age'] !== undefined) counts.remembered++;
  if (errors) counts.errors++;
  if (extensions && 'stale' in extensions) counts.stale++;
  counts.answers++;
  const text = JSON.stringify({ data, errors });
  return { found: new Set(text.match(/canary[a-z]{3}/g)), text };
}

/** Asks as often in everybody's name, and sees what comes. */
async function askAll(app: App, requests: number): Promise<void> {
  const counts: Counts = { answers: 0, canaries: 0, remembered: 0, persisted: 0, stale: 0, errors: 0 };
  const seen = new Map<number, number>();
  let next = 0;
  const work = async () => {
    while (next < requests) {
      const turn = next++;
      // Who is first differs from round to round.
      const viewer = (turn + 7 * Math.floor(turn / VIEWERS)) % VIEWERS;
      const { found, text } = await ask(app, turn, viewer, counts);
      if (found.delete(canaryOf(viewer))) seen.set(viewer, (seen.get(viewer) ?? 0) + 1);
      if (found.size > 0) expect.fail(`${uidOf(viewer)} was shown ${[...found].join(', ')}: ${text.slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  counts.canaries = [...seen.values()].reduce((sum, each) => sum + each, 0);
  console.log(JSON.stringify({ ...counts, calls }));
  expect(counts.answers).toBe(requests);
  // Everybody did find their own, and all that could mix answers up was at work.
  expect(seen.size).toBe(VIEWERS);
  expect(Math.min(...seen.values())).toBeGreaterThan(requests / VIEWERS / 5);
  for (const count of [counts.remembered, counts.persisted, counts.stale, counts.errors])
    expect(count).toBeGreaterThan(0);
}

describe('answers to many viewers at once hold nobody’s canary but their own', { timeout: 180_000 }, () => {
  it(`${REQUESTS} to ${VIEWERS}, remembered in memory`, async () => {
    await askAll(await open(), REQUESTS);
  });

  const hasRedis = isInstalled('redis');
  const title = `${REQUESTS_BY_REDIS} to ${VIEWERS}, remembered in Redis by two gateways`;
  it.skipIf(!hasRedis)(hasRedis ? title : `${title} (redis missing)`, async () => {
    await using redis = await startRedis();
    const gateways = [await open(redis.url), await open(redis.url)];
    for (const app of gateways) await untilReachable(app);
    await Promise.all(gateways.map((app) => askAll(app, REQUESTS_BY_REDIS)));
  });
});

/** Waits until the gateway's connection to its cache stands; the test's time limit ends it. */
async function untilReachable(app: App): Promise<void> {
  while (!(await app.http.inject('/ready')).body.includes('"reachable"')) {
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}
