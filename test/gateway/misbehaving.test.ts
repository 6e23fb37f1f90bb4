import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../subgraphs/kit/errors.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { FrontedCompany, type Fronted } from '../helpers/misbehaving.ts';
import { CANARY, MISBEHAVIOURS, type MisbehaviourName } from '../servers/misbehaving-subgraph.ts';

/** How the field at the root is called that a subgraph alone answers. */
const FIELDS: Readonly<Record<SubgraphName, string>> = {
  directory: 'people',
  documents: 'documents',
  forum: 'conversations',
};

const QUERY = `{
  people { totalCount edges { node { name mail } } }
  documents { totalCount edges { node { title updatedAt author { name person { name } } conversations { totalCount } } } }
  conversations { totalCount edges { node { title createdAt } } }
  topic(query: "certificates") {
    people { totalCount edges { node { name documents { totalCount } } reasons { area } } }
    content { totalCount } conversations { totalCount } coverage { area status }
  }
}`;

const OPERATION_MS = 4_000;
/** Long enough for the healthy ones on a busy machine, for all of them are in this process. */
const LIMITS = { connectMs: 1_000, firstByteMs: 1_000, callMs: 1_400, circuitCalls: 100_000, answerBytes: 1024 ** 2 };

/** Which subgraphs misbehave: each alone, and two at once. */
const TARGETS: readonly (readonly SubgraphName[])[] = [
  ['directory'],
  ['documents'],
  ['forum'],
  ['documents', 'forum'],
  ['directory', 'forum'],
];

interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

let company: FrontedCompany;
let gateways: readonly (Fronted & { readonly targets: readonly SubgraphName[] })[];
let healthy: Answer;
let memory: number;

beforeAll(async () => {
  company = await FrontedCompany.open();
  gateways = await Promise.all(
    TARGETS.map(async (targets) => ({ targets, ...(await company.gateway(LIMITS, OPERATION_MS)) })),
  );
  for (const { app } of gateways) healthy = await ask(app);
  expect(healthy.errors).toBeUndefined();
  memory = process.memoryUsage().rss;
});
afterAll(() => company.close());

async function ask({ http }: Fronted['app']): Promise<Answer> {
  const response = await http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json' },
    payload: { query: QUERY },
  });
  return response.json<Answer>();
}

/** Nobody waits much longer than an operation may take; much, for the machine may be busy with other tests. */
async function inTime<Result>(work: Promise<Result>): Promise<Result | 'too late'> {
  return Promise.race([work, wait(OPERATION_MS * 2, 'too late' as const)]);
}

/** What subgraphs are known by, and nothing else of them. */
const LEAKS =
  /canary|internal|127\.0\.0\.1|localhost|:\d{4,5}|ECONN|UND_ERR|HPE_|\.js|\.ts|node_modules|<html|polluted/;

describe('a subgraph that misbehaves costs its own part, for as long as it does', () => {
  it.each(['is not there', ...Object.keys(MISBEHAVIOURS)] as MisbehaviourName[])('%s', async (name) => {
    await Promise.all(
      gateways.map(async ({ app, fronts, targets }) => {
        const who = targets.join(' and ');
        for (const target of targets) await fronts[target].misbehave(name);
        const answer = await inTime(ask(app));
        if (answer === 'too late') throw new Error(`${who}: the answer is too late.`);
        for (const [subgraph, field] of Object.entries(FIELDS)) {
          if (targets.includes(subgraph as SubgraphName)) continue;
          const { documents, ...rest } = healthy.data ?? {};
          // What is said of documents and persons in another subgraph is its own.
          const whole =
            field === 'documents' ? { totalCount: (documents as { totalCount: number }).totalCount } : rest[field];
          expect(answer.data?.[field], `${who}: ${field} ${JSON.stringify(answer.errors)}`).toMatchObject(
            whole as object,
          );
        }
        const text = JSON.stringify(answer);
        expect(text, who).not.toMatch(LEAKS);
        expect(text, who).not.toContain(CANARY);
        if (name !== 'has __proto__ keys') expect(answer.errors?.length ?? 0, who).toBeGreaterThan(0);
        for (const { extensions, message } of answer.errors ?? []) {
          expect(Object.keys(ERROR_CATALOGUE)).toContain(extensions['code']);
          expect(['code', 'subgraph']).toEqual(expect.arrayContaining(Object.keys(extensions)));
          expect([undefined, ...targets], message).toContain(extensions['subgraph']);
        }
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        for (const target of targets) await fronts[target].mend();
        expect(await inTime(backToHealth(app)), `${who}: back`).toBe('healthy');
      }),
    );
  });

  it('grows by no more than is read of it', () => {
    expect((process.memoryUsage().rss - memory) / 1024 ** 2).toBeLessThan(250);
  });
});

async function backToHealth(app: Fronted['app']): Promise<'healthy' | Answer> {
  const end = performance.now() + 2_000;
  for (;;) {
    const answer = await ask(app);
    try {
      expect(answer).toEqual(healthy);
      return 'healthy';
    } catch {
      if (performance.now() > end) return answer;
    }
  }
}
