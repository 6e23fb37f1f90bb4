import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync, strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import { folder } from '../../subgraphs/documents/connectors/folder.ts';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { pdf } from './pdf.ts';
import { load, temporaryFolder, writeFiles } from './run.ts';

const readersBy = (items: readonly DocumentItem[]): Record<string, readonly string[]> =>
  Object.fromEntries(items.map((item) => [item.key, item.readers]));

describe('folder: documents', () => {
  it('reads Markdown with all its front matter', async () => {
    const { items, problems } = await load(folder, {
      'handbook/leave.md': `---
title: Leave
authors: [ann, "Bo Ek <bo@x.example>"]
editors: cy
contributors: [di]
mentions: ["@ed", ann]
tags: [hr, leave]
date: 2024-01-02
updated: 2024-03-04T05:06:07+01:00
url: https://wiki.example/leave
space: People
status: outdated
readers: [group:staff]
---
# Leave

See [rules](https://x.example/rules) and [more](more.md).
`,
    });
    expect(problems).toEqual([]);
    const { version: _, ...item } = items[0] as DocumentItem;
    expect(item).toEqual({
      key: 'handbook/leave.md',
      url: 'https://wiki.example/leave',
      title: 'Leave',
      body: 'See rules and more.',
      createdAt: '2024-01-02T00:00:00.000Z',
      updatedAt: '2024-03-04T04:06:07.000Z',
      tags: ['hr', 'leave'],
      links: ['https://x.example/rules', 'https://wiki.example/more.md'],
      readers: ['group:staff'],
      space: 'People',
      contentType: 'text/markdown',
      status: 'OUTDATED',
      accounts: [
        { account: { handle: 'ann' }, role: 'AUTHOR' },
        { account: { handle: 'bo@x.example', name: 'Bo Ek', mail: 'bo@x.example' }, role: 'AUTHOR' },
        { account: { handle: 'cy' }, role: 'EDITOR' },
        { account: { handle: 'di' }, role: 'EDITOR' },
        { account: { handle: 'ed' }, role: 'MENTIONED' },
        { account: { handle: 'ann' }, role: 'MENTIONED' },
      ],
    });
  });

  it('names space, title and address by the path where nothing else does', async () => {
    const { items } = await load(
      folder,
      {
        'a b/c-d.txt': 'text https://l.example/x.',
        'top.md': '# Top\n\nx',
        '.hidden.md': 'x',
        'node_modules/x.md': 'x',
        'drafts/d.md': 'x',
        'x.exe': 'x',
      },
      { path: '.', url: 'https://files.example/', ignore: ['node_modules', 'drafts/**'] },
    );
    expect(items).toMatchObject([
      {
        key: 'a b/c-d.txt',
        space: 'a b',
        title: 'c d',
        url: 'https://files.example/a%20b/c-d.txt',
        links: ['https://l.example/x'],
        contentType: 'text/plain',
      },
      { key: 'top.md', space: 'test', title: 'Top', body: 'x' },
    ]);
    expect(items).toHaveLength(2);
  });

  it('reads HTML, Word, PowerPoint, Excel, OpenDocument and PDF', async () => {
    const zip = (parts: Record<string, string>): Uint8Array =>
      zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
    const { items, problems } = await load(folder, {
      'a.html': '<title>Page</title><meta name=author content=ann><meta name=keywords content="k1,k2"><p>Hello',
      'b.docx': zip({
        'word/document.xml':
          '<w:document><w:p><w:r><w:t>One &amp; </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p><w:p><w:r><w:t>Three</w:t></w:r><w:r><w:instrText>SECRET</w:instrText></w:r></w:p></w:document>',
        'word/_rels/document.xml.rels':
          '<R><Relationship Target="https://l.example/" TargetMode="External"/><Relationship Target="media/x.png"/></R>',
        'docProps/core.xml':
          '<c><dc:title>Word file</dc:title><dc:creator>Ann Berg</dc:creator><dcterms:modified>2024-01-02T03:04:05Z</dcterms:modified><cp:keywords>x; y</cp:keywords></c>',
      }),
      'c.pptx': zip({
        'ppt/slides/slide10.xml': '<a:p><a:t>Ten</a:t></a:p>',
        'ppt/slides/slide2.xml': '<a:p><a:t>Two</a:t></a:p>',
        'ppt/notesSlides/notesSlide2.xml': '<a:p><a:t>Note</a:t></a:p>',
      }),
      'd.xlsx': zip({
        'xl/workbook.xml': '<workbook><sheets><sheet name="Budget"/></sheets></workbook>',
        'xl/sharedStrings.xml': '<sst><si><t>Cell</t></si></sst>',
      }),
      'e.odt': zip({
        'content.xml':
          '<o><text:h>Head</text:h><text:p>Para <text:span>graph</text:span> <text:a xlink:href="https://o.example/">link</text:a></text:p></o>',
        'meta.xml': '<m><dc:title>ODT</dc:title></m>',
      }),
      'f.pdf': pdf('Hello PDF world'),
    });
    expect(problems).toEqual([]);
    expect(items).toMatchObject([
      { title: 'Page', body: 'Hello', tags: ['k1', 'k2'], accounts: [{ account: { handle: 'ann' } }] },
      {
        title: 'Word file',
        body: 'One & two\nThree',
        updatedAt: '2024-01-02T03:04:05.000Z',
        tags: ['x', 'y'],
        links: ['https://l.example/'],
        accounts: [{ account: { handle: 'Ann Berg' } }],
      },
      { title: 'c', body: 'Two\n\nNote\n\nTen' },
      { body: expect.stringMatching(/Cell[^]*Budget|Budget[^]*Cell/) },
      { title: 'ODT', body: 'Head\nPara graph link', links: ['https://o.example/'] },
      { body: 'Hello PDF world', contentType: 'application/pdf' },
    ]);
  });

  it('reports what it cannot read, and takes the rest', async () => {
    const { items, problems } = await load(
      folder,
      {
        'bad.docx': 'not a zip',
        'bad.pdf': 'not a pdf',
        'big.txt': 'x'.repeat(500_000),
        'deep.docx': zipSync({ 'word/document.xml': new TextEncoder().encode('<w:p>'.repeat(1_000_000)) }),
        'bomb.docx': zipSync({ 'word/document.xml': new Uint8Array(70 * 1024 * 1024) }),
        'good.md': 'x',
        'yaml.md': '---\na: [\n---\nx',
        'status.md': '---\nstatus: odd\ndate: soon\nurl: /x\n---\nx',
      },
      { path: '.', maxBytes: 400_000 },
    );
    expect(items.map((item) => item.key)).toEqual(['good.md', 'status.md']);
    expect(problems).toEqual([
      expect.stringMatching(/^bad\.docx: the file cannot be read as \.docx/),
      expect.stringMatching(/^bad\.pdf: the file cannot be read as \.pdf/),
      expect.stringMatching(/^big\.txt: larger than maxBytes/),
      expect.stringMatching(/^bomb\.docx: .*64 MiB/),
      expect.stringMatching(/^deep\.docx: .*nests more than/),
      expect.stringMatching(/^status\.md: `url` is not/),
      expect.stringMatching(/^status\.md: the status "odd"/),
      expect.stringMatching(/^status\.md: `date` is not a date/),
      expect.stringMatching(/^yaml\.md:\d: the front matter is not YAML/),
    ]);
  });
});

