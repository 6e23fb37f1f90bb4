import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { plantSecrets, writtenForms, type Planted } from '../helpers/secret-options.ts';
import { ECHOES, startEchoingTool, type Echo, type EchoingTool } from '../servers/echoing-tool.ts';

const MAIN = fileURLToPath(new URL('../../gateway/cli/atrium.js', import.meta.url));

/** A header for the collector of traces, from the environment, where OpenTelemetry has it. */
const OTLP_SECRET = 'canary-otlp-5f1c9d7e3a';

let folder: string;
let tool: EchoingTool;
let collector: EchoingTool;
let planted: Planted;
/** All that was written or answered, by where. */
const outputs = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-no-secrets-'));
  tool = await startEchoingTool();
  collector = await startEchoingTool();
  const url = `http://127.0.0.1:${tool.port}`;
  const [readers, user] = [['everyone'], 'reader'];
  planted = plantSecrets(
    {
      data: 'data',
      listen: { port: 0 },
      log: { level: 'debug', format: 'json' },
      metrics: {},
      traces: { url: `http://127.0.0.1:${collector.port}/v1/traces` },
      audit: { file: 'audit.log' },
      operators: ['person:ada'],
      auth: { anonymous: 'allow', jwt: { issuer: 'test', audience: 'atrium', claim: 'email' } },
    },
    {
      discourse: [{ url, apiKey: 'placeholder-key', webhookSecret: 'placeholder-secret' }],
      imap: [
        {
          host: '127.0.0.1',
          port: tool.linePort,
          security: 'none',
          user,
          folders: ['lists'],
          readers,
          timeoutMs: 2_000,
        },
      ],
      jive: [{ url, user }, { url }],
      ldap: [{ url: `ldap://127.0.0.1:${tool.linePort}`, bindDn: 'cn=x', baseDn: 'dc=x', timeoutMs: 2_000 }],
      mediawiki: [{ url: `${url}/w`, user: 'Reader@app', readers }],
      nodebb: [{ url, token: 'placeholder' }],
      scim: [{ url: `${url}/scim` }],
      webdav: [{ url: `${url}/dav/`, user, readers: { '': readers } }],
    },
  );
  await writeFile(
    join(folder, 'people.ldif'),
    'version: 1\n\ndn: uid=ada,dc=x\nobjectClass: inetOrgPerson\nuid: ada\ncn: Ada\nmail: ada@x.example\n',
  );
  await write('local.yaml');
  await write('remote.yaml', { documents: { url } });
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function write(name: string, areas: Record<string, unknown> = {}): Promise<void> {
  const { file, sources } = planted;
  const people = { name: 'people', connector: 'ldif', path: 'people.ldif' };
  const own = {
    directory: { sources: [people, ...(sources['directory'] ?? [])] },
    documents: { sources: sources['documents'] ?? [] },
    forum: { sources: sources['forum'] ?? [] },
  };
  await writeFile(join(folder, name), stringify({ ...file, ...own, ...areas }));
}

/** Runs a command line to its end; keeps and gives what it wrote. */
function atrium(where: string, args: readonly string[]) {
  const { child, text } = run(where, args);
  return new Promise<string>((resolve) => child.once('close', () => resolve(text())));
}

