import { appendFile, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { mbox } from '../../subgraphs/forum/connectors/mbox.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { load, temporaryFolder, writeFiles } from './run.ts';

/** A mail as maildirs have it. */
function mail(id: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    'Message-ID': `<${id}>`,
    From: 'Ann Berg <ann@x.example>',
    Date: 'Tue, 2 Jan 2024 10:00:00 +0000',
    Subject: `About ${id}`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\n')}\n\n${body}\n`;
}
/** The same in an mbox. */
const entry = (...of: Parameters<typeof mail>): string =>
  `From ann@x.example Tue Jan  2 10:00:00 2024\n${mail(...of)}\n`;

const bodies = (items: Iterable<ConversationItem>): Record<string, string[]> =>
  Object.fromEntries([...items].map((item) => [item.key, [item.body, ...item.replies.map(({ body }) => body)]]));
const categories = (items: Iterable<ConversationItem>): Record<string, string> =>
  Object.fromEntries([...items].map(({ key, category }) => [key, category]));

describe('folders of archives', () => {
  it('reads pipermail’s months, compressed or not, as one list, with threads through several of them', async () => {
    const { items, problems } = await load(
      mbox,
      {
        'dev/2024-January.txt': entry('a', 'Why?') + entry('b', 'Other'),
        'dev/2024-February.txt.gz': gzipSync(entry('c', 'Because.', { References: '<a>' })),
        // Pipermail keeps both; read once is enough.
        'dev/2024-January.txt.gz': gzipSync(entry('a', 'Why?') + entry('b', 'Other')),
        'dev/attachments/20240102/attachment.txt': 'no mail',
        'dev/index.html': 'no mail',
        'ops.mbox/ops.mbox': entry('d', 'Down'),
      },
      { path: '.' },
    );
    expect(problems).toEqual([]);
    expect(bodies(items)).toEqual({ a: ['Why?', 'Because.'], b: ['Other'], d: ['Down'] });
    expect(categories(items)).toEqual({ a: 'dev', b: 'dev', d: 'ops' });
  });

  it('takes the folder’s name for a single month', async () => {
    const { items } = await load(mbox, { 'dev/2024-January.txt': entry('a', 'x') }, { path: 'dev/2024-January.txt' });
    expect(categories(items)).toEqual({ a: 'dev' });
  });

  it('follows links to archives, once, and not in circles', async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { 'private/dev/2024-January.txt': entry('a', 'x') });
    await mkdir(join(folder.path, 'public'));
    await symlink('../private/dev', join(folder.path, 'public/dev'));
    await symlink('..', join(folder.path, 'public/up'));
    await symlink('nowhere', join(folder.path, 'public/lost.mbox'));
    const store = new MemoryStore<ConversationItem>();
    await store.run(await openWith(mbox, { path: 'public' }, folder.path));
    expect(bodies(store.items.values())).toEqual({ a: ['x'] });
  });

  it('keeps threads apart whose folders have other readers, and opens none of them wider', async () => {
    const { items } = await load(
      mbox,
      {
        'dev.mbox': entry('a', 'Public') + entry('b', 'Answer', { References: '<a>' }),
        'lists/board.mbox/board.mbox': entry('a', 'Public') + entry('c', 'Secret', { References: '<a>' }),
        'lists/press.mbox': entry('p', 'Press'),
      },
      { path: '.', folderReaders: { lists: ['group:staff'], 'lists/board': ['group:board'] } },
    );
    const seen = items.map(({ readers, body, replies }) => [readers, body, replies.map((reply) => reply.body)]);
    expect(seen).toEqual([
      [['everyone'], 'Public', ['Answer']],
      [['group:board'], 'Public', ['Secret']],
      [['group:staff'], 'Press', []],
    ]);
    const keys = items.flatMap((item) => [item.key, ...item.replies.map(({ key }) => key)]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('refuses readers for what is not there: misspelt, they would close nothing', async () => {
    const options = { path: '.', folderReaders: { bord: ['group:board'] } };
    await expect(load(mbox, { 'board.mbox': entry('a', 'x') }, options)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('`folderReaders` names "bord"'),
    });
  });

  it('takes a mail that went to two lists once', async () => {
    const { items, problems } = await load(mbox, {
      'a.mbox': entry('1', 'Hello\n_____________\ndev mailing list'),
      'b.mbox': entry('1', 'Hello') + entry('2', 'Re', { 'In-Reply-To': '<1>' }),
    });
    expect(problems).toEqual([]);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ category: 'a', replies: [{ key: '2' }] });
  });

  it('takes what a broken compressed archive has, says so, and deletes nothing for it', async () => {
    const whole = gzipSync(Array.from({ length: 400 }, (_, index) => entry(`m${index}`, `${Math.random()}`)).join(''));
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { 'a.mbox.gz': whole, 'b.mbox': entry('b', 'x') });
    const store = new MemoryStore<ConversationItem>();
    await store.run(await openWith(mbox, { path: '.' }, folder.path));
    expect(store.items.size).toBe(401);
    await writeFiles(folder.path, { 'a.mbox.gz': whole.subarray(0, whole.length / 2) });
    const connector = await openWith(mbox, { path: '.' }, folder.path);
    const [batch] = await store.run(connector);
    expect(batch?.problems).toMatchObject([
      { place: 'a.mbox.gz', reason: expect.stringMatching(/cannot be unpacked/) },
    ]);
    expect(store.items.size).toBe(401);
  });

  it('says what is no archive', async () => {
    await using folder = await temporaryFolder();
    await writeFiles(folder.path, { 'a.html': 'x' });
    await expect(openWith(mbox, { path: '.' }, folder.path)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringMatching(/holds no archive.*set `path`/),
    });
    await writeFiles(folder.path, { 'a.mbox.gz': 'not compressed' });
    const connector = await openWith(mbox, { path: '.' }, folder.path);
    expect(await connector.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/a\.mbox\.gz/),
    });
    await expect(new MemoryStore<ConversationItem>().run(connector)).rejects.toMatchObject({ code: 'BAD_RESPONSE' });
  });
});

