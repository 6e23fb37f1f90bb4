import '../../../gateway/telemetry.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openResolved } from '../../helpers/execution/resolved.ts';

type Reference = Readonly<Record<string, unknown>>;

let shop: Awaited<ReturnType<typeof openResolved>>;
let references: Reference[];

beforeEach(() => {
  references = [];
});
beforeAll(async () => {
  const rates: Readonly<Record<string, number>> = { USD: 1, EUR: 2 };
  const items = ['1', '2'].map((id) => ({
    id,
    title: `title ${id}`,
    // Somebody may choose a title: it is another item's id.
    rival: id === '1' ? '2' : '1',
    weight: Number(id),
    price: ({ currency }: { currency: string }) => 10 * Number(id) * (rates[currency] ?? Number.NaN),
    broken: () => {
      throw new Error('It breaks.');
    },
  }));
  shop = await openResolved({
    catalogue: {
      schema: `type Query { item: Item items: [Item!]! }
        type Item @key(fields: "id") {
          id: ID! title: String rival: String weight: Int broken: Int price(currency: String = "USD"): Int }`,
      resolvers: { Query: { item: () => items[0], items: () => items } },
    },
    shipping: {
      schema: `type Item @key(fields: "id") {
          id: ID!
          weight: Int @external
          price(currency: String = "USD"): Int @external
          owner: String
          estimate: Int @requires(fields: "weight price(currency: \\"EUR\\")") }`,
      resolvers: {
        Item: {
          __resolveReference: (reference: Reference) => {
            references.push(reference);
            return reference;
          },
          owner: ({ id }: { id: string }) => `owner of ${id}`,
          estimate: ({ weight, price }: { weight: number; price: number }) => weight * 1_000 + price,
        },
      },
    },
  });
});
afterAll(() => shop.close());

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const ask = async (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  plain(await shop.ours({ query, variables }));

describe('what a client names like something plans require', () => {
  it('an argument other than the required one: each has its value, where @apollo/gateway gives one for both', async () => {
    const query = '{ item { price(currency: "USD") estimate } }';
    expect(await ask(query)).toEqual({ data: { item: { price: 10, estimate: 1_020 } } });
    const { data } = await shop.theirs({ query });
    expect(plain(data)).not.toEqual({ item: { price: 10, estimate: 1_020 } });
  });

  it.each([
    ['a default', '{ item { estimate price } }', {}, { estimate: 1_020, price: 10 }],
    [
      'a variable',
      'query ($c: String) { item { price(currency: $c) estimate } }',
      { c: 'USD' },
      { price: 10, estimate: 1_020 },
    ],
    [
      'a fragment',
      '{ item { ...A ...B } } fragment A on Item { price } fragment B on Item { price estimate }',
      {},
      { price: 10, estimate: 1_020 },
    ],
    ['the required one', '{ item { price(currency: "EUR") estimate } }', {}, { price: 20, estimate: 1_020 }],
    ['an alias of the same field', '{ item { weight: price estimate } }', {}, { weight: 10, estimate: 1_020 }],
    ['an alias', '{ item { price: title estimate } }', {}, { price: 'title 1', estimate: 1_020 }],
    ['an alias, asked for last', '{ item { estimate price: title } }', {}, { estimate: 1_020, price: 'title 1' }],
    ['an alias like a key', '{ item { id: title owner } }', {}, { id: 'title 1', owner: 'owner of 1' }],
    [
      'an alias like the type',
      '{ item { __typename: title owner } }',
      {},
      { __typename: 'title 1', owner: 'owner of 1' },
    ],
    ['the type as a key', '{ item { id: __typename owner } }', {}, { id: 'Item', owner: 'owner of 1' }],
    [
      'names that ours could be',
      '{ item { asked_price: title price estimate asked_asked_: weight } }',
      {},
      { asked_price: 'title 1', price: 10, estimate: 1_020, asked_asked_: 1 },
    ],
    [
      'a left out field',
      'query ($no: Boolean!) { item { price @include(if: $no) weight: title @skip(if: $no) estimate } }',
      { no: false },
      { weight: 'title 1', estimate: 1_020 },
    ],
  ])('is what they asked for: %s', async (_what, query, variables, item) => {
    expect(await ask(query, variables)).toEqual({ data: { item } });
  });

  it('never becomes the key by which a subgraph is asked', async () => {
    const { data } = await shop.ours({ query: '{ items { id: rival owner } }' });
    expect(plain(data)).toEqual({
      items: [
        { id: '2', owner: 'owner of 1' },
        { id: '1', owner: 'owner of 2' },
      ],
    });
    expect(references.map(({ id }) => id)).toEqual(['1', '2']);
  });

  it('has its errors where the client asked', async () => {
    const { data, errors } = await shop.ours({ query: '{ items { id: broken owner } }' });
    expect(plain(data)).toEqual({
      items: [
        { id: null, owner: 'owner of 1' },
        { id: null, owner: 'owner of 2' },
      ],
    });
    expect(errors?.map(({ path, extensions }) => [path, extensions['code']])).toEqual([
      [['items', 0, 'id'], 'SUBGRAPH_ERROR'],
      [['items', 1, 'id'], 'SUBGRAPH_ERROR'],
    ]);
  });

  it('leaves subgraphs to be asked as written where nothing clashes', async () => {
    shop.asked.splice(0);
    await ask('{ item { named: title price(currency: "USD") } }');
    expect(shop.asked).toEqual(['catalogue {item{named:title asked_price:price(currency:"USD")}}']);
    shop.asked.splice(0);
    await ask('{ item { named: title weight } }');
    expect(shop.asked).toEqual(['catalogue {item{named:title weight}}']);
  });
});