describe('folder: readers', () => {
  it('fences a folder and all below it', async () => {
    const { items, problems } = await load(folder, {
      'open.md': 'x',
      'hr/.readers': '# who\ngroup:hr\nperson:ann # the boss\n',
      'hr/a.md': 'x',
      'hr/deep/er/b.md': 'x',
      'hr/inner/.readers': 'person:ann\n',
      'hr/inner/c.md': 'x',
    });
    expect(problems).toEqual([]);
    expect(readersBy(items)).toEqual({
      'open.md': ['everyone'],
      'hr/a.md': ['group:hr', 'person:ann'],
      'hr/deep/er/b.md': ['group:hr', 'person:ann'],
      'hr/inner/c.md': ['person:ann'],
    });
  });

  it.each<
    [what: string, outer: string | undefined, matter: string, readers: readonly string[] | undefined, problem: boolean]
  >([
    ['without a fence, front matter stands', undefined, '[group:a]', ['group:a'], false],
    ['everyone may be narrowed', 'everyone', '[group:a]', ['group:a'], false],
    ['a part of the fence narrows', 'group:a\ngroup:b', '[group:b]', ['group:b'], false],
    ['the fence itself', 'group:a', '[group:a]', ['group:a'], false],
    ['everyone does not open a fence', 'group:a', '[everyone]', ['group:a'], true],
    ['others do not open a fence', 'group:a', '[group:a, group:c]', ['group:a'], true],
    ['nobody in common closes', 'group:a', '[group:c]', undefined, true],
    ['a word that is no reader closes', undefined, '[staff]', undefined, true],
    ['an empty list closes', undefined, '[]', undefined, true],
    ['null closes', undefined, '', undefined, true],
  ])('%s', async (_what, outer, matter, readers, problem) => {
    const { items, problems } = await load(folder, {
      'd/a.md': `---\nreaders: ${matter}\n---\nx`,
      ...(outer === undefined ? {} : { 'd/.readers': outer }),
    });
    expect(items.map((item) => item.readers)).toEqual(readers === undefined ? [] : [readers]);
    expect(problems.length > 0).toBe(problem);
  });

  it.each([
    ['a misspelt reader', 'groop:hr'],
    ['an empty file', '\n'],
    ['only comments', '# x'],
    ['one bad line among good ones', 'everyone\nstaff'],
    ['binary', '\0\u0001\u0002'],
    ['several readers on a line', 'group:hr, person:ann'],
    ['everyone after a comma', 'group:hr,everyone'],
    ['too large', 'group:a\n'.repeat(10_000)],
  ])('closes the folder, and all below it, over %s', async (_what, text) => {
    const { items, problems } = await load(folder, {
      'd/.readers': text,
      'd/a.md': 'x',
      'd/e/b.md': 'x',
      'd/f/.readers': 'everyone',
      'd/f/c.md': 'x',
      'z.md': 'x',
    });
    expect(items.map((item) => item.key)).toEqual(['z.md']);
    expect(problems).toEqual([expect.stringMatching(/^d\/\.readers.*closed/)]);
  });

  it('closes a folder whose .readers is a folder or a link', async () => {
    await using at = await temporaryFolder();
    await writeFiles(at.path, { 'a/x.md': 'x', 'b/x.md': 'x', all: 'everyone' });
    await mkdir(join(at.path, 'a/.readers'));
    await symlink(join(at.path, 'all'), join(at.path, 'b/.readers'));
    const store = new MemoryStore<DocumentItem>();
    await store.run(await openWith(folder, { path: '.' }, at.path));
    expect(store.items.size).toBe(0);
    expect(store.problems).toHaveLength(2);
  });

  it('syncs everything below again when .readers changes, and takes it back when it breaks', async () => {
    await using at = await temporaryFolder();
    await writeFiles(at.path, { 'd/.readers': 'group:a', 'd/e/x.md': 'x', 'y.md': 'y' });
    const store = new MemoryStore<DocumentItem>();
    const connector = await openWith(folder, { path: '.' }, at.path);
    await store.run(connector);
    await writeFile(join(at.path, 'd/.readers'), 'group:b');
    const batches = await store.run(connector);
    expect(batches.flatMap((batch) => batch.upserts.map((item) => [item.key, item.readers]))).toEqual([
      ['d/e/x.md', ['group:b']],
    ]);
    await writeFile(join(at.path, 'd/.readers'), 'group b');
    await store.run(connector);
    expect([...store.items.keys()]).toEqual(['y.md']);
    await rm(join(at.path, 'd/.readers'));
    await store.run(connector);
    expect(readersBy([...store.items.values()])).toEqual({ 'y.md': ['everyone'], 'd/e/x.md': ['everyone'] });
  });
});

