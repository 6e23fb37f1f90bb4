import {
  buildSchema,
  parse,
  type FragmentDefinitionNode,
  type GraphQLLeafType,
  type OperationDefinitionNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { collectFields, switchNames } from '../../../gateway/execution/fields.ts';
import { leafOf } from '../../../gateway/execution/leaf.ts';
import { merge } from '../../../gateway/execution/merge.ts';
import { compileRewrites } from '../../../gateway/execution/rewrites.ts';
import { placesOf, targetsAt } from '../../../gateway/execution/targets.ts';

const schema = buildSchema(`
  interface Thing { id: ID }
  type Cup implements Thing { id: ID size: Int }
  type Pot implements Thing { id: ID lid: Cup }
  type Query { thing: Thing number: Float text: String truth: Boolean }
  enum Color { RED }
  scalar Any
`);

describe('merge', () => {
  const merged = (target: Record<string, unknown>, source: Record<string, unknown>) => {
    merge(target, source);
    return target;
  };

  it('merges objects field by field, and lists of one length element by element', () => {
    const target = { one: { a: 1 }, list: [{ a: 1 }, null, [{ a: 1 }]] };
    const source = { one: { b: 2 }, list: [{ b: 2 }, { b: 2 }, [{ b: 2 }]] };
    expect(merged(target, source)).toEqual({
      one: { a: 1, b: 2 },
      list: [{ a: 1, b: 2 }, { b: 2 }, [{ a: 1, b: 2 }]],
    });
  });

  it('keeps objects the same, for others hold on to them', () => {
    const inner = { a: 1 };
    merge({ inner, list: [inner] }, { inner: { b: 2 }, list: [{ c: 3 }] });
    expect(inner).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('takes what came last where shapes differ', () => {
    expect(merged({ a: [1], b: { c: 1 }, d: 1 }, { a: [1, 2], b: null, d: { e: 1 } })).toEqual({
      a: [1, 2],
      b: null,
      d: { e: 1 },
    });
  });

  it('leaves prototypes alone', () => {
    const source = JSON.parse('{"__proto__":{"odd":1},"constructor":{"prototype":{"odd":1}}}') as Record<
      string,
      unknown
    >;
    const target = merged({}, source);
    expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
    expect(Object.keys(target)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['odd']).toBeUndefined();
    merge(target, source);
    expect(({} as Record<string, unknown>)['odd']).toBeUndefined();
  });
});

describe('targets', () => {
  const root = { list: [{ a: { n: 1 } }, null, { a: null }, 'odd', [{ a: { n: 2 } }]] };

  it('are the objects at a path, without nulls and what is none', () => {
    expect(targetsAt([root], ['list', '@', 'a'])).toEqual([{ n: 1 }]);
    expect(targetsAt([root], ['list', '@', '@', 'a'])).toEqual([{ n: 2 }]);
    expect(targetsAt([root], ['constructor'])).toEqual([]);
  });

  it('have their places, several where they stand several times', () => {
    const one = {};
    const places = placesOf({ x: [one, { y: 1 }, one], z: one }, ['x', '@']);
    expect(places.get(one)).toEqual([
      ['x', 0],
      ['x', 2],
    ]);
  });
});

describe('rewrites', () => {
  it('rename what plans named, by type, through lists', () => {
    const rewrite = compileRewrites(schema, [
      { kind: 'KeyRenamer', path: ['things', '... on Cup', 'size__alias_0'], renameKeyTo: 'size' },
    ]);
    const value = {
      things: [
        { __typename: 'Cup', size__alias_0: 3 },
        { __typename: 'Pot', size__alias_0: 4 },
      ],
    };
    rewrite?.(value);
    expect(value.things.map((each) => JSON.stringify(each))).toEqual([
      '{"__typename":"Cup","size":3}',
      '{"__typename":"Pot","size__alias_0":4}',
    ]);
  });

  it('set types, for those of an interface too', () => {
    const rewrite = compileRewrites(schema, [
      { kind: 'ValueSetter', path: ['... on Thing', '__typename'], setValueTo: 'Thing' },
    ]);
    const value = { __typename: 'Cup' };
    rewrite?.(value);
    expect(value).toEqual({ __typename: 'Thing' });
  });

  it('are undefined where there are none', () => expect(compileRewrites(schema, [])).toBeUndefined());
});

describe('fields', () => {
  const [operation, ...all] = parse(`
    query ($a: Boolean!, $b: Boolean!, $c: Boolean!) {
      id @skip(if: $a)
      ...F @include(if: $b)
      ...F
      ... on Pot { lid { id } }
      ... on Thing @include(if: true) { id x: id lid { size @include(if: $c) } }
    }
    fragment F on Cup { size again: size }
  `).definitions as [OperationDefinitionNode, ...FragmentDefinitionNode[]];
  const fragments = Object.fromEntries(all.map((each) => [each.name.value, each]));
  const namesFor = (typename: string, switches: Record<string, boolean>) =>
    [...collectFields([operation.selectionSet], typename, schema, fragments, new Map(Object.entries(switches)))].map(
      ([name, nodes]) => `${name}${nodes.length}`,
    );

  it('are those of the type, in order of their first appearance', () => {
    expect(namesFor('Cup', { a: false, b: true })).toEqual(['id2', 'size1', 'again1', 'x1', 'lid1']);
    expect(namesFor('Pot', { a: false, b: true })).toEqual(['id2', 'lid2', 'x1']);
  });

  it('go by switches; a spread that is off does not hide a later one', () => {
    expect(namesFor('Cup', { a: true, b: false })).toEqual(['size1', 'again1', 'id1', 'x1', 'lid1']);
  });

  it('know all switches, those deeper down too', () =>
    expect(switchNames(operation, fragments)).toEqual(['a', 'b', 'c']));
});

describe('leaves', () => {
  const valid: Record<string, readonly unknown[]> = {
    Int: [0, -(2 ** 31), 2 ** 31 - 1],
    Float: [1.5, 2],
    String: [''],
    Boolean: [false],
    ID: ['', 'a'],
    Color: ['RED'],
    Any: [{ a: [1] }, [null], 'x', 7.5, false],
  };
  const invalid: Record<string, readonly unknown[]> = {
    Int: [1.5, '1', 2 ** 31, -(2 ** 31) - 1, true, Number.NaN, []],
    Float: ['1', Number.POSITIVE_INFINITY, Number.NaN],
    String: [1, true, {}],
    Boolean: [0, 'true'],
    ID: [1.5, true, {}, 2 ** 53, 1e21],
    Color: ['BLUE', 'red', 'constructor', 1],
    Any: [7n, Number.NaN, () => 7, Symbol('x')],
  };
  for (const [name, values] of Object.entries(valid)) {
    it(`of type ${name} are told from others`, () => {
      const told = leafOf(schema.getType(name) as GraphQLLeafType);
      expect(values.map(told)).toEqual(values);
      expect((invalid[name] ?? []).map(told).filter((each) => each !== undefined)).toEqual([]);
    });
  }

  it('that are ids are told as text', () => {
    const told = leafOf(schema.getType('ID') as GraphQLLeafType);
    expect([7, -7, Number.MAX_SAFE_INTEGER].map(told)).toEqual(['7', '-7', '9007199254740991']);
  });
});
