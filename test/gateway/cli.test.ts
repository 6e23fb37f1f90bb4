import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../gateway/cli/commands.ts';
import { documents } from '../../subgraphs/documents/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE = join(ROOT, 'node_modules/.bin/node');
const MAIN = join(ROOT, 'gateway/cli/atrium.js');

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atrium-cli-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in a process of its own, in the test's folder. */
function atrium(args: readonly string[], env: Record<string, string> = {}, file = NODE, main = MAIN): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const environment = { PATH: process.env['PATH'] ?? '', HOME: dir, ...env };
    execFile(file, [main, ...args], { cwd: dir, env: environment, timeout: 30_000 }, (error, out, err) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

/** A company of two people, three documents (one of them in a broken encoding) and two conversations. */
async function writeCompany(more = ''): Promise<void> {
  await mkdir(join(dir, 'docs'));
  const people = ['ada', 'bob'].map((uid) =>
    [
      `dn: uid=${uid},dc=x`,
      'objectClass: inetOrgPerson',
      `uid: ${uid}`,
      `cn: ${uid} Example`,
      'title: Engineer',
      `mail: ${uid}@x.example`,
    ].join('\n'),
  );
  const conversation = (id: string, author: string) =>
    JSON.stringify({
      id,
      title: 'Rotating certificates?',
      author,
      createdAt: '2026-01-02T03:04:05Z',
      body: 'How do we rotate certificates?',
    });
  await Promise.all([
    writeFile(join(dir, 'people.ldif'), `version: 1\n\n${people.join('\n\n')}\n`),
    writeFile(
      join(dir, 'docs', 'guide.md'),
      '---\nauthor: ada@x.example\n---\n# Rotating certificates\n\nTurn \u001b[31mthem round.\n',
    ),
    writeFile(join(dir, 'docs', 'other.md'), '# Something else\n\nOf no interest.\n'),
    writeFile(
      join(dir, 'threads.ndjson'),
      [conversation('1', 'ada'), '{ broken', '{}', '[]', '7', conversation('2', 'bob')].join('\n'),
    ),
    writeFile(
      join(dir, 'atrium.yaml'),
      `title: Test
listen: { port: 0 }
directory: { sources: [{ name: people, connector: ldif, path: people.ldif }] }
documents: { sources: [{ name: docs, connector: folder, path: docs }] }
forum: { sources: [{ name: threads, connector: ndjson, path: threads.ndjson }] }
${more}`,
    ),
  ]);
}

describe('help', () => {
  it.each([[], ['--help'], ['-h'], ['help']].map((args) => [args]))('lists the commands: %j', async (args) => {
    const { code, out } = await atrium(args);
    expect(code).toBe(0);
    for (const { name, summary } of commands) expect(out).toContain(`  ${name.padEnd(9)}${summary}`);
  });

  it.each(commands.map(({ name }) => name))('tells of the options of %s', async (name) => {
    const { code, out } = await atrium([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: atrium ${name}`);
    const { options } = commands.find((command) => command.name === name)!;
    for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('says the version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await atrium(['--version'])).out).toBe(`${version}\n`);
  });
});

describe('a command line that cannot be understood', () => {
  it.each([
    [['strat'], 'there is no command "strat"; did you mean "start"?'],
    [['qqqq'], 'there is no command "qqqq"; there are start, sync, doctor, ask, token, config, compose'],
    [['--config', 'x'], 'the command comes first: atrium COMMAND --config'],
    [['start', '--prot', '1'], '"--prot" is not an option of "atrium start"; did you mean "--port"?'],
    [['start', '--port', 'x'], '"--port" must be a whole number from 0 to 65535'],
    [['start', '--host'], '"--host" needs a value: --host HOST'],
    [['start', '--fresh=yes'], '"--fresh" takes no value'],
    [['start', '--only', 'forums'], 'there is no subgraph "forums"; did you mean "forum"?'],
    [
      ['start', '--host', '0.0.0.0'],
      '"development.chooseViewer" lets anybody ask in anybody\'s name, and 0.0.0.0 can be reached',
    ],
    [['sync', 'docs'], '"atrium sync" takes options only, not "docs"'],
    [['sync', '--source', 'doc'], 'there is no source "doc" in the configuration; did you mean "docs"?'],
    [['ask'], 'ask what? For example: atrium ask "TLS certificate rotation"'],
    [['ask', 'x', '--first', '0'], '"--first" must be a whole number from 1 to 100'],
    [['ask', 'x', '--url', 'nowhere'], '"--url" must be an address: http://127.0.0.1:4000'],
  ])('%j', async (args, message) => {
    const { code, out, err } = await atrium(args);
    expect(err).toContain(`atrium: ${message}`);
    expect(code).toBe(2);
    expect(out).toBe('');
  });

  it('and a configuration that is wrong: all of it, with places', async () => {
    await writeFile(join(dir, 'atrium.yaml'), 'titel: x\nlisten: { port: x }\n');
    const { code, err } = await atrium(['config']);
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      'The configuration cannot be used:',
      '  atrium.yaml:1:1 "titel" is not an option; did you mean "title"?',
      '  atrium.yaml:2:17 "listen.port" must be a number, not text',
      '',
    ]);
  });
});

describe('config', () => {
  it('shows what is in effect, and no secret', async () => {
    await writeCompany('subgraphSecret: ${SIGN}\ncache: { redis: "redis://u:pass-5d2@cache" }\n');
    const { code, out, err } = await atrium(['config'], { SIGN: 'sign-0123456789abc' });
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out).toContain(`data: ${join(dir, 'data')}`);
    expect(out).toContain('subgraphSecret: "***"');
    expect(out).not.toMatch(/sign-0123|pass-5d2/);
  });
});

describe('sync', () => {
  it('fills the stores, and tells what was refused', async () => {
    await writeCompany();
    const { code, out, err } = await atrium(['sync']);
    expect(err).toBe('');
    expect(out.split('\n')).toEqual(
      expect.arrayContaining([
        'people: 2 items read, 2 new or changed',
        'people   2 items',
        'docs     2 items',
        'threads  2 items, 4 of 6 items refused',
        expect.stringMatching(/^ {4}threads\.ndjson:2: /),
        '1 more refused: see all with "atrium sync --problems".',
      ]),
    );
    expect(code).toBe(0);
    const again = await atrium(['sync', '--problems']);
    expect(again.out.match(/^ {4}threads\.ndjson:\d: /gm)).toHaveLength(4);
  });

  it('fails when a source failed, and keeps the others', async () => {
    await writeCompany();
    await rm(join(dir, 'threads.ndjson'));
    const { code, out } = await atrium(['sync']);
    expect(code).toBe(1);
    expect(out).toContain('threads: failed, MISCONFIGURED: threads: there is no ');
    expect(out).toContain('docs     2 items\n');
  });

  it('of one source leaves the others as they are', async () => {
    await writeCompany('');
    await cp(join(dir, 'docs'), join(dir, 'more'), { recursive: true });
    const config = await readFile(join(dir, 'atrium.yaml'), 'utf8');
    const sources = '[{ name: docs, connector: folder, path: docs }, { name: more, connector: folder, path: more }]';
    await writeFile(join(dir, 'atrium.yaml'), config.replace(/^documents: .*$/m, `documents: { sources: ${sources} }`));
    await atrium(['sync']);
    await rm(join(dir, 'docs', 'other.md'));
    await rm(join(dir, 'more', 'other.md'));
    expect((await atrium(['sync', '--source', 'more'])).out).toMatch(/^more {2}1 item$/m);
    await writeFile(join(dir, 'docs', 'third.md'), '# Third\n');
    const { out } = await atrium(['sync']);
    expect(out).toMatch(/^docs {5}2 items$/m);
    expect(out).toMatch(/^more {5}1 item$/m);
  });

  it('ends on Ctrl-C, and goes on from there the next time', async () => {
    await writeCompany();
    const thread = { title: 'Many?', author: 'ada', createdAt: '2026-01-02T03:04:05Z', body: 'words '.repeat(500) };
    const lines = Array.from({ length: 3_000 }, (_, index) => JSON.stringify({ id: `t${index}`, ...thread }));
    await writeFile(join(dir, 'threads.ndjson'), lines.join('\n'));
    const child = spawn(NODE, [MAIN, 'sync'], { cwd: dir });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      // Once: a second signal ends it at once.
      if (!out.includes('docs: ') && `${out}${chunk.toString()}`.includes('docs: ')) child.kill('SIGINT');
      out += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(out).toContain('Ended. What was read is stored; the next sync goes on from there.\n');
    expect(code).toBe(130);
    expect((await atrium(['sync'])).out).toMatch(/^threads {2}3,000 items$/m);
  });

  it('of one source that failed fails', async () => {
    await writeCompany();
    await rm(join(dir, 'threads.ndjson'));
    const { code, out } = await atrium(['sync', '--source', 'threads']);
    expect(code).toBe(1);
    expect(out).toContain('threads  0 items, failed: MISCONFIGURED: threads: there is no ');
  });
});

describe('doctor', () => {
  it('finds a company sound', async () => {
    await writeCompany();
    const { code, out } = await atrium(['doctor', '--json']);
    const report = JSON.parse(out) as { ok: boolean; checks: { name: string; status: string }[] };
    // Whether the composed schema is fresh is no matter of this company, and tested below.
    expect(report.checks.filter(({ name, status }) => name !== 'supergraph' && status !== 'ok')).toEqual([]);
    expect(code).toBe(report.ok ? 0 : 1);
    const states = Object.fromEntries(report.checks.map(({ name, status }) => [name, status]));
    expect(states).toMatchObject({ node: 'ok', config: 'ok', data: 'ok', 'source people': 'ok', 'source docs': 'ok' });
  });

  it('names what is missing', async () => {
    await writeCompany();
    await rm(join(dir, 'people.ldif'));
    await writeFile(join(dir, 'data'), 'a file, not a folder');
    const { code, out } = await atrium(['doctor']);
    expect(code).toBe(1);
    expect(out).toMatch(/^failed {3}source people +people: there is no /m);
    expect(out).toMatch(/^failed {3}data +.*is not a folder/m);
    expect(out).toMatch(/^ok {7}source docs/m);
  });

  it('tells of a configuration that is not there', async () => {
    const { code, out } = await atrium(['doctor', '--config', 'nothing.yaml']);
    expect(code).toBe(1);
    expect(out).toMatch(/^failed {3}config +nothing\.yaml: there is no such file$/m);
  });

  it('does not take what does not answer for failed, and warns of secrets in the file', async () => {
    await writeCompany('cache: { redis: "redis://:pass-5d2@127.0.0.1:1" }\n');
    const { out } = await atrium(['doctor']);
    expect(out).toMatch(/^unknown {2}cache/m);
    expect(out).toMatch(/^warning {2}config +"cache\.redis" stands in the file itself/m);
    expect(out).not.toContain('pass-5d2');
    expect(out).not.toMatch(/^failed {3}(?!supergraph)/m);
  });

  it('names operators and a viewer whom the directory does not know, once it was read', async () => {
    await writeCompany(
      'operators: ["person:ada", "person:adda", "group:nobody"]\ndevelopment: { viewer: bobb@x.example }\n',
    );
    expect((await atrium(['doctor'])).out).not.toContain('does not know');
    await atrium(['sync']);
    const { out } = await atrium(['doctor']);
    expect(out).toMatch(/^warning {2}config +"operators" names person:adda, whom the directory does not know\.$/m);
    expect(out).toMatch(/^warning {2}config +"operators" names group:nobody, whom/m);
    expect(out).toMatch(/^warning {2}config +"development\.viewer" is bobb@x\.example, whom/m);
    expect(out).not.toContain('names person:ada,');
  });

  it('tells of a sync that failed, also when the tool answers', async () => {
    await writeCompany();
    expect((await atrium(['sync'])).code).toBe(0);
    await rename(join(dir, 'docs'), join(dir, 'away'));
    await atrium(['sync', '--source', 'docs']);
    await rename(join(dir, 'away'), join(dir, 'docs'));
    const { code, out } = await atrium(['doctor']);
    expect(out).toMatch(/^ok {7}source docs /m);
    expect(out).toMatch(/^warning {2}sync docs +The last one failed \([A-Z]+, 2\S+Z\): docs: /m);
    expect(out).not.toContain('sync threads');
    expect(code).toBe(0);
  });

  describe('of a source that shrank', () => {
    const shrink = async () => {
      await writeCompany();
      const files = Array.from({ length: 12 }, (_, index) => join(dir, 'docs', `more-${index}.md`));
      for (const file of files) await writeFile(file, '# More\n');
      expect((await atrium(['sync'])).code).toBe(0);
      for (const file of files) await rm(file);
      const { code, out } = await atrium(['sync', '--source', 'docs']);
      expect(code).toBe(1);
      expect(out).toMatch(/^docs: failed, SHRUNK: docs: of 14 items only 2 would be left/m);
    };

    it('says so, and lets it go on when told to, also beside the process that fills the store', async () => {
      await shrink();
      const before = await atrium(['doctor']);
      expect(before.code).toBe(1);
      expect(before.out).toMatch(/^failed {3}sync docs +docs: of 14 items only 2 would be left/m);
      expect((await atrium(['sync', '--source', 'docs'])).code).toBe(1);

      const filling = documents.openWriter(join(dir, 'data', 'documents.db'));
      const { out } = await atrium(['doctor', '--accept-shrink', '--source', 'docs']);
      filling.close();
      expect(out).toMatch(/^warning {2}sync docs +Accepted: its next sync deletes what is gone\.$/m);

      const after = await atrium(['sync']);
      expect(after.out).toMatch(/^docs: 2 items read, 0 new or changed, 12 deleted$/m);
      expect(after.out).toMatch(/^docs +2 items$/m);
      expect(after.code).toBe(0);
      expect((await atrium(['doctor'])).out).not.toContain('sync docs');
    });

    it('accepts all that stopped, and says when there is nothing to accept', async () => {
      await shrink();
      expect((await atrium(['doctor', '--accept-shrink', '--source', 'threads'])).out).toMatch(
        /^warning {2}sync +threads has not stopped for having shrunk/m,
      );
      expect((await atrium(['doctor', '--accept-shrink'])).out).toMatch(/^warning {2}sync docs +Accepted/m);
      expect((await atrium(['sync'])).code).toBe(0);
      expect((await atrium(['doctor', '--accept-shrink'])).out).toMatch(/^warning {2}sync +No source has stopped/m);
    });

    it.each([
      [['--source', 'docs'], '"--source" belongs to "--accept-shrink"'],
      [['--accept-shrink', '--source', 'doc'], 'there is no source "doc" in the configuration; did you mean "docs"?'],
    ])('refuses %j', async (args, message) => {
      await writeCompany();
      const { code, err } = await atrium(['doctor', ...args]);
      expect(code).toBe(2);
      expect(err).toContain(message);
    });
  });
});

describe('compose', () => {
  it('finds the committed schema fresh', async () => {
    const { code, out } = await atrium(['compose', '--check']);
    expect(out).toMatch(/supergraph\.graphql is up to date\n.*api\.graphql is up to date/);
    expect(code).toBe(0);
  });
});

describe('ask', () => {
  it('answers from the stores where no gateway listens', async () => {
    await writeCompany();
    await atrium(['sync']);
    const { code, out, err } = await atrium(['ask', 'rotating', 'certificates']);
    expect(err).toBe(`No port is configured; answering from the stores in ${join(dir, 'data')}.\n`);
    expect(code).toBe(0);
    expect(out).toContain('ada Example — Engineer, ada@x.example');
    expect(out).toContain('from 1 document, best: Rotating certificates');
    expect(out).toMatch(/Content\n {2}Rotating certificates — docs/);
    expect(out).toMatch(/Conversations\n {2}Rotating certificates\? — forum/);
    // What somebody wrote must not command the reader's terminal.
    expect(out).not.toContain('\u001b');
    const json = JSON.parse((await atrium(['ask', 'certificates', '--json'])).out) as { data: object };
    expect(json.data).toHaveProperty('topic.people.edges');
  });

  it('asks a gateway in the name of a person', async () => {
    const asked: { viewer: unknown; variables: unknown }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { variables } = JSON.parse(body) as { variables: unknown };
        asked.push({ viewer: request.headers['x-atrium-viewer'], variables });
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data: { topic: null }, errors: [{ message: 'No \u001b[31mway.' }] }));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, err } = await atrium(['ask', 'tls', '--url', url, '--as', 'ada', '--first', '2']);
      expect(asked).toEqual([{ viewer: 'ada', variables: { query: 'tls', first: 2 } }]);
      expect(err).toBe('Error: No  [31mway.\n');
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });

  it('says so when nothing is there', async () => {
    const { code, err } = await atrium(['ask', 'tls', '--url', 'http://127.0.0.1:1']);
    expect(err).toBe('atrium: Nothing answers at http://127.0.0.1:1/graphql. Start it: npm start\n');
    expect(code).toBe(1);
  });
});

describe('the bin', () => {
  const BIN = join(ROOT, 'gateway/cli/atrium.js');

  it('runs with a Node that is new enough', async () => {
    expect((await atrium(['--version'], {}, NODE, BIN)).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  /** Makes this Node say that it is an old one, to the bin only. */
  async function oldNode(): Promise<string> {
    const preload = join(dir, 'old.mjs');
    await writeFile(preload, `Object.defineProperty(process.versions, 'node', { value: '20.1.0' });\n`);
    return `--import=${preload}`;
  }

  it('runs with the Node of the package otherwise, with its exit code', async () => {
    const old = await oldNode();
    const run = (args: string[]) =>
      new Promise<{ code: number | null; out: string }>((resolve) => {
        const child = spawn(NODE, [old, BIN, ...args], { cwd: dir });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.on('close', (code) => resolve({ code, out }));
      });
    expect(await run(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d/) as string });
    expect(await run(['strat'])).toMatchObject({ code: 2 });
  });

  it('passes signals on', async () => {
    await writeCompany();
    const child = spawn(NODE, [await oldNode(), BIN, 'start'], { cwd: dir });
    const listening = new Promise<void>((resolve) =>
      child.stdout.on('data', (chunk: Buffer) => void (chunk.includes('Synced') && resolve())),
    );
    await listening;
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
