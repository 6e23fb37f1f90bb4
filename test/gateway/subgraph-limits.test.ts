import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { FrontedCompany, SECRET } from '../helpers/misbehaving.ts';
import { signed } from '../helpers/signed.ts';
import { CANARY, MISBEHAVIOURS } from '../servers/misbehaving-subgraph.ts';

let company: FrontedCompany;
beforeAll(async () => {
  company = await FrontedCompany.open();
});
afterAll(() => company.close());

/** A question for the forum alone; of another number, it is another question. */
function question(number = 1): string {
  return `{ conversations(first: ${number}) { totalCount } }`;
}

interface Answer {
  readonly data: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: unknown;
}

async function ask({ http }: App, query = question()): Promise<Answer> {
  const response = await http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json' },
    payload: { query },
  });
  return response.json<Answer>();
}

function codeOf({ errors }: Answer): string | undefined {
  return errors?.[0]?.extensions.code;
}

async function stateOf({ http }: App): Promise<unknown> {
  return (await http.inject('/state')).json<{ subgraphs: Record<string, unknown> }>().subgraphs['forum'];
}

const WELL = { data: { conversations: { totalCount: 2 } } };
const PATIENT = { firstByteMs: 60_000, callMs: 60_000 };

describe('a call that failed is made once more', () => {
  const ways = {
    'is busy for a moment': MISBEHAVIOURS['answers 503'],
    'resets the connection': MISBEHAVIOURS.resets,
  };
  it.each(Object.entries(ways))('where the subgraph %s', async (_what, misbehave) => {
    const { app, fronts } = await company.gateway();
    let times = 0;
    fronts.forum.answerWith((reply, truth) => {
      if (times++ === 0) return misbehave(reply, truth);
      return truth().then((text) => void reply.writeHead(200, { 'content-type': 'application/json' }).end(text));
    });
    expect(await ask(app)).toEqual(WELL);
    expect(fronts.forum.asked).toBe(2);
  });

  it.each(['answers 500', 'answers 401', 'redirects', 'breaks off', 'answers 429 for long', 'answers HTML'] as const)(
    'but not where it %s',
    async (name) => {
      const { app, fronts } = await company.gateway();
      await fronts.forum.misbehave(name);
      expect(codeOf(await ask(app))).toMatch(/^SUBGRAPH_/);
      expect(fronts.forum.asked).toBe(1);
    },
  );

  it('for one in ten, so that many do not ask twice', async () => {
    const { app, fronts } = await company.gateway({ circuitCalls: 100_000 });
    await fronts.forum.misbehave('answers 503');
    for (let number = 1; number <= 60; number++) await ask(app, question(number));
    // Ten out of a quiet time, then one in ten.
    expect(fronts.forum.asked).toBeGreaterThan(60);
    expect(fronts.forum.asked).toBeLessThanOrEqual(60 + 10 + 6);
  });

  it('never where the configuration says so', async () => {
    const { app, fronts } = await company.gateway({ retryPercent: 0 });
    await fronts.forum.misbehave('answers 503');
    await ask(app);
    expect(fronts.forum.asked).toBe(1);
  });
});