describe('who wrote it, and how', () => {
  const LIST = { 'List-Id': 'Dev <dev.lists.x>', 'List-Post': '<mailto:dev@lists.x>' };
  it.each<[what: string, headers: Record<string, string>, author: object | undefined]>([
    [
      'a hidden address',
      { From: 'Ann at X.example (Ann Berg)' },
      { handle: 'ann@x.example', name: 'Ann Berg', mail: 'ann@x.example' },
    ],
    [
      'one with an encoded name',
      { From: 'zoe at x.example (=?utf-8?q?Zo=C3=AB?=)' },
      { handle: 'zoe@x.example', name: 'Zoë', mail: 'zoe@x.example' },
    ],
    ['one without a name', { From: 'ann at x.example' }, { handle: 'ann@x.example', mail: 'ann@x.example' }],
    [
      'one in brackets',
      { From: '"Berg, Ann" <ann at x.example>' },
      { handle: 'ann@x.example', name: 'Berg, Ann', mail: 'ann@x.example' },
    ],
    ['an address cut short', { From: 'Ann Berg <ann...@x.example>' }, { handle: 'Ann Berg', name: 'Ann Berg' }],
    [
      'the list in place of the writer',
      { From: 'Ann Berg via Dev <dev@lists.x>', 'Reply-To': 'dev@lists.x, Ann Berg <ann@x.example>', ...LIST },
      { handle: 'ann@x.example', name: 'Ann Berg', mail: 'ann@x.example' },
    ],
    [
      'the list, and no address of the writer',
      { From: 'Ann Berg via Dev <dev@lists.x>', 'Reply-To': 'dev@lists.x', ...LIST },
      { handle: 'Ann Berg', name: 'Ann Berg' },
    ],
    [
      'a writer who wants answers elsewhere',
      { From: 'Ann Berg <ann@x.example>', 'Reply-To': 'Bo <bo@x.example>', ...LIST },
      { handle: 'ann@x.example', name: 'Ann Berg', mail: 'ann@x.example' },
    ],
    ['a group', { From: 'Team: ann@x.example, bo@x.example;' }, { handle: 'ann@x.example', mail: 'ann@x.example' }],
    ['nobody', { From: '' }, undefined],
  ])('finds the author behind %s', async (_what, headers, author) => {
    const { items, problems } = await load(mbox, { 'a.mbox': entry('a', 'x', headers) });
    expect(problems).toEqual([]);
    expect(items[0]?.author).toEqual(author);
  });

  it('reads bytes beyond ASCII where nothing says what they are', async () => {
    const text = entry('a', 'Zoë', { From: 'Zoë <z@x>', Subject: 'Zoë' });
    const declared = entry('b', 'Zo\xc4\x99', { Subject: 'Zoë', 'Content-Type': 'text/plain; charset=utf-8' });
    const { items } = await load(mbox, {
      'a.mbox': Buffer.from(text + declared, 'latin1'),
      'b.mbox': entry('c', 'Zoë', { Subject: 'Zoë' }),
    });
    expect(items.map(({ title, body, author }) => [title, body, author?.name])).toEqual([
      ['Zoë', 'Zoë', 'Zoë'],
      ['Zoë', 'Zoę', 'Ann Berg'],
      ['Zoë', 'Zoë', 'Ann Berg'],
    ]);
  });

  it('takes the first of headers that are there twice, and reads those that are folded or broken', async () => {
    const head =
      'From x Tue Jan  2 10:00:00 2024\nno header at all\nFrom: a@x\nMessage-ID: <b>\nMessage-ID: <c>\nReferences: <a>\n\t<a2>\nReferences: <z>\n <y>\nSubject : Hi\n\nB\n\n';
    const { items, problems } = await load(mbox, { 'a.mbox': entry('a', 'A') + head });
    expect(problems).toEqual([]);
    expect(bodies(items)).toEqual({ a: ['A', 'B'] });
    expect(items[0]?.replies[0]?.key).toBe('b');
  });
});