function run(where: string, args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, OTEL_EXPORTER_OTLP_HEADERS: `authorization=${OTLP_SECRET}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const keep = (text: string) => void outputs.set(where, (outputs.get(where) ?? '') + text);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
  return { child, text: () => outputs.get(where) ?? '' };
}

/** Asks for something, and keeps the answer with its headers. */
async function get(where: string, address: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(address, init);
  const text = await response.text();
  outputs.set(where, `${JSON.stringify([...response.headers])}${text}`);
  return text;
}

function leaks(secrets: Iterable<readonly [string, string]>): string[] {
  return [...secrets].flatMap(([place, secret]) => {
    const forms = writtenForms(secret);
    return [...outputs].flatMap(([where, written]) => {
      // Lines are wrapped, also within a word that is too long.
      const text = written.replaceAll(/\s+/g, '');
      const form = forms.find((each) => text.includes(each));
      if (form === undefined) return [];
      const at = text.indexOf(form);
      return [`${place} in ${where}: …${text.slice(Math.max(0, at - 200), at)}`];
    });
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  throw new Error(`Not so in time: ${what}.`);
}

const SOURCE = 'name state lastError { code message } problemCount problems { edges { node { place reason } } }';
const SOURCES = `query Sources { sources { directory { ${SOURCE} } documents { ${SOURCE} } forum { ${SOURCE} } } }`;

async function ada(): Promise<string> {
  const secret = planted.secrets.get('auth.jwt.secret') ?? '';
  return new SignJWT({ email: 'ada@x.example' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('test')
    .setAudience('atrium')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}

/** Serves for a while, and keeps all that can be asked of it. */
async function serve(name: string, apiToken: string, echo: Echo = 'error'): Promise<void> {
  tool.echo = echo;
  const { child, text } = run(`start ${name}, ${echo}`, ['start', '--fresh', '--config', `${name}.yaml`]);
  try {
    let url = '';
    await until(`${name} listens`, async () => {
      expect(child.exitCode, text()).toBeNull();
      url = /GraphQL\s+(\S+)\/graphql/.exec(text())?.[1] ?? '';
      return url !== '';
    });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await ada()}` };
    const post = (where: string, body: object, more: Record<string, string> = {}) =>
      get(`${where} of ${name}, ${echo}`, `${url}/graphql`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify(body),
      });
    await until('every source was tried', async () => {
      const answer = await post('sources', { query: SOURCES });
      return !/"state":"(?:NEW|SYNCING)"/.test(answer) && answer.includes('"CURRENT"');
    });
    await post('an error', { query: '{ documents { totalCount } nothing }' });
    await post('lists', {
      query: '{ documents { totalCount } conversations { totalCount } people { totalCount } viewer { scopes } }',
    });
    const byToken = await post(
      'by token',
      { query: '{ viewer { service } }' },
      { authorization: `Bearer ${apiToken}` },
    );
    expect(byToken).toContain('reports');
    await post('a bad token', { query: '{ __typename }' }, { authorization: `Bearer ${apiToken}x` });
    await post('a token of no form', { query: '{ __typename }' }, { authorization: `Basic ${apiToken}` });
    await get(`token in address of ${name}`, `${url}/graphql?query={__typename}&access_token=${apiToken}`);
    for (const path of ['live', 'ready', 'state', 'health', 'metrics'])
      await get(`/${path} of ${name}`, `${url}/${path}`);
    for (const source of Object.values(planted.sources).flat()) {
      await get(`webhook ${String(source['name'])} of ${name}`, `${url}/webhooks/${String(source['name'])}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-discourse-event-signature': 'sha256=00' },
        body: '{}',
      });
    }
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

describe('secrets', { timeout: 300_000 }, () => {
  it('are planted in every secret option there is', () => {
    expect([...planted.secrets.keys()]).toEqual(
      expect.arrayContaining(['subgraphSecret', 'cache.redis', 'auth.jwt.secret', 'ldap.password', 'discourse.apiKey']),
    );
    expect(planted.secrets.size).toBeGreaterThanOrEqual(13);
  });

  it('are in nothing that is logged, answered, printed or exported, whatever tools do with them', async () => {
    const created = await atrium('-', [
      'token',
      'create',
      'reports',
      '--config',
      'local.yaml',
      '--scopes',
      'reports:read',
    ]);
    const apiToken = /atrium_[\w-]+/.exec(created)?.[0] ?? '';
    expect(apiToken, created).not.toBe('');
    outputs.delete('-');
    await serve('local', apiToken);
    await serve('local', apiToken, 'refusal');
    await serve('local', apiToken, 'answer');
    await serve('remote', apiToken);
    await atrium('config', ['config', '--config', 'local.yaml']);
    await atrium('config remote', ['config', '--config', 'remote.yaml']);
    await atrium('token list', ['token', 'list', '--config', 'local.yaml']);
    for (const echo of ECHOES) {
      tool.echo = echo;
      await Promise.all([
        atrium(`doctor ${echo}`, ['doctor', '--config', 'local.yaml']),
        atrium(`doctor remote ${echo}`, ['doctor', '--json', '--config', 'remote.yaml']),
      ]);
      await atrium(`sync ${echo}`, ['sync', '--problems', '--config', 'local.yaml']);
    }
    await tool[Symbol.asyncDispose]();
    await atrium('doctor down', ['doctor', '--config', 'local.yaml']);
    await atrium('doctor remote down', ['doctor', '--config', 'remote.yaml']);
    // What is wrong with an option is said without it.
    const broken = (await readFile(join(folder, 'local.yaml'), 'utf8')).replaceAll(
      /^( *)(\w+): (.*canary)/gm,
      '$1$2x: $3',
    );
    await writeFile(join(folder, 'broken.yaml'), broken);
    await atrium('broken', ['start', '--config', 'broken.yaml']);
    outputs.set('audit', await readFile(join(folder, 'audit.log'), 'utf8'));
    // The collector may know the header it is to be sent, and nothing else.
    outputs.set('traces', collector.seen.join('\n').replaceAll(OTLP_SECRET, ''));
    expect(outputs.get('traces')).toContain('graphql.operation');
    expect(outputs.get('audit')).toContain('Sources');

    expect(leaks([...planted.secrets, ['the API token', apiToken], ['OTLP header', OTLP_SECRET]])).toEqual([]);
    // Had they been told of, it would have been seen: the tools were sent them, and commands did print something.
    const told = tool.seen.join('\n');
    const sent = [...planted.secrets].filter(([, secret]) => writtenForms(secret).some((form) => told.includes(form)));
    expect(sent.map(([place]) => place)).toEqual(
      expect.arrayContaining(['imap.password', 'scim.token', 'webdav.password', 'jive.token', 'discourse.apiKey']),
    );
    for (const [where, text] of outputs) expect(text, where).not.toBe('');
  });
});