describe('calls at once', () => {
  it('are so many, so many more wait, and one more is refused at once', async () => {
    const { app, fronts } = await company.gateway({ ...PATIENT, calls: 2, waiting: 3 }, 60_000);
    const release = Promise.withResolvers<void>();
    fronts.forum.answerWith(async (reply, truth) => {
      await release.promise;
      reply.writeHead(200, { 'content-type': 'application/json' }).end(await truth());
    });
    const asked = Array.from({ length: 5 }, (_, index) => ask(app, question(index + 1)));
    while (fronts.forum.asked < 2) await wait(5);
    expect(await stateOf(app)).toEqual({ place: 'elsewhere', circuit: 'closed', calls: 2, waiting: 3 });
    expect(codeOf(await ask(app, question(6)))).toBe('SUBGRAPH_BUSY');
    expect(fronts.forum.asked).toBe(2);
    release.resolve();
    for (const answer of await Promise.all(asked)) expect(answer.errors).toBeUndefined();
    expect(await stateOf(app)).toMatchObject({ calls: 0, waiting: 0 });
  });

  it('are of each subgraph, where the configuration says so', async () => {
    const { config } = company.company;
    const { app, fronts } = await company.gateway({}, 60_000, {
      limits: {
        ...config.limits,
        subgraph: { ...config.limits.subgraph, ...PATIENT },
        subgraphs: { forum: { calls: 1, waiting: 0 } },
      },
    });
    await fronts.forum.misbehave('never answers');
    const first = ask(app);
    while (fronts.forum.asked === 0) await wait(5);
    expect(codeOf(await ask(app, question(2)))).toBe('SUBGRAPH_BUSY');
    const documents = Array.from({ length: 3 }, (_, index) =>
      ask(app, `{ documents(first: ${index + 1}) { totalCount } }`),
    );
    for (const answer of await Promise.all(documents)) expect(answer.errors).toBeUndefined();
    await app.close();
    expect(codeOf(await first)).toMatch(/^SUBGRAPH_/);
  });
});

describe('the circuit', () => {
  const QUICK = { circuitCalls: 4, circuitOpenMs: 300, circuitMaxOpenMs: 300, retryPercent: 0 };

  it('opens for a subgraph that fails often, lets one call try, and closes when that is answered', async () => {
    const { app, fronts } = await company.gateway(QUICK);
    await fronts.forum.misbehave('answers 500');
    for (let number = 1; number <= 4; number++) await ask(app, question(number));
    expect(await stateOf(app)).toMatchObject({ circuit: 'open' });
    expect(codeOf(await ask(app))).toBe('SUBGRAPH_UNAVAILABLE');
    expect(fronts.forum.asked).toBe(4);
    await wait(310);
    // Still ill: one call of many finds out.
    await Promise.all(Array.from({ length: 5 }, (_, index) => ask(app, question(index + 1))));
    expect(fronts.forum.asked).toBe(5);
    expect(await stateOf(app)).toMatchObject({ circuit: 'open' });
    await fronts.forum.mend();
    await wait(310);
    expect(await ask(app)).toEqual(WELL);
    expect(await stateOf(app)).toMatchObject({ circuit: 'closed' });
  });

  it('does not open for what is wrong with an answer, nor for clients that leave', async () => {
    const { app, fronts } = await company.gateway({ ...QUICK, ...PATIENT }, 60_000);
    await fronts.forum.misbehave('answers {}');
    for (let number = 1; number <= 6; number++) await ask(app, question(number));
    expect(await stateOf(app)).toMatchObject({ circuit: 'closed' });
    await fronts.forum.misbehave('never answers');
    const url = await app.http.listen({ host: '127.0.0.1', port: 0 });
    for (let number = 1; number <= 6; number++) {
      const leaving = new AbortController();
      const { asked } = fronts.forum;
      const left = fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: question(number) }),
        signal: leaving.signal,
      }).catch(() => 'left');
      while (fronts.forum.asked === asked) await wait(5);
      leaving.abort();
      expect(await left).toBe('left');
    }
    await fronts.forum.mend();
    expect(await ask(app)).toEqual(WELL);
  });
});

