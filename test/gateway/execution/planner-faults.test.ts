import '../../../gateway/telemetry.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { openResolved } from '../../helpers/execution/resolved.ts';

type Opened = Awaited<ReturnType<typeof openResolved>>;

let opened: Opened | undefined;
afterEach(() => opened?.close());

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const { data, errors } = (await opened?.ours({ query, variables })) ?? {};
  return {
    data: data === undefined ? undefined : plain(data),
    errors: (errors ?? []).map(({ message, extensions }) => [extensions['code'], message]),
  };
}

describe('fields that require the same with other arguments', () => {
  const rates: Readonly<Record<string, number>> = { USD: 1, EUR: 2, GBP: 3 };
  const priceOf =
    (number: number) =>
    ({ in: currency }: { in?: string }) =>
      currency === 'none' ? null : 10 * number * (rates[currency ?? 'USD'] ?? Number.NaN);
  const references: string[] = [];
  const open = async (pricedBy: 'catalogue' | 'prices' = 'catalogue') => {
    references.splice(0);
    const price = 'price(in: String): Int';
    const items = ['1', '2'].map((id) => ({
      id,
      title: `title ${id}`,
      ...(pricedBy === 'catalogue' && { price: priceOf(Number(id)) }),
      part: { id: '3', size: ({ of }: { of: string }) => of.length },
    }));
    const tell = (sign: string) => (item: { price: number | null }) => `${sign}${item.price}`;
    opened = await openResolved({
      catalogue: {
        schema: `type Query { item: Item items: [Item!] any: [Any] }
          union Any = Item | Part
          type Part @shareable { id: ID! size(of: String): Int }
          type Item @key(fields: "id") { id: ID! title: String part: Part ${pricedBy === 'catalogue' ? price : ''} }`,
        resolvers: {
          Query: {
            item: () => items[0],
            items: () => items,
            any: () => [
              { __typename: 'Part', id: '3' },
              { __typename: 'Item', ...items[1] },
            ],
          },
        },
      },
      prices: {
        schema: `type Item @key(fields: "id") { id: ID! stock: Int ${pricedBy === 'prices' ? price : ''} }`,
        resolvers: {
          Item: {
            stock: () => 5,
            ...(pricedBy === 'prices' && {
              price: ({ id }: { id: string }, given: { in: string }) => priceOf(Number(id))(given),
            }),
          },
        },
      },
      shipping: {
        schema: `type Part @shareable { id: ID! size(of: String): Int }
          type Item @key(fields: "id") { id: ID! plain: String
          stock: Int @external
          part: Part @external
          ${price} @external
          dollars: String @requires(fields: "price(in: \\"USD\\")")
          alsoDollars: String @requires(fields: "price(in: \\"USD\\")")
          euros(stars: Int = 1): String @requires(fields: "stock price(in: \\"EUR\\")")
          pounds: String @requires(fields: "price(in: \\"GBP\\")")
          nothing: String @requires(fields: "price(in: \\"none\\")")
          long: Int @requires(fields: "part { size(of: \\"long\\") }")
          longer: Int @requires(fields: "part { size(of: \\"longer\\") }") }`,
        resolvers: {
          Item: {
            __resolveReference: (reference: object) => {
              references.push(JSON.stringify(reference));
              return reference;
            },
            plain: () => 'plain',
            dollars: tell('$'),
            alsoDollars: tell('$'),
            euros: ({ price: cents, stock }: { price: number; stock: number }, { stars }: { stars: number }) =>
              `${'*'.repeat(stars)}€${cents} of ${stock}`,
            pounds: tell('£'),
            nothing: tell(''),
            long: ({ part }: { part: { size: number } }) => part.size,
            longer: ({ part }: { part: { size: number } }) => part.size,
          },
        },
      },
    });
  };

  const both = { dollars: '$10', euros: '*€20 of 5' };
  describe.each(['catalogue', 'prices'] as const)('with the %s, have each its own', (pricedBy) => {
    it.each<[string, object, object]>([
      ['{ item { dollars euros } }', {}, { item: both }],
      ['{ item { euros dollars pounds alsoDollars } }', {}, { item: { ...both, pounds: '£30', alsoDollars: '$10' } }],
      [
        '{ item { dollars nothing plain title } }',
        {},
        { item: { dollars: '$10', nothing: 'null', plain: 'plain', title: 'title 1' } },
      ],
      [
        '{ items { dollars pounds } }',
        {},
        {
          items: [
            { dollars: '$10', pounds: '£30' },
            { dollars: '$20', pounds: '£60' },
          ],
        },
      ],
      [
        '{ any { ... on Item { dollars euros } ... on Part { id } } }',
        {},
        { any: [{ id: '3' }, { dollars: '$20', euros: '*€40 of 5' }] },
      ],
      ['{ item { price(in: "GBP") dollars euros it: price } }', {}, { item: { price: 30, ...both, it: 10 } }],
      ['{ item { required_0_price: title dollars euros } }', {}, { item: { required_0_price: 'title 1', ...both } }],
      [
        'query ($n: Int, $no: Boolean!, $yes: Boolean!) { item { euros(stars: $n) dollars @skip(if: $no) pounds @skip(if: $yes) } }',
        { n: 2, no: false, yes: true },
        { item: { euros: '**€20 of 5', dollars: '$10' } },
      ],
      [
        'query ($no: Boolean!) { item { ... @include(if: $no) { dollars } ...A } } fragment A on Item { again: euros }',
        { no: false },
        { item: { again: '*€20 of 5' } },
      ],
    ])('%s', async (query, variables, data) => {
      await open(pricedBy);
      expect(await ask(query, variables as Record<string, unknown>)).toEqual({ data, errors: [] });
      expect(references.filter((each) => each.includes('required_'))).toEqual([]);
    });
  });

  it('are answered wrongly by @apollo/gateway', async () => {
    await open();
    const theirs = await opened?.theirs({ query: '{ item { dollars euros } }' });
    expect(theirs?.errors).toBeUndefined();
    expect(plain(theirs?.data)).not.toEqual({ item: both });
  });

  it('are refused together where what they require lies deeper', async () => {
    await open();
    expect(await ask('{ item { long longer } }')).toEqual({
      data: undefined,
      errors: [
        [
          'OPERATION_NOT_PLANNABLE',
          '"Item.long" and "Item.longer" cannot be asked for in one operation: they require "Part.size" with different arguments.',
        ],
      ],
    });
  });

  it('are one question where they agree, and none is split that need not be', async () => {
    await open();
    expect(await ask('{ item { dollars alsoDollars plain } }')).toMatchObject({ errors: [] });
    expect(opened?.asked.filter((each) => each.startsWith('shipping'))).toHaveLength(1);
  });
});

