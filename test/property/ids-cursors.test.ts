import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cursors } from '../../subgraphs/kit/cursors.ts';
import { accountId, decodeAccountId, decodeId, encodeId } from '../../subgraphs/kit/ids.ts';
import { decodeTopic, encodeTopic, isTopicId } from '../../subgraphs/kit/topic.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const goodText = fc.string({ unit: 'grapheme', maxLength: 40 });
const source = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);

/** What people, scripts and attackers send for an id or a cursor, some of it nearly right. */
const garbage = fc.oneof(
  anyText,
  fc.base64String({ maxLength: 80 }),
  goodText.map((text) => Buffer.from(text).toString('base64url')),
  goodText.map((text) => Buffer.from(`topic:${text}`).toString('base64url')),
  fc.json({ maxDepth: 2 }).map((json) => Buffer.from(`topic:${json}`).toString('base64url')),
  fc
    .tuple(fc.constantFrom('person', 'group', 'document', 'conversation', 'reply', 'robot'), source, goodText)
    .map(([type, name, key]) => encodeId({ type, source: name, key })),
  fc.constantFrom('', '=', '-', 'null', '0', '../..', 'acct:', 'acct:community:', 'https://', 'http://[', '%00'),
);

describe('ids', () => {
  const seals = new Cursors(randomBytes(32));

  it('come back as they went in', () => {
    const type = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(fc.record({ type, source, key: goodText }), (parts) => {
        expect(decodeId(encodeId(parts))).toEqual(parts);
      }),
    );
    fc.assert(
      fc.property(source, fc.oneof(goodText, fc.emailAddress()), (name, handle) => {
        const id = accountId({ source: name, handle }, seals);
        expect(decodeAccountId(id, seals)).toEqual({ source: name, handle });
        expect(accountId({ source: name, handle }, seals)).toBe(id);
        expect(decodeAccountId(id, new Cursors(randomBytes(32)))).toEqual(
          id.startsWith('account:') ? undefined : { source: name, handle },
        );
      }),
    );
  });

  it('have one spelling', () => {
    fc.assert(
      fc.property(garbage, (id) => {
        const parts = decodeId(id);
        if (parts) expect(encodeId(parts)).toBe(id);
      }),
    );
    const id = encodeId({ type: 'person', source: 'people', key: 'a' });
    for (const other of [`${id}=`, ` ${id}`, `${id}\n`, id.slice(0, -1)]) expect(decodeId(other)).toBeUndefined();
  });

  it('of topics hold the question', () => {
    const topic = fc.record(
      {
        query: goodText,
        synonyms: fc.array(goodText, { maxLength: 3 }),
        since: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        group: goodText,
      },
      { requiredKeys: ['query', 'synonyms'] },
    );
    fc.assert(
      fc.property(topic, (question) => {
        expect(isTopicId(encodeTopic(question))).toBe(true);
        expect(decodeTopic(encodeTopic(question))).toEqual(question);
      }),
    );
  });

  it('of topics, or not: no text is a fault', () => {
    fc.assert(
      fc.property(garbage, (id) => {
        if (!isTopicId(id)) expect(() => decodeTopic(id)).toThrow(refusal('BAD_USER_INPUT'));
      }),
    );
  });
});

describe('cursors', () => {
  const cursors = new Cursors(randomBytes(32));
  const place = fc.array(
    fc.oneof(goodText, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
    { minLength: 1, maxLength: 3 },
  );

  it('come back as they went in, the same each time', () => {
    fc.assert(
      fc.property(goodText, place, (list, key) => {
        const cursor = cursors.seal(list, key);
        expect(cursors.seal(list, key)).toBe(cursor);
        expect(cursors.open(list, cursor)).toEqual(JSON.parse(JSON.stringify(key)));
        expect(cursor).toMatch(/^[\w-]+$/);
      }),
    );
  });

  it('of another list or store are refused', () => {
    const strangers = new Cursors(randomBytes(32));
    fc.assert(
      fc.property(goodText, goodText, place, (list, other, key) => {
        fc.pre(list !== other);
        expect(() => cursors.open(other, cursors.seal(list, key))).toThrow(refusal('BAD_CURSOR'));
        expect(() => cursors.open(list, strangers.seal(list, key))).toThrow(refusal('BAD_CURSOR'));
      }),
    );
  });

  it('that were touched are refused, unless they mean the same', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_'), (key, index, letter) => {
        const cursor = cursors.seal('list', key);
        const at = index % cursor.length;
        const touched = `${cursor.slice(0, at)}${letter}${cursor.slice(at + 1)}`;
        const isSame = Buffer.from(touched, 'base64url').equals(Buffer.from(cursor, 'base64url'));
        if (isSame) expect(cursors.open('list', touched)).toEqual(cursors.open('list', cursor));
        else expect(() => cursors.open('list', touched)).toThrow(refusal('BAD_CURSOR'));
      }),
    );
  });

  it('are no text somebody makes up', () => {
    fc.assert(
      fc.property(garbage, (after) => {
        expect(() => cursors.open('list', after)).toThrow(refusal('BAD_CURSOR'));
      }),
    );
  });

  it('say nothing of the place', () => {
    const cursor = cursors.seal('documents', [31_337, 'secret-key']);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/31337|secret/);
  });
});

describe('in the graph', () => {
  let sample: SampleApp;
  beforeAll(async () => {
    sample = await sampleApp();
  });
  afterAll(() => sample.close());

  it('an id that leads nowhere is null, wherever it is asked', async () => {
    const query = `query ($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { __typename id }
      person(id: $id) { name } group(id: $id) { name } document(id: $id) { title } conversation(id: $id) { title } }`;
    const nothing = { node: null, nodes: [null], person: null, group: null, document: null, conversation: null };
    await fc.assert(
      fc.asyncProperty(
        garbage.filter((id) => !isTopicId(id)),
        async (id) => {
          const { data, errors } = await sample.app.ask({ query, variables: { id } });
          expect(errors).toBeUndefined();
          expect(JSON.parse(JSON.stringify(data))).toEqual(nothing);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a cursor somebody made up is refused by every list', async () => {
    const lists = [
      'people',
      'groups',
      'documents',
      'conversations',
      'removedPeople',
      'removedDocuments',
      'removedConversations',
    ];
    const query = `query ($after: String) { ${lists.map((name) => `${name}(after: $after) { totalCount }`).join(' ')} }`;
    await fc.assert(
      fc.asyncProperty(garbage, async (after) => {
        const { errors = [] } = await sample.app.ask({ query, variables: { after } });
        const codes = errors.map((error) => (error as { extensions: { code: string } }).extensions.code);
        expect(new Set(codes)).toEqual(new Set(['BAD_CURSOR']));
      }),
      { numRuns: 100 },
    );
  });
});

function refusal(code: string) {
  return expect.objectContaining({ extensions: { code } });
}
