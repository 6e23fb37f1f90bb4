import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { smallCompany, type Company } from '../helpers/company.ts';
import { send, signed } from '../helpers/signed.ts';

const MAIN = fileURLToPath(new URL('../../gateway/cli/atrium.js', import.meta.url));
const SECRET = 'a secret of at least 16 characters';
const NAMES = ['directory', 'documents', 'forum'] as const;
type Name = (typeof NAMES)[number];

/** A running `atrium start`. */
interface Started {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it by the signal; its exit code, or the signal it died of. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
}

let company: Company;
/** The same company, all in this process. */
let together: App;
const subgraphs = new Map<Name, Started>();
let gateway: Started;

beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
  together = await company.open();
  // The directory first: the others take over whose accounts are whose when they start.
  for (const name of NAMES) subgraphs.set(name, await startSubgraph(name));
  gateway = await start('gateway', areasElsewhere(NAMES), ['--port', '0']);
}, 120_000);

afterAll(async () => {
  for (const started of [gateway, ...subgraphs.values()]) await started.end('SIGKILL');
  await company.close();
});

const SOURCES: Readonly<Record<Name, string>> = {
  directory: '{ name: people, connector: ldif, path: people.ldif }',
  documents: '{ name: docs, connector: folder, path: documents }',
  forum: '{ name: talk, connector: ndjson, path: talk.ndjson }',
};

function areasElsewhere(names: readonly Name[]): string {
  return names.map((name) => `${name}: { url: "${subgraphs.get(name)?.url}" }\n`).join('');
}

/** Starts a subgraph as a server of its own, with a store of its own, and waits until it is synced. */
async function startSubgraph(name: Name, port = 0): Promise<Started> {
  const areas = `${name}: { sources: [${SOURCES[name]}] }\n${name === 'directory' ? '' : areasElsewhere(['directory'])}`;
  return start(name, areas, ['--only', name, '--port', String(port)], 'Synced');
}

/** Starts the program and waits for its address, and for `word` where given. */
async function start(name: string, areas: string, args: readonly string[], word = ''): Promise<Started> {
  const file = join(company.folder, `${name}.yaml`);
  await writeFile(
    file,
    `data: ${name}-data\nsubgraphSecret: ${SECRET}\nlog: { level: error, format: json }\n${areas}development: { chooseViewer: true }\n`,
  );
  const child = spawn(process.execPath, [MAIN, 'start', '--config', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const address = await new Promise<string>((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const found = /GraphQL\s+(\S+)\/graphql/.exec(out)?.[1];
      if (found !== undefined && out.includes(word)) resolve(found);
    });
    void ended.then((code) => reject(new Error(`${name} ended with ${code}: ${out}${errors}`)));
  });
  return {
    url: address,
    process: child,
    async end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: object; readonly message: string }[];
}

async function ask(query: string, viewer?: string): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(viewer !== undefined && { 'x-atrium-viewer': viewer }) },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

const EVERYTHING = `{
  topic(query: "certificates") {
    people { totalCount edges { score confidence node { name accounts { id } } reasons { area share hits evidence { id } } } }
    content { totalCount edges { score excerpt { text marks { start end } } node { id title author { person { name } } } } }
    conversations { totalCount edges { score node { id title participants { edges { node { id person { name } } } } } } }
    related { name } coverage { area source status }
  }
  documents(orderBy: UPDATED_ASC) { totalCount edges { node { id title conversations { totalCount } } } }
  conversations { totalCount edges { node { id answer { id body author { person { mail } } } documents { totalCount } } } }
  people { edges { node { name status collaborators { edges { strength node { name } } } reputation { votes } } } }
  viewer { person { name } groups isOperator }
  sources { directory { name state itemCount } documents { name state itemCount } forum { name state itemCount } }
}`;

describe('each subgraph in a process of its own', () => {
  it.each([undefined, 'ada', 'bob', 'eve@x.example'])('answers %s as all in one process do', async (viewer) => {
    const answer = await ask(EVERYTHING, viewer);
    expect(answer.errors).toBeUndefined();
    expect(answer).toEqual(JSON.parse(JSON.stringify(await together.ask({ query: EVERYTHING, viewer }))));
    // Rights travel with the question.
    expect(answer.data).toMatchObject({ documents: { totalCount: viewer === 'bob' ? 4 : 3 } });
  });

  it('knows whose accounts are whose, from the directory over HTTP', async () => {
    const query = '{ person(id: "ada") { accounts { id } documents { totalCount } } }';
    expect(await ask(query)).toEqual({
      data: { person: { accounts: [{ id: 'acct:docs:ada' }, { id: 'acct:talk:ada' }], documents: { totalCount: 1 } } },
    });
  });

  it('answers nobody but the gateway', async () => {
    for (const [subgraph, { url }] of subgraphs) {
      // Unless told otherwise it listens where only this machine can ask.
      expect(new URL(url).hostname).toBe('127.0.0.1');
      const ask = { subgraph, secret: SECRET, query: '{ __typename }' };
      expect((await send(url, { ...signed(ask), headers: { 'content-type': 'application/json' } })).status).toBe(401);
      expect((await send(url, signed({ ...ask, secret: `${SECRET}, but not that one` }))).status).toBe(401);
      expect((await send(url, signed(ask))).status).toBe(200);
    }
    const directory = subgraphs.get('directory')!;
    const identities = signed({ subgraph: 'directory', secret: SECRET, path: '/identities' });
    expect((await send(directory.url, { ...identities, headers: {} })).status).toBe(401);
    expect((await send(directory.url, identities)).status).toBe(200);
  });

  it('may be killed and started again: its part is missing meanwhile, and nothing else', async () => {
    const query = `{ topic(query: "certificates") { content { totalCount } conversations { totalCount }
      coverage { area status } } }`;
    const full = await ask(query);
    expect(full.errors).toBeUndefined();
    const forum = subgraphs.get('forum')!;
    expect(await forum.end('SIGKILL')).toBe('SIGKILL');
    // Another question: the answer to the first one may still be given again.
    const partial = await ask(query.replace('{ topic', 'query Partial { topic'));
    expect(partial.data).toMatchObject({ topic: { content: { totalCount: 2 }, conversations: null } });
    expect(partial.errors?.map(({ extensions }) => extensions)).toContainEqual({
      code: 'SUBGRAPH_UNAVAILABLE',
      subgraph: 'forum',
    });
    expect(JSON.stringify(partial.errors)).not.toMatch(/127\.0\.0\.1|ECONN|:\d{4,5}/);
    subgraphs.set('forum', await startSubgraph('forum', Number(new URL(forum.url).port)));
    expect(await ask(query.replace('{ topic', 'query Again { topic'))).toEqual(full);
  });

  it('ends cleanly when told to', async () => {
    for (const started of [gateway, ...subgraphs.values()]) expect(await started.end('SIGTERM')).toBe(0);
  });

  it('does not start without the secret', async () => {
    const file = join(company.folder, 'open.yaml');
    await writeFile(file, `data: open-data\nforum: { sources: [${SOURCES.forum}] }\n`);
    const child = spawn(process.execPath, [MAIN, 'start', '--config', file, '--only', 'forum', '--port', '0']);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBeGreaterThan(0);
    expect(errors).toContain('subgraphSecret');
  });
});