const HELD = { name: 'holder', again: 'holder', more: 'holder', most: 'holder' };

describe('a field no plan reaches', () => {
  const open = async () => {
    opened = await openResolved({
      things: {
        schema: `type Query { thing: Thing holder: Holder! greeting: String }
          type Holder { thing: Thing name: String }
          interface Thing @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            thing: () => ({ __typename: 'Thing', id: '1' }),
            holder: () => ({ name: 'holder', thing: { __typename: 'Thing', id: '1' } }),
            greeting: () => 'hello',
          },
        },
      },
      more: {
        schema: `type Thing @key(fields: "id", resolvable: false) @interfaceObject { id: ID! extra: String }`,
        resolvers: { Thing: { extra: () => 'extra' } },
      },
    });
  };

  it.each([
    ['{ thing { extra } }', 'thing'],
    ['{ greeting thing { extra } }', 'thing'],
    ['{ greeting ...A } fragment A on Query { it: thing { extra } }', 'it'],
    ['{ holder { name thing { extra } } }', 'holder.thing'],
  ])('is refused, where @apollo/gateway gives null for it: %s', async (query, place) => {
    await open();
    expect(await ask(query)).toEqual({
      data: undefined,
      errors: [['OPERATION_NOT_PLANNABLE', `No subgraph can be asked for "${place}".`]],
    });
    expect((await opened?.theirs({ query }))?.errors).toBeUndefined();
  });

  it.each([
    [
      '{ __typename __schema { queryType { name } } holder { __typename } }',
      {},
      { __typename: 'Query', __schema: { queryType: { name: 'Query' } }, holder: { __typename: 'Holder' } },
    ],
    ['{ greeting thing @skip(if: true) { extra } }', {}, { greeting: 'hello' }],
    ['query ($no: Boolean!) { greeting holder @include(if: $no) { name } }', { no: false }, { greeting: 'hello' }],
    [
      'query ($no: Boolean!) { greeting ... @include(if: $no) { holder @skip(if: $no) { name } } }',
      { no: false },
      { greeting: 'hello' },
    ],
    [
      // Long enough for the planner to send it on as a fragment.
      'query { one: holder { ...A } two: holder { ...A } } fragment A on Holder { name again: name more: name most: name }',
      {},
      { one: HELD, two: HELD },
    ],
  ])('is none that does not apply or is ours to answer: %s', async (query, variables, data) => {
    await open();
    expect(await ask(query, variables)).toEqual({ data, errors: [] });
  });
});

describe('keys that cannot be resolved', () => {
  it('are not taken to come back to a subgraph that has others, where @apollo/gateway finds nothing', async () => {
    const knownBy: string[] = [];
    opened = await openResolved({
      names: {
        schema: `type Item @key(fields: "id") { id: ID! name: String }`,
        resolvers: { Item: { name: ({ id }: { id: string }) => `name of ${id}` } },
      },
      greetings: {
        schema: `type Query { item: Item }
          type Item @key(fields: "code", resolvable: false) @key(fields: "id") {
            id: ID! code: String! name: String @external greeting: String @requires(fields: "name") }`,
        resolvers: {
          Query: { item: () => ({ id: '1', code: 'a' }) },
          Item: {
            __resolveReference: (reference: { id?: string; name: string }) => {
              knownBy.push(Object.keys(reference).sort().join(' '));
              return reference.id === undefined ? null : reference;
            },
            greeting: ({ name }: { name: string }) => `hello ${name}`,
          },
        },
      },
    });
    const query = '{ item { code greeting } }';
    expect(await ask(query)).toEqual({ data: { item: { code: 'a', greeting: 'hello name of 1' } }, errors: [] });
    expect(knownBy).toEqual(['__typename id name']);
    expect(plain((await opened.theirs({ query })).data)).toEqual({ item: { code: 'a', greeting: null } });
  });
});