it('folder: follows no symbolic links', async () => {
  await using at = await temporaryFolder();
  await writeFiles(at.path, { 'outside/secret.md': 'x', 'docs/.hr/s.md': 'x', 'docs/a.md': 'x' });
  await symlink(join(at.path, 'outside/secret.md'), join(at.path, 'docs/link.md'));
  await symlink(join(at.path, 'outside'), join(at.path, 'docs/folder'));
  await symlink(join(at.path, 'docs/a.md'), join(at.path, 'docs/inside.md'));
  await symlink('.', join(at.path, 'docs/loop'));
  const store = new MemoryStore<DocumentItem>();
  await store.run(await openWith(folder, { path: 'docs' }, at.path));
  expect([...store.items.keys()]).toEqual(['a.md']);
  expect(store.problems.map((problem) => problem.place)).toEqual(['folder', 'link.md']);
});

it('folder: takes an empty folder that was not empty before for a share that is not mounted', async () => {
  await using at = await temporaryFolder();
  await writeFiles(at.path, { 'docs/a.md': 'x' });
  const store = new MemoryStore<DocumentItem>();
  const connector = await openWith(folder, { path: 'docs' }, at.path);
  await store.run(connector);
  await rm(join(at.path, 'docs/a.md'));
  await expect(store.run(connector)).rejects.toMatchObject({ code: 'SHRUNK' });
  expect(store.items.size).toBe(1);
  store.mayShrink = true;
  await store.run(connector);
  expect(store.items.size).toBe(0);
});

it('folder: tells of changes once they are over', async () => {
  await using at = await temporaryFolder();
  await writeFiles(at.path, { 'a/b.md': 'x' });
  const connector = await openWith(folder, { path: '.' }, at.path);
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const stop = connector.watch?.(() => {
    calls++;
    resolve();
  });
  for (let n = 0; n < 5; n++) await writeFile(join(at.path, 'a/b.md'), `x${n}`);
  await promise;
  expect(calls).toBe(1);
  stop?.();
});
