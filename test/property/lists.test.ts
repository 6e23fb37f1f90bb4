import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { emptyCompany, pageOf, type Company } from '../helpers/company.ts';

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: { readonly id: string; readonly at?: string | null } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
}

/** Few moments and names for many things: nearly all of them tie, and some have none. */
const MOMENTS = [undefined, '2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z'];
const COUNT = 23;

/** A list, its order, what it is ordered by, and how many different ones of that there are. */
const LISTS: readonly (readonly [field: string, order: string, at: string, kinds: number])[] = [
  ['documents', 'UPDATED_DESC', 'at: updatedAt', 3],
  ['documents', 'UPDATED_ASC', 'at: updatedAt', 3],
  ['documents', 'CREATED_DESC', 'at: createdAt', 3],
  ['documents', 'CREATED_ASC', 'at: createdAt', 3],
  ['documents', 'CHANGED', '', 1],
  ['conversations', 'ACTIVE_DESC', 'at: lastActivityAt', 3],
  ['conversations', 'ACTIVE_ASC', 'at: lastActivityAt', 3],
  ['conversations', 'CREATED_DESC', 'at: createdAt', 3],
  ['conversations', 'CREATED_ASC', 'at: createdAt', 3],
  ['conversations', 'CHANGED', '', 1],
  ['people', 'NAME', 'at: name', 4],
  ['people', 'UPDATED_DESC', 'at: updatedAt', 1],
  ['people', 'CHANGED', '', 1],
  ['groups', 'NAME', 'at: name', COUNT],
  ['groups', 'CHANGED', '', 1],
];

/** Whatever ties, and however large the pages: a walk meets everything once, in order. */
describe('lists of things that tie', () => {
  let company: Company;
  let app: App;
  beforeAll(async () => {
    company = await emptyCompany();
    const numbers = Array.from({ length: COUNT }, (_, index) => index);
    const momentOf = (number: number) => MOMENTS[number % MOMENTS.length];
    await company.writePeople(
      numbers.map((number) => ({ uid: `user${number}`, name: `Name ${number % 4}` })),
      Object.fromEntries(numbers.map((number) => [`group${number}`, [`user${number}`]])),
    );
    for (const number of numbers) {
      const at = momentOf(number);
      await company.write(
        `documents/it/${number}.md`,
        pageOf({ title: 'The same', ...(at !== undefined && { created: at, updated: at }) }),
      );
    }
    await company.writeConversations(
      numbers.map((number) => ({ id: `${number}`, title: 'The same', createdAt: momentOf(number), replies: [] })),
    );
    await company.sync();
    app = await company.open();
  });
  afterAll(() => company.close());

  async function walk(list: (typeof LISTS)[number], first: number) {
    const [field, order, at] = list;
    const nodes: { readonly id: string; readonly at?: string | null }[] = [];
    let after: string | null = null;
    for (;;) {
      const { data, errors } = await app.ask({
        query: `query ($first: Int, $after: String) { list: ${field}(orderBy: ${order}, first: $first, after: $after) {
          totalCount edges { node { id ${at} } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
        variables: { first, after },
      });
      expect(errors).toBeUndefined();
      const { edges, pageInfo, totalCount } = (data as { list: Page }).list;
      expect(totalCount).toBe(COUNT);
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      // A walk in circles would never end.
      expect(nodes.length).toBeLessThan(COUNT);
      nodes.push(...edges.map(({ node }) => node));
      // The last page is not empty, and says it is the last.
      expect(edges.length).toBe(pageInfo.hasNextPage ? first : COUNT % first || first);
      if (!pageInfo.hasNextPage) return nodes;
      after = pageInfo.endCursor;
    }
  }

  it.each(LISTS)('%s by %s are walked once through', async (...list) => {
    const [, order, , kinds] = list;
    for (const first of [1, 2, 3, 5, 7, COUNT]) {
      const nodes = await walk(list, first);
      expect(new Set(nodes.map(({ id }) => id)).size, `pages of ${first}`).toBe(COUNT);
      const places = nodes.map((node) => node.at ?? '');
      const sorted = places.toSorted();
      expect(places, `pages of ${first}`).toEqual(order.endsWith('DESC') ? sorted.toReversed() : sorted);
      // Moments and names were understood: there are as many as were written.
      expect(new Set(places).size).toBe(kinds);
    }
  });
});
