import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { lineJsonSchema } from '../../subgraphs/forum/connectors/ndjson/line.ts';
import { ndjson } from '../../subgraphs/forum/connectors/ndjson.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { load, temporaryFolder } from './run.ts';

const lines = (...values: unknown[]): string =>
  values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

it('ndjson: the published schema is the one lines are checked against', async () => {
  const published = await readFile(
    new URL('../../subgraphs/forum/connectors/ndjson.schema.json', import.meta.url),
    'utf8',
  );
  expect(JSON.parse(published)).toEqual(lineJsonSchema());
});

it('ndjson: reads a line with everything', async () => {
  const { items, problems } = await load(ndjson, {
    'forum.ndjson': lines({
      id: 7,
      title: 'How to *x*',
      body: 'See [a](https://a.example) \n\n```\ncode\n```',
      author: { handle: 'ann', name: 'Ann', mail: 'Ann@x.example' },
      category: 'help',
      channel: 'CHAT',
      tags: ['a', 'a', ' b '],
      createdAt: '2024-01-02T03:04:05+01:00',
      url: 'https://forum.example/t/7',
      votes: -2,
      readers: ['group:staff'],
      mentions: ['@bo'],
      surplus: { x: 1 },
      replies: [
        { id: 'r2', author: 'bo', body: 'late', createdAt: '2024-01-04', votes: 3, accepted: true },
        { author: 'Cy@x.example', body: '**early** https://b.example', createdAt: '2024-01-03' },
      ],
    }),
  });
  expect(problems).toEqual([]);
  const { version: _, ...item } = items[0] as ConversationItem;
  expect(item).toEqual({
    key: '7',
    url: 'https://forum.example/t/7',
    title: 'How to *x*',
    body: 'See a\n\ncode',
    createdAt: '2024-01-02T02:04:05.000Z',
    updatedAt: '2024-01-04T00:00:00.000Z',
    tags: ['a', 'b'],
    links: ['https://a.example/', 'https://b.example/'],
    readers: ['group:staff'],
    channel: 'CHAT',
    category: 'help',
    author: { handle: 'ann', name: 'Ann', mail: 'ann@x.example' },
    isQuestion: true,
    votes: -2,
    mentions: [{ handle: 'bo' }],
    replies: [
      {
        key: '7#2',
        author: { handle: 'cy@x.example', mail: 'cy@x.example' },
        body: 'early https://b.example',
        createdAt: '2024-01-03T00:00:00.000Z',
        votes: 0,
        accepted: false,
      },
      {
        key: 'r2',
        author: { handle: 'bo' },
        body: 'late',
        createdAt: '2024-01-04T00:00:00.000Z',
        votes: 3,
        accepted: true,
      },
    ],
  });
});

it.each<[object, boolean]>([
  [{ title: 'Why?' }, true],
  [{ title: 'News' }, false],
  [{ title: 'News', replies: [{ body: 'x', accepted: false }] }, true],
  [{ title: 'Why?', isQuestion: false }, false],
  [{ title: 'News', replies: [{ body: 'x' }] }, false],
])('ndjson: %j is a question: %s', async (line, isQuestion) => {
  const { items } = await load(ndjson, { 'meetings.ndjson': lines({ id: 'a', ...line }) });
  expect(items).toMatchObject([
    { isQuestion, channel: 'FORUM', category: 'meetings', readers: ['everyone'], votes: 0, body: '' },
  ]);
  expect(items[0]).not.toHaveProperty('createdAt');
  expect(items[0]).not.toHaveProperty('author');
});

it('ndjson: reports broken lines with their number, and takes the rest', async () => {
  const deep = `{"id":"deep","title":"x","surplus":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const { items, problems } = await load(
    ndjson,
    {
      'f.ndjson': Buffer.concat([
        Buffer.from(
          `\uFEFF${lines({ id: '1', title: 'ok' }, '', '{"id": "2", ', '[]', { id: '3' }, { id: '4', title: 7 }, { id: '1', title: 'again' }, { id: '5', title: 'x', readers: ['staff'] }, { id: '6', title: 'x', readers: [] })}`,
        ),
        Buffer.from('{"id":"7","title":"\xFF"}\n', 'latin1'),
        Buffer.from(
          lines(
            'x'.repeat(300_000),
            deep,
            {
              id: '8',
              title: 'x\0\uD800',
              createdAt: 'soon',
              url: 'x',
              replies: [
                { id: 'a', body: '1' },
                { id: 'a', body: '2' },
              ],
            },
            '{"id":"9","title":"t","__proto__":{"votes":5}}',
          ).trimEnd(),
        ),
      ]),
    },
    { path: 'f.ndjson', maxLineBytes: 250_000 },
  );
  expect(items.map((item) => item.key)).toEqual(['1', 'deep', '8', '9']);
  expect(items[2]).toMatchObject({ title: 'x\uFFFD', replies: [{ body: '1' }] });
  expect(items[3]?.votes).toBe(0);
  expect(problems.map((problem) => problem.slice(0, problem.indexOf(' ')))).toEqual(
    ['3', '4', '5', '6', '7', '8', '9', '10', '11', '13', '13', '13'].map((line) => `f.ndjson:${line}:`),
  );
  for (const problem of problems) expect(problem.length).toBeLessThan(250);
});

it('ndjson: finds duplicates across files, also after a kill', async () => {
  await using at = await temporaryFolder();
  const many = Array.from({ length: 600 }, (_, index) => ({ id: `a${index}`, title: 'x' }));
  await writeFile(join(at.path, '1.ndjson'), lines(...many));
  await writeFile(join(at.path, '2.ndjson'), lines({ id: 'a0', title: 'again' }, { id: 'b', title: 'y' }));
  const store = new MemoryStore<ConversationItem>();
  await store.run(await openWith(ndjson, { path: '.' }, at.path), 1);
  await store.run(await openWith(ndjson, { path: '.' }, at.path));
  expect(store.items.size).toBe(601);
  expect(store.items.get('a0')?.title).toBe('x');
  expect(store.problems.map((problem) => problem.place)).toEqual(['2.ndjson:1']);
});

it('ndjson: opens a file that is not there as little as a folder without files', async () => {
  await using at = await temporaryFolder();
  await expect(openWith(ndjson, { path: '.' }, at.path)).rejects.toMatchObject({
    code: 'MISCONFIGURED',
    message: expect.stringContaining('.ndjson'),
  });
  await writeFile(join(at.path, 'empty.ndjson'), '');
  const connector = await openWith(ndjson, { path: '.' }, at.path);
  expect(await connector.health({ signal: new AbortController().signal })).toEqual({
    status: 'ok',
    detail: 'Readable, but holds no conversations.',
  });
});

it('ndjson: reads any bytes without failing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 50 }),
          fc.json().map((text) => Buffer.from(text)),
          fc
            .record({ id: fc.string(), title: fc.string(), body: fc.string() })
            .map((value) => Buffer.from(JSON.stringify(value))),
        ),
        { maxLength: 10 },
      ),
      async (parts) => {
        const { items } = await load(ndjson, {
          'f.ndjson': Buffer.concat([
            Buffer.from('{"id":"ok","title":"ok"}\n'),
            ...parts.flatMap((part) => [part, Buffer.from('\n')]),
          ]),
        });
        for (const item of items) expect(JSON.stringify(item).includes('\\u0000')).toBe(false);
      },
    ),
    { numRuns: 100 },
  );
});
