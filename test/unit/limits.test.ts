import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, getIntrospectionQuery, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ConfigFile } from '../../gateway/config/schema.ts';
import { costOf } from '../../gateway/limits/cost.ts';
import { isNestedWithin } from '../../gateway/limits/json-depth.ts';
import { readPriceList } from '../../gateway/limits/price-list.ts';
import { checkShape } from '../../gateway/limits/shape.ts';
import { checkTokens } from '../../gateway/limits/tokens.ts';
import { OPERATIONS_FOLDER } from '../../gateway/operations/known.ts';

const { limits } = ConfigFile.parse({});

describe('JSON that nests', () => {
  it.each([
    ['[[[]]]', 3],
    ['{"a":[{"b":1}]}', 3],
    ['"[[[["', 0],
    [String.raw`{"a\"[":"\\","b":[]}`, 2],
    ['[1,[2],[3,[4]]]', 3],
    ['"[[[', 0],
  ])('%s is %i deep', (json, depth) => {
    expect(isNestedWithin(json, depth)).toBe(true);
    if (depth > 0) expect(isNestedWithin(json, depth - 1)).toBe(false);
  });

  it('is as deep as its values', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        expect(isNestedWithin(JSON.stringify(value), depth)).toBe(true);
        if (depth > 0) expect(isNestedWithin(JSON.stringify(value, null, 1), depth - 1)).toBe(false);
      }),
    );
  });
});

describe('limits as they are by default', () => {
  const asked = [
    ...readdirSync(OPERATIONS_FOLDER)
      .filter((name) => name.endsWith('.graphql'))
      .map((name) => [name, readFileSync(new URL(name, OPERATIONS_FOLDER), 'utf8')] as const),
    ['introspection', getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true, schemaDescription: true })],
  ] as const;

  it.each(asked)('let %s pass', (_name, text) => {
    checkTokens(text, limits);
    checkShape(parse(text), limits);
  });

  it('count as far as they go', () => {
    const deep = (levels: number) => parse(`{ ${'a { '.repeat(levels - 1)} b ${'}'.repeat(levels - 1)} }`);
    checkShape(deep(12), limits);
    expect(() => checkShape(deep(13), limits)).toThrow(/limits\.depth/);
    const tokens = (count: number) => `{ ${'a '.repeat(count - 2)} }`;
    checkTokens(tokens(4_000), limits);
    expect(() => checkTokens(tokens(4_001), limits)).toThrow(/limits\.tokens/);
  });

  it.each([
    '{ ...F } fragment F on A { a { ...F ...G } } fragment G on A { ...F b { ...G } }',
    '{ a } fragment F on A { ...F }',
    '{ a } fragment F on A { b { ...G } } fragment G on A { c { ...F } }',
  ])('come to an end on fragments within themselves: %s', (text) => {
    expect(() => checkShape(parse(text), limits)).toThrow('spreads itself');
  });
});

describe('cost', () => {
  const SDL = `
    type Query {
      one: Thing
      many: [Thing!]
      some: [Thing!] @listSize(assumedSize: 4)
      page(first: Int = 5): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
      dear: Int @cost(weight: 50)
    }
    type Page { edges: [Edge!]! total: Int }
    type Edge { node: Thing }
    type Thing @cost(weight: 3) { name: String page(first: Int = 2): Page @listSize(slicingArguments: ["first"], sizedFields: ["edges"]) }
    directive @cost(weight: Int!) on OBJECT | FIELD_DEFINITION
    directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION`;
  const LINK = 'extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost", "@listSize"])';
  const schema = buildSchema(SDL);
  const cost = (query: string, variables = {}, prices = readPriceList(LINK + SDL)) => {
    const document = parse(query);
    const operation = document.definitions.find(
      (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
    );
    if (!operation) throw new Error('There is no operation.');
    return costOf({ schema, prices, document, operation, variables, pageSize: 100 });
  };

  it.each([
    ['{ one { name } }', 3],
    ['{ dear }', 50],
    ['{ some { name } }', 4 * 3],
    ['{ many { name } }', 10 * 3],
    ['{ page { total } }', 1],
    ['{ page { edges { node { name } } } }', 1 + 5 * (1 + 3)],
    ['{ page(first: 7) { edges { node { name } } } }', 1 + 7 * (1 + 3)],
    ['{ page(first: 7) { ...F } } fragment F on Page { edges { node { name } } }', 1 + 7 * (1 + 3)],
    [
      '{ page(first: 7) { edges { node { page(first: 10) { edges { node { name } } } } } } }',
      1 + 7 * (1 + 3 + 1 + 10 * 4),
    ],
    ['{ a: one { name } b: one { name } ... { one { name } } }', 9],
    ['query ($n: Int) { page(first: $n) { edges { node { name } } } }', 1 + 20 * 4],
    ['{ __typename }', 0],
  ])('%s costs %i', (query, expected) => {
    expect(cost(query, { n: 20 })).toBe(expected);
  });

  it.each([
    ['import: ["@cost", "@listSize"]', 'cost', 'listSize'],
    ['import: ["@listSize"]', 'cost', 'listSize'],
    ['import: [{ name: "@cost", as: "@price" }]', 'price', 'cost__listSize'],
    ['as: "demand"', 'demand', 'demand__listSize'],
  ])('is read where the supergraph has it: %s', (linked, costName, sizeName) => {
    const supergraph = `extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", ${linked})
      type Query { dear: Int @${costName}(weight: 7) some: [Int] @${sizeName}(assumedSize: 3) }`;
    const { weights, sizes } = readPriceList(supergraph);
    expect([...weights]).toEqual([['Query.dear', 7]]);
    expect([...sizes]).toEqual([['Query.some', { assumedSize: 3 }]]);
  });

  it('is in our own supergraph: every list of a client has a size', () => {
    const text = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
    const { sizes, weights } = readPriceList(text);
    expect(weights.get('Topic.people')).toBeGreaterThan(1);
    const paged = [...parse(text).definitions].flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.fields ?? [])
            .filter((field) => field.arguments?.some(({ name }) => name.value === 'first'))
            .map((field) => `${definition.name.value}.${field.name.value}`)
        : [],
    );
    expect(paged.length).toBeGreaterThan(20);
    for (const field of paged) expect(sizes.get(field)?.slicingArguments, field).toEqual(['first']);
  });
});
