import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ahead } from '../../subgraphs/documents/connectors/webdav/ahead.ts';

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
