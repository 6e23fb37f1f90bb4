import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCache } from '../../gateway/cache/key-value-cache.ts';
import { createLog } from '../../gateway/log.ts';
import { Verifier } from '../../subgraphs/kit/signing/verifier.ts';
import { smallCompany, type Company } from '../helpers/company.ts';
import { startProgram, type Program } from '../helpers/program.ts';
import { send, signed } from '../helpers/signed.ts';
import { isInstalled } from './real.ts';
import { startRedis, type Redis } from './redis.ts';

const SECRET = 'the secret of this test, present';
const log = createLog({ level: 'silent', format: 'json' });

const request = () => signed({ subgraph: 'documents', secret: SECRET, query: '{ __typename }' });

function configOf(name: string, redis: string): string {
  return `data: ${name}-data\nsubgraphSecret: ${SECRET}\ncache: { redis: "${redis}" }\nlog: { level: error, format: json }
documents: { sources: [{ name: docs, connector: folder, path: documents }] }\n`;
}

const hasRedis = isInstalled('redis');

describe.skipIf(!hasRedis)(`instances of one subgraph with a shared cache${hasRedis ? '' : ' (redis missing)'}`, () => {
  let company: Company;
  let redis: Redis;
  let instances: Program[];

  beforeAll(async () => {
    company = await smallCompany();
    redis = await startRedis();
    instances = await Promise.all(
      ['one', 'two'].map((name) =>
        startProgram(company.folder, configOf(name, redis.url), [], ['--port', '0', '--only', 'documents']),
      ),
    );
  }, 60_000);
  afterAll(async () => {
    for (const { process, ended } of instances) {
      process.kill('SIGKILL');
      await ended;
    }
    await redis[Symbol.asyncDispose]();
    await company.close();
  });

  const statuses = async (requests: readonly ReturnType<typeof request>[]) =>
    Promise.all(requests.map(async (each, index) => (await send(instances[index % 2]?.url ?? '', each)).status));

  it('refuse what another has answered', async () => {
    for (let times = 0; times < 20; times++) {
      const one = request();
      expect(await statuses([one])).toEqual([200]);
      expect((await send(instances[1]?.url ?? '', one)).status).toBe(401);
      expect(await statuses([request(), request()])).toEqual([200, 200]);
    }
  });

  it('answer once what is sent to all of them at the same time', async () => {
    for (let times = 0; times < 20; times++) {
      const one = request();
      const all = await statuses(Array.from({ length: 6 }, () => one));
      expect(all.toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401, 401, 401]);
    }
  });
});

describe('an instance whose shared cache does not answer', () => {
  it('answers, and takes nothing twice itself', async () => {
    // Nobody listens there.
    const cache = await openCache('redis://127.0.0.1:9', log);
    const verifier = new Verifier('documents', [SECRET], cache);
    const { headers, method, path } = request();
    const line = { method, path, requestId: headers['x-request-id'] ?? '' };
    expect(await verifier.verify(line, headers['x-atrium-signature'])).toMatchObject({ viewer: { person: null } });
    expect(await verifier.verify(line, headers['x-atrium-signature'])).toBe('replayed');
    await cache.close();
  });
});
