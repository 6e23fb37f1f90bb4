import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { pageOf, smallCompany, type Company } from '../helpers/company.ts';

/** All of it comes out of what is kept in memory: rows, accounts, tags, votes, totals, people, rights. */
const QUERY = `{
  topic(query: "certificates") {
    people { edges { node { id name title } score reasons {
      area share hits evidence { __typename id ... on Document { title } ... on Conversation { title } } } } }
    content { totalCount edges { score node { id title tags author { name person { name } } } } }
    conversations { totalCount edges { score node { id title tags author { name person { name } } } } }
    related { name }
  }
}`;

const VIEWERS = [undefined, 'ada', 'bob', 'eve'];

let company: Company;
let app: App;
beforeEach(async () => {
  company = await smallCompany({ cache: { answerSeconds: 0 } });
  await company.sync();
  app = await company.open();
});
afterEach(async () => {
  await company.close();
});

async function answer(of: App, viewer: string | undefined): Promise<string> {
  const { data, errors } = await of.ask({ query: QUERY, viewer });
  expect(errors).toBeUndefined();
  return JSON.stringify(data, null, 1);
}

/** What everybody is told, twice: the second time out of memory, and after all others have filled it. */
async function answers(of: App): Promise<string[]> {
  const first = await Promise.all(VIEWERS.map((viewer) => answer(of, viewer)));
  for (const [index, viewer] of VIEWERS.entries()) expect(await answer(of, viewer)).toBe(first[index]);
  return first;
}

/** Fills the stores in another thread, as in production. */
async function syncElsewhere(): Promise<void> {
  const helper = JSON.stringify(new URL('../helpers/sync.ts', import.meta.url));
  const code = `import(${helper}).then(({ syncOnce }) => syncOnce(require('node:worker_threads').workerData))`;
  const workerData: unknown = JSON.parse(JSON.stringify(company.config));
  expect(await once(new Worker(code, { eval: true, workerData }), 'exit')).toEqual([0]);
}

const dispute = (fields: object) =>
  company.write('documents/secret/dispute.md', pageOf({ title: 'Certificates in dispute', author: 'bob', ...fields }));

describe('what is kept in memory', () => {
  it('is told by what each may read, whoever asked before', async () => {
    await dispute({ readers: ['group:legal'], tags: ['lawsuit'] });
    await syncElsewhere();
    const bob = await answer(app, 'bob');
    expect(bob).toContain('lawsuit');
    expect(bob).toContain('Certificates in dispute');
    for (const viewer of [undefined, 'eve']) {
      const told = await answer(app, viewer);
      expect(told).not.toContain('dispute');
      expect(told).not.toContain('lawsuit');
      // As if nobody had asked before.
      expect(told).toBe(await answer(await company.open(), viewer));
    }
  });

  it.each<[string, () => Promise<void>]>([
    ['an item is opened to everyone', () => dispute({ tags: ['lawsuit'] })],
    ['an item is closed to all but one', () => dispute({ readers: ['person:ada'] })],
    [
      'an item has other tags and another author',
      () => dispute({ readers: ['group:legal'], author: 'eve', tags: ['x'] }),
    ],
    ['an item is gone', () => company.delete('documents/secret')],
    [
      'people are called otherwise and leave',
      () =>
        company.writePeople(
          [{ uid: 'ada', name: 'Ada Lovelace' }, { uid: 'bob' }, { uid: 'cay', hasLeft: true }, { uid: 'eve' }],
          { legal: ['bob'], everybody: ['ada', 'eve'] },
        ),
    ],
  ])('is of no account once %s, in another thread', async (_, change) => {
    const before = await answers(app);
    await change();
    await syncElsewhere();
    const after = await answers(app);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await answers(await company.open()));
  });
});
