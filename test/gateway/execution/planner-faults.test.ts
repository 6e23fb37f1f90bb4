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
  const open = async () => {
    const items = ['1', '2'].map((id) => ({
      id,
      price: ({ in: currency }: { in: string }) => (currency === 'EUR' ? 20 : 10),
      part: { id: `part of ${id}` },
    }));
    opened = await openResolved({
      catalogue: {
        schema: `type Query { item: Item other: Item }
          type Item @key(fields: "id") { id: ID! price(in: String): Int part: Item @shareable }`,
        resolvers: { Query: { item: () => items[0], other: () => items[1] } },
      },
      shipping: {
        schema: `type Item @key(fields: "id") { id: ID!
          price(in: String): Int @external
          dollars: String @requires(fields: "price(in: \\"USD\\")")
          alsoDollars: String @requires(fields: "price(in: \\"USD\\")")
          euros: String @requires(fields: "price(in: \\"EUR\\")") }`,
        resolvers: {
          Item: {
            dollars: ({ price }: { price: number }) => `$${price}`,
            alsoDollars: ({ price }: { price: number }) => `$${price}`,
            euros: ({ price }: { price: number }) => `€${price}`,
          },
        },
      },
    });
  };

  it('are refused together, where @apollo/gateway answers wrongly', async () => {
    await open();
    const query = '{ item { dollars euros } }';
    expect(await ask(query)).toEqual({
      data: undefined,
      errors: [
        [
          'OPERATION_NOT_PLANNABLE',
          '"Item.dollars" and "Item.euros" cannot be asked for in one operation: they require "Item.price" with different arguments.',
        ],
      ],
    });
    const theirs = await opened?.theirs({ query });
    expect(theirs?.errors).toBeUndefined();
    expect(plain(theirs?.data)).not.toEqual({ item: { dollars: '$10', euros: '€20' } });
  });

  it('are answered alone, with the same arguments, and in different places', async () => {
    await open();
    expect(await ask('{ item { dollars alsoDollars } other { euros } }')).toEqual({
      data: { item: { dollars: '$10', alsoDollars: '$10' }, other: { euros: '€20' } },
      errors: [],
    });
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
