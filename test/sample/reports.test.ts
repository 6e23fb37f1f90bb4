import { rm, writeFile } from 'node:fs/promises';
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
      const { ids } = await walk(field, `orderBy: ${order}, first: 37`);
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

  it.each([
    ['documents(first: 0)', 'PAGE_SIZE'],
    ['documents(first: 101)', 'PAGE_SIZE'],
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
    for (const args of ['orderBy: UPDATED_ASC', 'orderBy: CREATED_ASC, filter: { space: "it" }']) {
      const { errors } = await sample.app.ask({
        query: `query ($after: String) { documents(${args}, after: $after) { totalCount } }`,
        variables: { after: pageInfo.endCursor },
      });
      expect(errors).toEqual([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_CURSOR' }) }),
      ]);
    }
  });
});
