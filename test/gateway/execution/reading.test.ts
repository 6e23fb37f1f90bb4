import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from '../../../gateway/execution/reading/cursor.ts';
import { compileReader, type DataReader } from '../../../gateway/execution/reading/reader.ts';
import { selectionOf } from '../../../gateway/execution/selection.ts';
import { readAnswer } from '../../../gateway/execution/subgraphs/answer.ts';

const MAX_DEPTH = 100;

const SCHEMA = buildSchema(`
  scalar JSON
  interface Thing { name: String }
  type A implements Thing { name: String same: Int }
  type B implements Thing { name: String same: [Int] }
  type Query { text: String tags: [[String]] any: JSON thing: Thing things: [Thing] }
`);

function readerOf(query: string): DataReader {
  const reader = compileReader(selectionOf(query), SCHEMA, 'Query');
  if (!reader) throw new Error('It is not read along the selection.');
  return reader;
}

function read(query: string, text: string): unknown {
  return readAnswer(text, 'one', MAX_DEPTH, readerOf(query)).data;
}

/** What was read, with its leaves parsed. */
function parsed(value: unknown): unknown {
  if (typeof value === 'string') return JSON.parse(value);
  if (Array.isArray(value)) return value.map(parsed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, parsed(field)]));
}

const QUERY = '{ text tags any thing { name } things { name } }';

describe('reading answers along what was asked', () => {
  it('hands out leaves as they were written', () => {
    const text = String.raw`{"data":{"text":"a\u0041\n\"ü","tags":[["x",null],null],"any":{"b":[1e2, true]}}}`;
    expect(read(QUERY, text)).toEqual({
      text: String.raw`"a\u0041\n\"ü"`,
      tags: [['"x"', null], null],
      any: '{"b":[1e2, true]}',
    });
  });

  it('reads types as what they say', () => {
    const text = String.raw`{"data":{"thing":{"__typename":"\u0041"},"things":[{"__typename":"B"},null]}}`;
    expect(read('{ thing { __typename } things { __typename } }', text)).toEqual({
      thing: { __typename: 'A' },
      things: [{ __typename: 'B' }, null],
    });
  });

  it('takes keys in any order, the last of several, and none that nobody asked for', () => {
    const text =
      '{"extra":{"a":[]},"data":{"more":[{}],"any":1,"text":"a","__proto__":{"x":1},"text":"b"},"errors":null}';
    expect(read(QUERY, text)).toEqual({ any: '1', text: '"b"' });
  });

  it('leaves to others what fragments select under one name in two ways', () => {
    const query = '{ thing { ... on A { same } ... on B { same } } }';
    expect(compileReader(selectionOf(query), SCHEMA, 'Query')).toBeUndefined();
  });

  it('reads what JSON.parse does, however it is written', () => {
    const json = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as unknown);
    const thing = fc.option(fc.record({ name: json }, { requiredKeys: [] }));
    const lists = fc.array(fc.option(fc.array(json)));
    const data = fc.record(
      { text: json, tags: fc.oneof(lists, fc.string()), any: json, thing, things: fc.array(thing) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(data, fc.constantFrom(0, 1, '\t\r\n '), (value, space) => {
        const text = JSON.stringify({ data: value }, null, space);
        expect(parsed(read(QUERY, text))).toEqual((JSON.parse(text) as { data: unknown }).data);
      }),
    );
  });

  it('refuses what JSON.parse does, wherever a text is damaged', () => {
    const whole = String.raw`{"data":{"text":"a\u0041\n","tags":[["x",null]],"any":{"b":[-1.5e2,true,false]},"thing":{"name":"b"}}}`;
    const pieces = [',', '"', '\\', '{', '}', '[', ']', ':', '0', '-', 'e', '\n', '\u0001', 'x', ' '];
    const damaged = fc.tuple(fc.nat(whole.length), fc.nat(3), fc.array(fc.constantFrom(...pieces), { maxLength: 3 }));
    fc.assert(
      fc.property(damaged, ([at, less, more]) => {
        const text = whole.slice(0, at) + more.join('') + whole.slice(at + less);
        const isJson = fits(() => JSON.parse(text));
        const isRead = fits(() => read(QUERY, text));
        // JSON can still be no answer.
        if (!isJson) expect(isRead, text).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it('stops where it nests too deep', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(fits(() => read(QUERY, `{"data":{"any":${nested(97)}}}`))).toBe(true);
    for (const name of ['any', 'thing', 'extra']) {
      expect(fits(() => read(QUERY, `{"data":{"${name}":${nested(10_000)}}}`))).toBe(false);
    }
    expect(() => new JsonCursor(nested(3), 2).value()).toThrow(expect.objectContaining({ isTooDeep: true }));
  });
});

function fits(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
