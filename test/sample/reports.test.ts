import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What reporting tools do: walk everything in pages, and later only what changed. */
describe('reports', () => {
  let sample: SampleApp;
  let company = '';
  beforeAll(async () => {
    sample = await sampleApp(async (dir) => {
      company = dir;
    });
  });
  afterAll(() => sample.close());

  async function page(field: string, args: string, after: string | null): Promise<Page> {
    const { list } = await sample.ask<{ list: Page }>({
      query: `query ($after: String) { list: ${field}(${args}, after: $after) {
        totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
      variables: { after },
      viewer: 'sanne.devries',
    });
    return list;
  }

  async function walk(field: string, args: string, from: string | null = null) {
    const ids: string[] = [];
    let cursor = from;
    for (;;) {
      const { edges, pageInfo } = await page(field, args, cursor);
      ids.push(...edges.map(({ node }) => node.id));
      // A walk in circles would never end.
      expect(pageInfo.endCursor ?? '').not.toBe(cursor);
      cursor = pageInfo.endCursor ?? cursor;
      if (!pageInfo.hasNextPage) return { ids, cursor };
    }
  }

  it.each([
    ['documents', ['CHANGED', 'UPDATED_DESC', 'UPDATED_ASC', 'CREATED_DESC', 'CREATED_ASC']],
    ['conversations', ['CHANGED', 'ACTIVE_DESC', 'ACTIVE_ASC', 'CREATED_DESC', 'CREATED_ASC']],
    ['people', ['CHANGED', 'NAME', 'UPDATED_DESC']],
    ['groups', ['CHANGED', 'NAME']],
  ])('walks all %s in every order, each once', async (field, orders) => {
    const { totalCount } = await page(field, 'first: 1', null);
    for (const order of orders) {
      // The order that reports go on from is walked in small steps.
      const { ids } = await walk(field, `orderBy: ${order}, first: ${order === 'CHANGED' ? 7 : 37}`);
      expect(ids.length, order).toBe(totalCount);
      expect(new Set(ids).size, order).toBe(totalCount);
    }
  });

  it('orders as it says', async () => {
    const { documents } = await sample.ask<{ documents: { edges: { node: { updatedAt: string | null } }[] } }>({
      query: '{ documents(orderBy: UPDATED_DESC, first: 100) { edges { node { updatedAt } } } }',
    });
    const dates = documents.edges.map(({ node }) => node.updatedAt ?? '');
    expect(dates).toEqual(dates.toSorted().toReversed());
  });

  it('filters: what is updated after a moment and what before it are everything', async () => {
    const at = '2026-01-01T00:00:00Z';
    const count = async (filter: string) => (await page('documents', `filter: {${filter}}, first: 1`, null)).totalCount;
    const [all, after, before] = [
      await count(''),
      await count(`updatedAfter: "${at}"`),
      await count(`updatedBefore: "${at}"`),
    ];
    const undated = all - after - before;
    expect(after).toBeGreaterThan(0);
    expect(before).toBeGreaterThan(0);
    // The text files of the sample have no date.
    expect(undated).toBe(3);
    expect(await count('space: "Cloud"')).toBe(await count('space: "cloud"'));
    expect(await count('tag: "TLS"')).toBeGreaterThan(0);
    expect(await count('source: "nowhere"')).toBe(0);
  });

  it('goes on from the last cursor with exactly what changed, and tells what is gone', async () => {
    const before = await walk('documents', 'orderBy: CHANGED, first: 100');
    const gone = await walk('removedDocuments', 'first: 100');
    expect((await walk('documents', 'orderBy: CHANGED, first: 100', before.cursor)).ids).toEqual([]);
    await writeFile(join(company, 'documents', 'it', 'new-page.md'), '---\ntitle: A new page\n---\nNew.\n');
    await rm(join(company, 'documents', 'cloud', 'rotating-tls-certificates-by-hand.md'));
    await sample.sync();
    const changed = await walk('documents', 'orderBy: CHANGED, first: 100', before.cursor);
    expect(changed.ids.map((id) => Buffer.from(id, 'base64url').toString())).toEqual(['document:docs:it/new-page.md']);
    const removed = await walk('removedDocuments', 'first: 100', gone.cursor);
    expect(removed.ids.map((id) => Buffer.from(id, 'base64url').toString())).toEqual([
      'document:docs:cloud/rotating-tls-certificates-by-hand.md',
    ]);
  });

  it('goes on with the one document, conversation and person that changed, each where it was', async () => {
    const walks = ['documents', 'conversations', 'people'].map(async (field) => {
      const { ids, cursor } = await walk(field, 'orderBy: CHANGED, first: 100');
      return { field, ids: new Set(ids), cursor };
    });
    const before = await Promise.all(walks);
    const edit = async (path: string, change: (text: string) => string) => {
      const text = await readFile(join(company, path), 'utf8');
      expect(change(text), path).not.toBe(text);
      await writeFile(join(company, path), change(text));
    };
    await edit('documents/cloud/tls-certificate-rotation-checklist.md', (text) => `${text}\nOne line more.\n`);
    await edit('conversations.ndjson', (text) => text.replace(/(?<=^\{"id":"1223","title":")/m, 'Edited: '));
    await edit('people.ldif', (text) => text.replace(/(?<=^uid: elif\.yildiz\n(?:.+\n)*?title: )/m, 'Principal '));
    await sample.sync();
    const changed = await Promise.all(
      before.map(async ({ field, ids, cursor }) => {
        const next = await walk(field, 'orderBy: CHANGED, first: 100', cursor);
        // The walk begun before the change goes on: what changed is not new, and is told of once more.
        for (const id of next.ids) expect(ids.has(id)).toBe(true);
        return next.ids;
      }),
    );
    expect(changed.map((ids) => ids.length)).toEqual([1, 1, 1]);
    const { nodes } = await sample.ask<{ nodes: unknown[] }>({
      query: `query ($ids: [ID!]!) {
        nodes(ids: $ids) { ... on Document { url } ... on Conversation { subject: title } ... on Person { job: title } } }`,
      variables: { ids: changed.flat() },
    });
    expect(nodes).toEqual([
      { url: 'https://docs.kestrel.example/cloud/tls-certificate-rotation-checklist' },
      { subject: expect.stringMatching(/^Edited: /) },
      { job: expect.stringMatching(/^Principal /) },
    ]);
  });

  it.each([
    ['documents(first: 0)', 'PAGE_SIZE'],
    ['documents(first: 101)', 'PAGE_SIZE'],
    ['conversations(first: 0)', 'PAGE_SIZE'],
    ['people(first: 101)', 'PAGE_SIZE'],
    ['groups(first: -1)', 'PAGE_SIZE'],
    ['removedDocuments(first: 101)', 'PAGE_SIZE'],
    ['documents(filter: { text: "tls" }, first: 0)', 'PAGE_SIZE'],
    ['conversations(first: -1)', 'PAGE_SIZE'],
    ['people(after: "nonsense")', 'BAD_CURSOR'],
    ['documents(filter: { updatedAfter: "yesterday" })', 'BAD_USER_INPUT'],
    ['people(filter: { group: "no such group" })', 'BAD_USER_INPUT'],
  ])('%s is refused with %s', async (field, code) => {
    const { errors } = await sample.app.ask({ query: `{ ${field} { totalCount } }` });
    expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code }) })]);
  });

  it('refuses a cursor of another list, order or filter', async () => {
    const { pageInfo } = await page('documents', 'orderBy: CREATED_ASC, first: 3', null);
    const others = [
      ['documents', 'orderBy: UPDATED_ASC'],
      ['documents', 'orderBy: CREATED_DESC'],
      ['documents', 'orderBy: CREATED_ASC, filter: { space: "it" }'],
      ['documents', 'filter: { text: "certificate" }'],
      ['conversations', 'orderBy: CREATED_ASC'],
      ['people', 'orderBy: NAME'],
      ['removedDocuments', 'first: 5'],
    ];
    for (const [field, args] of others) {
      const { errors } = await sample.app.ask({
        query: `query ($after: String) { ${field}(${args}, after: $after) { totalCount } }`,
        variables: { after: pageInfo.endCursor },
      });
      expect(errors, `${field}(${args})`).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_CURSOR' }) }),
      ]);
    }
  });
});
