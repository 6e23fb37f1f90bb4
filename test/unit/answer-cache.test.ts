import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { AnswerCache } from '../../gateway/cache/answer-cache.ts';
import { canonicalJson } from '../../gateway/cache/canonical-json.ts';
import type { GatewayCache } from '../../gateway/cache/key-value-cache.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';

const schema = buildSchema('type Query { a: Int }');
const asked = { schema, hash: 'h', operationName: null, variables: {}, context: { viewer: NOBODY } };

function open(options: { isOn?: boolean; versions?: () => number[]; text?: string } = {}) {
  const kept = new Map<string, string>();
  const cache = {
    get: async (key: string) => options.text ?? kept.get(key),
    set: async (key: string, value: string) => void kept.set(key, value),
  } as unknown as GatewayCache;
  const answers = new AnswerCache({ cache, isOn: options.isOn ?? true, versions: options.versions ?? (() => [1]) });
  answers.learn(schema, 'sdl');
  return { answers, kept };
}

describe('answers', () => {
  it('are kept and given again, with their age', async () => {
    const { answers } = open();
    answers.keep('key', '{"a":1}', 60);
    expect(await answers.get('key')).toEqual({ text: '{"a":1}', maxAge: 60, age: 0 });
  });

  it('are kept apart by all that they depend on', () => {
    let version = 1;
    const { answers } = open({ versions: () => [version] });
    const other = buildSchema('type Query { a: Int }');
    answers.learn(other, 'another sdl');
    const viewer = { ...NOBODY, person: 'ann' };
    const keys = [
      asked,
      { ...asked, schema: other },
      { ...asked, hash: 'i' },
      { ...asked, operationName: 'null' },
      { ...asked, variables: { a: null } },
      { ...asked, variables: { a: Infinity } },
      { ...asked, context: { viewer } },
      { ...asked, context: { viewer: { ...viewer, scopes: ['x'] } } },
      { ...asked, context: { viewer, forwarded: { 'accept-language': 'sv' } } },
    ].map((each) => answers.keyOf(each));
    version++;
    keys.push(answers.keyOf(asked));
    expect(new Set(keys).size).toBe(10);
    expect(keys).not.toContain(undefined);
    version--;
    expect(answers.keyOf({ ...asked })).toBe(keys[0]);
  });

  it.each(['', '{}', 'x 1 {}', '1 x {}', '1 1 ', '1 1 []', '1 1 {', '1 1 {}x', ' 1 1 {}'])(
    'are not what else stands in the cache: %j',
    async (text) => {
      expect(await open({ text }).answers.get('key')).toBeUndefined();
    },
  );

  it('are none where nothing is remembered, or the schema is not known', () => {
    expect(open({ isOn: false }).answers.keyOf(asked)).toBeUndefined();
    expect(open().answers.keyOf({ ...asked, schema: buildSchema('type Query { b: Int }') })).toBeUndefined();
  });
});

describe('canonical JSON', () => {
  it('is equal whatever order keys came in', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: 'ä"' }], a: null })).toBe(
      canonicalJson({ a: null, b: [1, { c: 'ä"', d: 1 }] }),
    );
  });

  it('tells apart what differs', () => {
    const values = [
      0,
      -0,
      null,
      Number.NaN,
      Infinity,
      '0',
      'null',
      [],
      {},
      [null],
      '[null]',
      { a: 1 },
      [['a', 1]],
      true,
    ];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
    expect(canonicalJson(JSON.parse('{"__proto__":1}'))).not.toBe(canonicalJson({}));
  });
});