describe('the time for a whole operation', () => {
  it('over, what is there is the answer', async () => {
    const { app, fronts } = await company.gateway(PATIENT, 700);
    await fronts.forum.misbehave('never answers');
    const answer = await ask(app, '{ documents { totalCount } conversations { totalCount } }');
    expect(answer).toEqual({
      data: { documents: { totalCount: 3 }, conversations: null },
      errors: [
        {
          message: 'The subgraph "forum" did not answer in time.',
          path: ['conversations'],
          extensions: { code: 'SUBGRAPH_TIMEOUT', subgraph: 'forum' },
        },
      ],
    });
  });

  it('is told to subgraphs, as far as anybody waits', async () => {
    const { app, fronts } = await company.gateway({ callMs: 3_000 }, 5_000);
    await ask(app);
    const told = Number(fronts.forum.headers['x-atrium-time-left-ms']);
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThanOrEqual(3_000);
  });

  it.each([
    ['too late to begin', '0', 0],
    ['over before the answer', '30', 1],
  ])('is kept by a subgraph: %s', async (_what, left, times) => {
    let asked = 0;
    const executor = {
      contextFor: () => ({}),
      execute: () => {
        asked++;
        return new Promise(() => {});
      },
    };
    const server = createSubgraphServer({
      name: 'forum',
      executor: executor as never,
      secret: SECRET,
      log: pino({ level: 'silent' }),
    });
    const { headers, body } = signed({ subgraph: 'forum', secret: SECRET, query: '{ __typename }' });
    const response = await server.inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...headers, 'x-atrium-time-left-ms': left },
      payload: body ?? '',
    });
    expect(response.statusCode).toBe(504);
    expect(response.json()).toMatchObject({ errors: [{ extensions: { code: 'SUBGRAPH_TIMEOUT' } }] });
    expect(asked).toBe(times);
    await server.close();
  });
});

describe('an old answer stands in', () => {
  async function after(cacheControl: string, name: keyof typeof MISBEHAVIOURS | 'is not there', staleSeconds = 300) {
    const { app, fronts } = await company.gateway({ staleSeconds, retryPercent: 0 });
    fronts.forum.answerWith(async (reply, truth) => {
      reply.writeHead(200, { 'content-type': 'application/json', 'cache-control': cacheControl }).end(await truth());
    });
    expect(await ask(app)).toEqual(WELL);
    await fronts.forum.misbehave(name);
    return ask(app);
  }

  it.each(['is not there', 'answers 503', 'breaks off'] as const)('for one that %s, and is marked', async (name) => {
    const answer = await after('public, max-age=60', name);
    expect(answer).toEqual({
      ...WELL,
      extensions: { stale: [{ subgraph: 'forum', asOf: expect.stringMatching(/^\d{4}-.*Z$/) }] },
    });
  });

  it.each([
    ['that was for one viewer', 'private, max-age=60', 300],
    ['of which nothing was said', 'no-cache', 300],
    ['where the configuration says never', 'public', 0],
  ] as const)('never one %s', async (_what, cacheControl, seconds) => {
    expect(codeOf(await after(cacheControl, 'answers 503', seconds))).toBe('SUBGRAPH_UNAVAILABLE');
  });

  it('never one with errors in it', async () => {
    const { app, fronts } = await company.gateway({ retryPercent: 0 });
    fronts.forum.answerWith((reply) => {
      reply.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public' });
      reply.end('{"data":{"conversations":null},"errors":[{"message":"x","path":["conversations"]}]}');
    });
    expect(codeOf(await ask(app))).toBe('SUBGRAPH_ERROR');
    await fronts.forum.misbehave('answers 503');
    expect(codeOf(await ask(app))).toBe('SUBGRAPH_UNAVAILABLE');
  });
});

it('the log says which subgraph and which request, nothing of the answer, and no token', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const { config } = company.company;
  const { fronts } = await company.gateway();
  const app = await company.company.open(
    {
      ...Object.fromEntries(Object.entries(fronts).map(([name, { url }]) => [name, { url, sources: [] }])),
      subgraphSecret: SECRET,
      cache: { ...config.cache, answerSeconds: 0 },
    },
    { log },
  );
  for (const name of ['answers garbage', 'answers no JSON', 'poisons errors', 'is not there'] as const) {
    await fronts.forum.misbehave(name);
    const response = await app.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', 'x-request-id': 'request-of-a-client' },
      payload: { query: question() },
    });
    expect(response.headers['x-request-id']).toBe('request-of-a-client');
  }
  const text = lines.join('');
  expect(lines.filter((line) => line.includes('"subgraph":"forum"')).length).toBeGreaterThanOrEqual(4);
  for (const line of lines) expect(line).toContain('request-of-a-client');
  expect(text).toContain('ECONNREFUSED');
  expect(text).not.toContain(CANARY.slice(0, 15));
  expect(text).not.toMatch(/x-atrium-viewer-token|secret/);
});
