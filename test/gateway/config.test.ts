import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, SAMPLE_FILE } from '../../gateway/config/load.ts';
import { nearest } from '../../gateway/config/nearest.ts';
import { ConfigError } from '../../gateway/config/problem.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atrium-config-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function load(text: string | Uint8Array, env: Record<string, string> = {}) {
  await writeFile(join(dir, 'atrium.yaml'), text);
  return loadConfig({ env, cwd: dir });
}

/** The problems of a file, one a line. */
async function problemsOf(text: string | Uint8Array, env: Record<string, string> = {}): Promise<string[]> {
  const error: unknown = await load(text, env).then(
    () => new Error('It was taken.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw error;
  return error.message.split('\n');
}

const SOURCE = `directory:
  sources:
    - name: people
      connector: ldif
      path: people.ldif
`;

describe('where the configuration comes from', () => {
  it('is the sample without a file', async () => {
    const config = await loadConfig({ env: {}, cwd: dir });
    expect(config.title).toBe('Kestrel Instruments');
    expect(config.file).toBeUndefined();
    expect(config.forum.sources.map(({ name }) => name)).toEqual(['community', 'mail']);
  });

  it('is atrium.yaml in the folder, and before that the file named', async () => {
    expect((await load('title: Here\n')).title).toBe('Here');
    await mkdir(join(dir, 'sub'));
    await writeFile(join(dir, 'sub', 'other.yaml'), 'title: There\n');
    const config = await loadConfig({ file: 'sub/other.yaml', env: {}, cwd: dir });
    expect(config.title).toBe('There');
    expect(config.baseDir).toBe(join(dir, 'sub'));
    expect(config.data).toBe(join(dir, 'sub', 'data'));
  });

  it('fills in defaults, and makes paths absolute from the folder of the file', async () => {
    const config = await load(`data: ../stores\n${SOURCE}  thesaurus: words.yaml\n`);
    expect(config).toMatchObject({
      data: join(dir, '../stores'),
      listen: { host: '127.0.0.1', port: 4_000 },
      directory: { thesaurus: join(dir, 'words.yaml') },
      forum: { sources: [] },
      cache: { answerSeconds: 5 },
    });
    expect(config.directory.sources[0]).toMatchObject({
      name: 'people',
      connector: 'ldif',
      everySeconds: 300,
      options: { path: 'people.ldif' },
    });
  });

  it.each(['gateway.yaml', 'subgraphs.yaml'])('may be that of docker-compose: %s', async (file) => {
    const config = await loadConfig({
      file: fileURLToPath(new URL(`../../gateway/config/compose/${file}`, import.meta.url)),
      env: { ATRIUM_SUBGRAPH_SECRET: 'x'.repeat(16) },
      cwd: dir,
    });
    expect(config.data).toBe('/stores');
  });

  it('may use anchors and aliases', async () => {
    const config = await load(
      'documents:\n  sources:\n    - { name: a, connector: folder, path: a, readers: &r ["group:x"] }\n' +
        '    - { name: b, connector: folder, path: b, readers: *r }\n',
    );
    expect(config.documents.sources[1]?.options['readers']).toEqual(['group:x']);
  });
});

describe('a file that is none', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', `atrium.yaml: is empty; start with a copy of ${SAMPLE_FILE}`],
    ['only comments', '# nothing\n', `atrium.yaml: is empty; start with a copy of ${SAMPLE_FILE}`],
    ['a list', '- a\n', 'atrium.yaml:1:1 the file must be a mapping of keys to values, not a list'],
    ['a word', 'hello\n', 'atrium.yaml:1:1 the file must be a mapping of keys to values, not text'],
    ['not UTF-8', new Uint8Array([0x74, 0xff]), 'atrium.yaml: is not UTF-8 text'],
    ['a key twice', 'title: a\ntitle: b\n', 'atrium.yaml:2:1 this key stands here for the second time; write it once'],
    ['tabs', 'listen:\n\tport: 1\n', 'atrium.yaml:2:1 tabs do not indent in YAML; use spaces'],
    [
      'two documents',
      'title: a\n---\ntitle: b\n',
      'atrium.yaml:2:1 one document only: nothing may follow a line `---`',
    ],
    [
      'an alias to nothing',
      'title: *x\n',
      'atrium.yaml: aliases (`*name`) unfold to more than a configuration can be, or point at nothing',
    ],
  ])('is refused: %s', async (_what, text, message) => {
    expect(await problemsOf(text)).toContain(message);
  });

  it('is refused when aliases would fill the memory', async () => {
    const rows = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [index, name] of 'bcdefghi'.split('').entries()) {
      const last = String.fromCodePoint(97 + index);
      rows.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(',')}]`);
    }
    expect(await problemsOf(rows.join('\n'))).toEqual([
      'atrium.yaml: aliases (`*name`) unfold to more than a configuration can be, or point at nothing',
    ]);
  });

  it('is refused when nested without end', async () => {
    expect((await problemsOf(`title: ${'['.repeat(20_000)}`)).join()).toMatch(/^atrium\.yaml/);
  });

  it.each([
    ['missing', 'nothing.yaml', 'nothing.yaml: there is no such file'],
    ['a folder', '.', 'is a folder; name the file in it'],
  ])('is refused: %s', async (_what, file, message) => {
    await expect(loadConfig({ file, env: {}, cwd: dir })).rejects.toThrow(message);
  });
});

describe('what is wrong in a file is told with its place', () => {
  it.each<[string, string[]]>([
    ['titel: x', ['atrium.yaml:1:1 "titel" is not an option; did you mean "title"?']],
    ['port: 1', ['atrium.yaml:1:1 "port" is not an option; did you mean "listen.port"?']],
    [
      'qqqqqq: 1\n__proto__: 2',
      ['qqqqqq', '__proto__'].map(
        (key, index) =>
          `atrium.yaml:${index + 1}:1 "${key}" is not an option; there are title, data, listen, directory, documents, forum, supergraph, operators, development, cache, limits, operations, introspection, cors, execution, log, subgraphSecret`,
      ),
    ],
    ['listen: { port: "80" }', ['atrium.yaml:1:17 "listen.port" must be a number, not text: leave the quotes out']],
    ['listen: { port: 70000 }', ['atrium.yaml:1:17 "listen.port" must be at most 65535']],
    ['title: 7', ['atrium.yaml:1:8 "title" must be text, not a number: put it into quotes']],
    ['forum:', ['atrium.yaml:1:1 "forum" must be a mapping of keys to values, but is empty']],
    [
      'log: { level: warning }',
      ['atrium.yaml:1:15 "log.level" must be one of silent, error, warn, info, debug; did you mean "warn"?'],
    ],
    ['operators: [me]', ['atrium.yaml:1:13 "operators[0]" must be group:<name> or person:<mail or user name>']],
    [
      'cache: { redis: "http://x" }',
      ['atrium.yaml:1:17 "cache.redis" must be an address that begins with redis:// or rediss://'],
    ],
    [
      'forum:\n  sources:\n    - name: a\n      connector: ndjson\n      pth: x',
      [
        'atrium.yaml:3:7 "forum.sources[0].path" is missing',
        'atrium.yaml:5:7 "forum.sources[0].pth" is not an option of the connector "ndjson"; did you mean "path"?',
      ],
    ],
    [
      'directory:\n  sources:\n    - { name: a, connector: ldif, path: x, attributes: { nmae: cn } }',
      [
        'atrium.yaml:3:58 "directory.sources[0].attributes.nmae" is not an option of the connector "ldif"; did you mean "name"?',
      ],
    ],
    [
      'directory:\n  sources:\n    - { name: a, connector: lidf, path: x }',
      ['atrium.yaml:3:29 "directory.sources[0].connector": there is no connector "lidf"; did you mean "ldif"?'],
    ],
    [
      'forum:\n  sources:\n    - { name: a, connector: ldif, path: x }',
      ['atrium.yaml:3:29 "forum.sources[0].connector": "ldif" is a connector of "directory", not of "forum"'],
    ],
    [
      'forum:\n  sources:\n    - { name: a, conector: ndjson }',
      ['atrium.yaml:3:18 "forum.sources[0].conector" is not an option of sources; did you mean "connector"?'],
    ],
    [
      'forum:\n  sources: [ndjson]',
      ['atrium.yaml:2:13 "forum.sources[0]" must be a mapping with "name", "connector" and the connector\'s options'],
    ],
    [
      'forum:\n  sources:\n    - { name: A b, connector: ndjson, path: x }',
      [
        'atrium.yaml:3:15 "forum.sources[0].name" must be lower-case letters, digits and hyphens, at most 40, a letter first',
      ],
    ],
    [
      `${SOURCE}forum:\n  sources:\n    - name: people\n      connector: ndjson\n      path: x`,
      [
        'atrium.yaml:8:13 "forum.sources[0].name": the source in line 3 is called "people" already; names are unique over all areas',
      ],
    ],
    [
      `subgraphSecret: ${'s'.repeat(16)}\n${SOURCE}  url: http://127.0.0.1:1`,
      [
        'atrium.yaml:7:3 "directory" has both "url" and "sources"; a subgraph in a process of its own has its sources in its own file',
      ],
    ],
    [
      'forum: { url: "http://127.0.0.1:1" }',
      ['atrium.yaml:1:10 "forum.url" needs "subgraphSecret", which signs who is asking'],
    ],
    [
      'title: ${TITLE}',
      ['atrium.yaml:1:8 "title" must not hold "${": the environment is read for secrets only; write the value itself'],
    ],
    [
      'subgraphSecret: ${ATRIUM_SECRT}',
      [
        'atrium.yaml:1:17 "subgraphSecret" needs the environment variable ATRIUM_SECRT, which is not set; did you mean ATRIUM_SECRET?',
      ],
    ],
    [
      'subgraphSecret: ${EMPTY}',
      ['atrium.yaml:1:17 "subgraphSecret" needs the environment variable EMPTY, which is empty'],
    ],
    [
      'subgraphSecret: ${NO NAME}',
      [
        'atrium.yaml:1:17 "subgraphSecret" must name an environment variable as ${NAME}: letters, digits and underscores',
      ],
    ],
    [
      'listen: { host: 0.0.0.0 }\ndevelopment: { chooseViewer: true }',
      [
        'atrium.yaml:2:30 "development.chooseViewer" lets anybody ask in anybody\'s name, so "listen.host" must be 127.0.0.1, ::1 or localhost, not 0.0.0.0',
      ],
    ],
  ])('%j', async (text, messages) => {
    expect(await problemsOf(text, { ATRIUM_SECRET: 'x'.repeat(20), EMPTY: '' })).toEqual(messages);
  });

  it('all at once, in the order of the file', async () => {
    const problems = await problemsOf(
      'titel: x\nlisten: { prot: 1 }\nforum: { sources: [{ name: a, connector: x }] }\n',
    );
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'atrium.yaml:1:1',
      'atrium.yaml:2:11',
      'atrium.yaml:3:42',
    ]);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('lets the viewer be chosen on %s', async (host) => {
    const config = await load(`listen: { host: "${host}" }\ndevelopment: { chooseViewer: true }\n`);
    expect(config.development.chooseViewer).toBe(true);
  });
});

describe('nearest', () => {
  it.each([
    ['pth', ['path', 'readers'], 'path'],
    ['apth', ['path'], 'path'],
    ['thes', ['title', 'thesaurus'], 'thesaurus'],
    ['READERS', ['readers'], 'readers'],
    ['xyz', ['path', 'readers'], undefined],
    ['', ['path'], undefined],
  ])('%s', (wrong, known, meant) => {
    expect(nearest(wrong, known)).toBe(meant);
  });
});
