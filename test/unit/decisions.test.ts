import { expect, it } from 'vitest';
import { Decisions, type Sampled } from '../../subgraphs/kit/live/decisions.ts';
import { createLog } from '../../gateway/log.ts';

it("keeps what is said of one account's own items from an account that is called like it", async () => {
  const source = { name: 'talk', seconds: 60, perMinute: 60, waitMs: 5_000, onUnverifiable: 'hide' as const };
  const asked: (string | null)[] = [];
  const decisions = new Decisions(
    source,
    async (_source, account, keys) => {
      asked.push(account);
      return new Map(account === 'bob' ? keys.map((key) => [key, 'vault']) : []);
    },
    createLog({ level: 'silent', format: 'json' }),
  );
  const set: Sampled = { acl: 5, container: 'vault', keys: ['1'], areOwn: true };
  const mayRead = async (account: string, areOwn: boolean) =>
    (await decisions.of(account, [{ ...set, areOwn }])).get(5)?.mayRead;
  expect(await mayRead('bob', true)).toBe(true);
  expect(await mayRead('own bob', false)).toBe(false);
  expect(asked).toEqual(['bob', 'own bob']);
});
