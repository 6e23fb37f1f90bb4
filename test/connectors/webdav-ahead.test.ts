import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { ahead } from '../../subgraphs/documents/connectors/webdav/ahead.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { fakeDav } from './dav-fake.ts';

async function* upTo(count: number): AsyncGenerator<number, string> {
  for (let value = 0; value < count; value++) yield value;
  return 'end';
}

it('hands over in order, however long each takes, with no more than its width under way', async () => {
  let underWay = 0;
  let most = 0;
  const results = ahead(upTo(20), 4, async (value) => {
    most = Math.max(most, ++underWay);
    await sleep((value * 7) % 5);
    underWay--;
    return value;
  });
  const seen: number[] = [];
  for (let next = await results.next(); ; next = await results.next()) {
    if (next.done === true) {
      expect(next.value).toBe('end');
      break;
    }
    seen.push(next.value);
  }
  expect(seen).toEqual([...Array(20).keys()]);
  expect(most).toBe(4);
});

it('fails where the failure is, and not for what nobody waits for any more', async () => {
  const seen: number[] = [];
  const run = async (): Promise<void> => {
    const odd = ahead(upTo(20), 4, (value) =>
      value >= 5 ? Promise.reject(new Error(`no ${value}`)) : Promise.resolve(value),
    );
    for await (const value of odd) seen.push(value);
  };
  await expect(run()).rejects.toThrow('no 5');
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

it('a run that was killed looks into no folder again that it was through with', async () => {
  const names = Array.from({ length: 199 }, (_, index) => `a/deep/${index}.md`);
  await using fake = await fakeDav(
    Object.fromEntries(['0/first.md', ...names, 'b/one.md', 'c.md'].map((name) => [name, name])),
  );
  const store = new MemoryStore<DocumentItem>();
  await store.run(await openWith(webdav, { url: fake.url }, '/'), 1);
  expect(store.items.size).toBe(200);
  const connector = await openWith(webdav, { url: fake.url }, '/');
  fake.requests.length = 0;
  await store.run(connector);
  // Files are fetched ahead of the walk, so how the two mingle is a matter of chance.
  expect(fake.requests.filter((line) => line.startsWith('P'))).toEqual([
    'PROPFIND ',
    'PROPFIND ',
    'PROPFIND a/',
    'PROPFIND a/deep/',
    'PROPFIND b/',
  ]);
  expect(fake.requests.filter((line) => line.startsWith('G')).sort()).toEqual(['GET b/one.md', 'GET c.md']);
  expect(store.items.size).toBe(202);
  expect(store.batches.at(-1)?.unchanged).toEqual([]);
});
