import '../../gateway/telemetry.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, type DocumentNode } from 'graphql';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeAll } from '../../gateway/supergraph/compose.ts';
import { assertSound, lintSupergraph } from '../../gateway/supergraph/lint.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { compose } from '../helpers/execution/pair.ts';

/** Added to the forum's schema. */
const added = vi.hoisted(() => ({ value: '' }));
vi.mock('../../subgraphs/kit/schema.ts', async (importOriginal) => {
  const original = await importOriginal<{ readTypeDefs: (name: string) => DocumentNode }>();
  return {
    ...original,
    readTypeDefs: (name: string) => {
      const document = original.readTypeDefs(name);
      if (name !== 'forum' || added.value === '') return document;
      return { ...document, definitions: [...document.definitions, ...parse(added.value).definitions] };
    },
  };
});

function composed(schemas: Readonly<Record<string, string>>): string {
  const { sdl, misfits } = compose(schemas);
  if (sdl === undefined) throw new Error(misfits.join('\n'));
  return sdl;
}

const lint = (schemas: Readonly<Record<string, string>>) => lintSupergraph(composed(schemas));

const CATALOGUE = `type Query { item: Item }
  type Item @key(fields: "id") { id: ID! title: String! @shareable price(in: String): Int size: Size }
  type Size @shareable { width(in: String): Int height: Int }`;
const SOUND = `type Item @key(fields: "id") { id: ID! stock: Int }`;
const shipping = (fields: string) => `type Item @key(fields: "id") { id: ID! ${fields} }
  type Size @shareable { width(in: String): Int height: Int }`;

describe('what the planner gets wrong', () => {
  it('is not found where there is nothing', () => {
    expect(lint({ catalogue: CATALOGUE, shipping: SOUND })).toEqual([]);
    expect(
      lint({
        catalogue: CATALOGUE,
        shipping: shipping(
          'size: Size @external title: String! @external cost: Int @requires(fields: "title size { height }")',
        ),
      }),
    ).toEqual([]);
  });

  it.each([
    ['arguments', 'price(in: String): Int @external', 'price(in: \\"USD\\")', 'price'],
    ['defaults of arguments', 'price(in: String): Int @external', 'price', 'price'],
    ['arguments further down', 'size: Size @external', 'size { height width(in: \\"cm\\") }', 'size.width'],
  ])('@requires with %s', (_what, external, requires, path) => {
    const fields = `${external} cost: Int @requires(fields: "${requires}")`;
    expect(lint({ catalogue: CATALOGUE, shipping: shipping(fields) })).toEqual([
      {
        place: 'Item.cost',
        fault: `requires "${path}", which takes arguments: the planner mistakes it for the same field asked for with other arguments.`,
      },
    ]);
  });

  it('@requires of one field with different arguments', () => {
    const fields = `price(in: String): Int @external
      usd: Int @requires(fields: "price(in: \\"USD\\")") eur: Int @requires(fields: "price(in: \\"EUR\\")")`;
    const findings = lint({ catalogue: CATALOGUE, shipping: shipping(fields) });
    expect(findings.map(({ place }) => place)).toEqual(['Item.usd', 'Item.eur', 'Item.eur']);
    expect(findings[2]?.fault).toBe(
      'requires "price" with other arguments than "Item.usd" does: the planner fetches one value for both, so that operations which ask for both need more calls, or are refused.',
    );
  });

  it('keys that cannot be resolved beside some that can', () => {
    const key = (more: string, fields: string) =>
      `type Item @key(fields: "id", resolvable: false) ${more} { id: ID! @shareable ${fields} }`;
    expect(lint({ catalogue: CATALOGUE, shipping: key('', '') })).toEqual([]);
    expect(
      lint({ catalogue: CATALOGUE, shipping: key('@key(fields: "title")', 'title: String! @shareable stock: Int') }),
    ).toEqual([
      {
        place: 'Item',
        fault:
          'has the key "id" in "shipping", which cannot be resolved, beside one that can: the planner may come back to "shipping" by the former, and find nothing.',
      },
    ]);
  });

  it('an interface that another subgraph has as an object, and nothing implements', () => {
    const things = (more: string) =>
      `type Query { thing: Thing } interface Thing @key(fields: "id") { id: ID! } ${more}`;
    const object = `type Thing @key(fields: "id") @interfaceObject { id: ID! extra: String }`;
    expect(lint({ things: things('type Real implements Thing @key(fields: "id") { id: ID! }'), object })).toEqual([]);
    expect(lint({ things: things(''), object })).toEqual([
      {
        place: 'Thing',
        fault:
          'is an interface in one subgraph and an @interfaceObject in "object", and no type implements it: the planner leaves out the fields that return it.',
      },
    ]);
  });
});