it('ends up with the same, whether archives were read as they grew or at once', async () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const one = fc.record({
    id,
    above: fc.array(id, { maxLength: 3 }),
    file: fc.constantFrom('x.mbox', 'y.mbox'),
    drop: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 10 }), async (steps) => {
      await using folder = await temporaryFolder();
      await writeFiles(folder.path, { 'x.mbox': '', 'y.mbox': '' });
      const grown = new MemoryStore<ConversationItem>();
      const connector = await openWith(mbox, { path: '.' }, folder.path);
      for (const [index, { id, above, file, drop }] of steps.entries()) {
        const headers = above.length === 0 ? {} : { References: above.map((ref) => `<${ref}>`).join(' ') };
        // Now and then a file begins anew.
        const write = drop && index % 4 === 3 ? writeFile : appendFile;
        await write(join(folder.path, file), entry(id, `${id}${index}`, headers));
        await grown.run(connector);
      }
      const fresh = new MemoryStore<ConversationItem>();
      await fresh.run(await openWith(mbox, { path: '.' }, folder.path));
      expect(Object.fromEntries(grown.items)).toEqual(Object.fromEntries(fresh.items));
    }),
    { numRuns: 60 },
  );
});

describe('archives that change', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let store: MemoryStore<ConversationItem>;
  let connector: Connector<ConversationItem>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = new MemoryStore();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const at = (name: string): string => join(folder.path, name);
  const begin = async (files: Readonly<Record<string, string>>): Promise<void> => {
    await writeFiles(folder.path, files);
    connector = await openWith(mbox, { path: '.' }, folder.path);
    await store.run(connector);
  };
  /** What a run hands over, by keys. */
  const next = async () => {
    const batches = await store.run(connector);
    return {
      upserts: batches.flatMap(({ upserts }) => upserts.map(({ key }) => key)),
      unchanged: batches.flatMap(({ unchanged }) => unchanged),
      deletes: batches.flatMap(({ deletes }) => deletes),
    };
  };

  it('reads of an mbox that has grown the end alone', async () => {
    const old = Array.from({ length: 300 }, (_, index) => entry(`m${index}`, 'x'.repeat(1000))).join('');
    await begin({ 'dev.mbox': old, 'ops.mbox': entry('o', 'ops') });
    // What is changed in the middle at once is not seen: the middle is not read.
    await writeFile(at('dev.mbox'), old.replace('About m150', 'Above m150'));
    await appendFile(at('dev.mbox'), entry('new', 'New') + entry('r', 'Late answer', { References: '<m0>' }));
    expect(await next()).toEqual({ upserts: ['m0', 'new'], unchanged: [], deletes: [] });
    await appendFile(at('dev.mbox'), `From ann@x.example Tue Jan  2 10:00:00 2024\n${mail('half', 'Half')}`);
    expect(await next()).toEqual({ upserts: ['half'], unchanged: [], deletes: [] });
    await appendFile(at('dev.mbox'), 'and the other half\n\n');
    expect(await next()).toEqual({ upserts: ['half'], unchanged: [], deletes: [] });
    expect(store.items.get('half')?.body).toBe('Half\nand the other half');
    expect(bodies(store.items.values())['m0']).toEqual(['x'.repeat(1000), 'Late answer']);
    expect(store.items.size).toBe(303);
    connector = await openWith(mbox, { path: '.' }, folder.path);
    await appendFile(at('dev.mbox'), entry('z', 'z'));
    expect((await next()).upserts).toEqual(['m150', 'z']);
  });

  it('reads anew what was added to and changed before that', async () => {
    await begin({ 'dev.mbox': entry('a', 'one') + entry('b', 'two') + entry('c', 'three') });
    await writeFiles(folder.path, {
      'dev.mbox': entry('a', 'one') + entry('b', 'TWO') + entry('c', 'three') + entry('d', 'four'),
    });
    expect((await next()).upserts).toEqual(['b', 'd']);
    await writeFiles(folder.path, { 'dev.mbox': entry('c', 'three') });
    expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: ['a', 'b', 'd'] });
    await writeFiles(folder.path, { 'dev.mbox': entry('e', 'five5') });
    expect(bodies(store.items.values())).toEqual({ c: ['three'] });
    expect(await next()).toEqual({ upserts: ['e'], unchanged: [], deletes: ['c'] });
  });

  it('lets a thread go on when one of its files goes, and a mail when its last file does', async () => {
    await begin({
      '2024-January.txt': entry('a', 'Question'),
      '2024-February.txt': entry('b', 'Answer', { References: '<a>' }) + entry('c', 'Other'),
    });
    expect(bodies(store.items.values())).toEqual({ a: ['Question', 'Answer'], c: ['Other'] });
    await rm(at('2024-February.txt'));
    expect(await next()).toEqual({ upserts: ['a'], unchanged: [], deletes: ['c'] });
    expect(bodies(store.items.values())).toEqual({ a: ['Question'] });
  });

  it('joins threads when the mail between them comes', async () => {
    await begin({ 'a.mbox': entry('a', 'A') + entry('c', 'C', { 'In-Reply-To': '<b>' }) });
    expect(bodies(store.items.values())).toEqual({ a: ['A'], b: ['C'] });
    await appendFile(at('a.mbox'), entry('b', 'B', { 'In-Reply-To': '<a>' }));
    expect(await next()).toEqual({ upserts: ['a'], unchanged: [], deletes: ['b'] });
    expect(bodies(store.items.values())).toEqual({ a: ['A', 'C', 'B'] });
  });

  it('takes back a problem that is mended', async () => {
    const bad = 'From ann@x.example Tue Jan  2 10:00:00 2024\n\nno headers at all\n\n';
    await begin({ 'a.mbox': entry('a', 'A'), 'b.mbox': bad });
    expect(store.problems).toMatchObject([{ place: 'b.mbox:1', reason: expect.stringMatching(/without headers/) }]);
    expect([...store.items.keys()]).toEqual(['a']);
    await writeFiles(folder.path, { 'b.mbox': entry('b', 'B') });
    // Only a sweep takes problems back.
    expect((await store.run(connector)).at(-1)).toMatchObject({ sweep: true, problems: [] });
    expect([...store.items.keys()]).toEqual(['a', 'b']);
  });

  it('starts over after a restart without handing over what is known', async () => {
    await begin({ 'a.mbox': entry('a', 'A') + entry('b', 'B') });
    await appendFile(at('a.mbox'), entry('c', 'C'));
    connector = await openWith(mbox, { path: '.' }, folder.path);
    expect(await next()).toEqual({ upserts: ['c'], unchanged: ['a', 'b'], deletes: [] });
    expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: [] });
  });

  it('begins the difference anew when it was cut short', async () => {
    await begin({ 'a.mbox': entry('a', 'A') });
    const many = Array.from({ length: 1200 }, (_, index) => entry(`m${index}`, 'x')).join('');
    await appendFile(at('a.mbox'), many);
    await store.run(connector, 1);
    expect(store.items.size).toBe(501);
    await writeFiles(folder.path, { 'a.mbox': many });
    await store.run(connector);
    await store.run(connector);
    expect(store.items.size).toBe(1200);
    expect(store.items.has('a')).toBe(false);
  });

  describe('maildir', () => {
    const maildir = async (files: Readonly<Record<string, string>>): Promise<void> => {
      for (const name of ['cur', 'new', 'tmp']) await mkdir(at(name), { recursive: true });
      await begin(files);
    };

    it('reads new and seen mails and subfolders, no drafts, deleted or unfinished ones, and nothing private', async () => {
      await maildir({
        'new/1704186000.1.host': mail('a', 'A', { Date: 'nonsense' }),
        'cur/1704186000.2.host:2,FS': mail('b', 'B', { 'In-Reply-To': '<a>' }),
        'cur/1704186000.3.host:2,ST': mail('deleted', 'x'),
        'cur/1704186000.4.host:2,D': mail('draft', 'x'),
        'tmp/1704186000.5.host': mail('unfinished', 'x'),
        '.lists.Gr&APw-n/new/.keep': '',
        '.lists.Gr&APw-n/cur/1.host:2,': mail('c', 'C'),
        '.Sent/new/.keep': '',
        '.Sent/cur/1.host:2,': mail('sent', 'x'),
        'dovecot-uidlist': 'x',
      });
      expect(store.problems).toEqual([]);
      expect(bodies(store.items.values())).toEqual({ a: ['A', 'B'], c: ['C'] });
      expect(store.items.get('a')?.createdAt).toBe('2024-01-02T09:00:00.000Z');
      expect(store.items.get('c')?.category).toBe('Grün');
    });

    it('reads only new mails, sees marks and deletions, and no difference in being looked at', async () => {
      await maildir({ 'new/1.host': mail('a', 'A'), 'cur/2.host:2,S': mail('b', 'B'), 'new/3.host': mail('c', 'C') });
      // Names tell; what has one that is known is not opened again.
      await writeFile(at('new/1.host'), mail('a', 'CHANGED'));
      await utimes(at('new/1.host'), 1, 1);
      expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: [] });
      await rename(at('new/1.host'), at('cur/1.host:2,S'));
      await rename(at('cur/2.host:2,S'), at('cur/2.host:2,RS'));
      expect(await store.run(connector)).toEqual([]);
      await rename(at('new/3.host'), at('cur/3.host:2,T'));
      await writeFile(at('new/4.host'), mail('d', 'D', { 'In-Reply-To': '<b>' }));
      expect(await next()).toEqual({ upserts: ['b'], unchanged: [], deletes: ['c'] });
      await rm(at('cur/1.host:2,S'));
      expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: ['a'] });
    });

    it('reports mails that are too large or no mails, and reads long headers', async () => {
      await maildir({
        'new/1.host': '\n\njust text',
        'new/2.host': 'x'.repeat(300_000),
        'new/3.host': mail('c', 'C', { 'X-Long': 'y'.repeat(40_000), References: '<b>' }),
        'new/4.host': mail('d', 'x'.repeat(33 * 1024 ** 2)),
        'new/5.host': '',
      });
      expect([...store.items.keys()]).toEqual(['b']);
      expect(store.problems.map(({ place, reason }) => `${place.split('/').at(-1)} ${reason.slice(0, 25)}`)).toEqual([
        '1.host a message without headers',
        '2.host a message without headers',
        '4.host the message is larger tha',
        '5.host a message without headers',
      ]);
    });
  });
});