describe('what an outage would cost too much', () => {
  it('a field that must not be null and requires fields of others', () => {
    const cost = (type: string) => shipping(`title: String! @external cost: ${type} @requires(fields: "title")`);
    expect(lint({ catalogue: CATALOGUE, shipping: cost('Int') })).toEqual([]);
    expect(lint({ catalogue: CATALOGUE, shipping: cost('Int!') })).toEqual([
      {
        place: 'Item.cost',
        fault:
          'must not be null, but requires fields of other subgraphs: when one of them is down, the whole Item is missing.',
      },
    ]);
  });

  it('fields of several subgraphs that must not be null', () => {
    expect(lint({ catalogue: CATALOGUE, shipping: shipping('stock: Int!') })).toEqual([
      {
        place: 'Item',
        fault:
          'has fields that must not be null in several subgraphs (title of "catalogue", stock of "shipping"): when one of these is down, the whole Item is missing.',
      },
    ]);
  });

  it('lists of entities that another subgraph adds, unpaged', () => {
    const parcels = (args: string) =>
      `${shipping(`parcels${args}: [Parcel!] tags: [String!]`)} type Parcel @key(fields: "id") { id: ID! }`;
    expect(lint({ catalogue: CATALOGUE, shipping: parcels('(first: Int)') })).toEqual([]);
    expect(lint({ catalogue: CATALOGUE, shipping: parcels('(color: Int)') })).toEqual([
      {
        place: 'Item.parcels',
        fault:
          'is a list of entities that "shipping" adds to a type of "catalogue", and is not paged: each Item can bring any number of them.',
      },
    ]);
  });
});

describe('what is found', () => {
  const sdl = composed({ catalogue: CATALOGUE, shipping: shipping('stock: Int!') });
  let folder: string | undefined;
  afterEach(() => folder && rmSync(folder, { recursive: true }));

  it('is an error where we compose', () => {
    expect(() => assertSound(sdl)).toThrow(/would not work well:\n {2}- Item has fields that must not be null/);
    expect(() => assertSound(composed({ catalogue: CATALOGUE, shipping: SOUND }))).not.toThrow();
  });

  it('keeps our own schemas from being composed', () => {
    expect(() => composeAll()).not.toThrow();
    added.value = 'extend type Person { shoeSize: Int! }';
    expect(() => composeAll()).toThrow(/- Person has fields that must not be null .*shoeSize of "forum"/);
    added.value = '';
  });

  it('is a warning in the log where a supergraph is loaded', () => {
    folder = mkdtempSync(join(tmpdir(), 'atrium-lint-'));
    const file = join(folder, 'supergraph.graphql');
    writeFileSync(file, sdl);
    const lines: { level: number; place?: string; msg: string }[] = [];
    const log = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as never) });
    const stop = new Supergraph({ supergraph: { file, addresses: {}, forwardHeaders: [] } }).watch(async () => {}, log);
    stop();
    expect(lines.map(({ level, place }) => [level, place])).toEqual([[40, 'Item']]);
    expect(lines[0]?.msg).toMatch(/^the supergraph: Item has fields/);
  });
});
