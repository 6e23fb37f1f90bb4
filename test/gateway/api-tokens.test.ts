import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { ApiTokens } from '../../gateway/identity/api-tokens.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

const MAIN = fileURLToPath(new URL('../../gateway/cli/atrium.js', import.meta.url));
const WHO =
  '{ viewer { person { name } service groups scopes isOperator } documents { totalCount } conversations { totalCount } }';

let company: Company;
let app: App;

beforeAll(async () => {
  company = await smallCompany({ development: {}, operators: ['group:legal'] });
  await company.write('documents/private/bob.md', '---\ntitle: For Bob\nreaders: ["person:bob"]\n---\n\nPrivate.\n');
  await company.sync();
  await writeFile(join(company.folder, 'atrium.yaml'), 'data: data\n');
  app = await company.open();
});
afterAll(() => company.close());

async function atrium(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN, 'token', ...args], {
      cwd: company.folder,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

async function ask(token: string) {
  const response = await app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    payload: JSON.stringify({ query: WHO }),
  });
  return { status: response.statusCode, ...response.json<{ data?: Record<string, unknown>; errors?: unknown }>() };
}

const REFUSED = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };

describe('tokens of services', () => {
  it('are made, listed, used and revoked while the gateway runs', async () => {
    const { out, code } = await atrium(
      'create',
      'reports',
      '--scopes',
      'reports:read',
      '--groups',
      'Legal',
      '--days',
      '7',
    );
    expect(code).toBe(0);
    const token = out.trim();
    expect(token).toMatch(/^atrium_[\w-]{43}$/);
    expect(await ask(token)).toMatchObject({
      status: 200,
      data: {
        viewer: { person: null, service: 'reports', groups: ['legal'], scopes: ['reports:read'], isOperator: false },
        documents: { totalCount: 4 },
        conversations: { totalCount: 3 },
      },
    });
    expect((await atrium('list')).out).toContain('reports  until 20');
    expect(JSON.parse((await atrium('list', '--json')).out)).toMatchObject([{ name: 'reports', groups: ['Legal'] }]);
    expect((await atrium('list', '--json')).out).not.toContain(token.slice(7));
    expect(await atrium('create', 'reports')).toMatchObject({ code: 1, out: '' });
    expect((await atrium('revoke', 'reports')).code).toBe(0);
    expect(await ask(token)).toMatchObject(REFUSED);
    expect((await atrium('revoke', 'reports')).code).toBe(1);
  }, 60_000);

  it('are kept as hashes only', async () => {
    const token = (await atrium('create', 'hashed')).out.trim();
    const files = (await readdir(company.config.data)).filter((name) => name.startsWith('tokens'));
    expect(files).toContain('tokens.db');
    for (const name of files) {
      // By another process: when this one closes a file, it loses SQLite's locks on it.
      const { stdout } = await promisify(execFile)('cat', [join(company.config.data, name)], { encoding: 'latin1' });
      expect(stdout).not.toContain(token.slice(7));
    }
    // One that was found lying about is revoked by itself.
    expect((await atrium('revoke', token)).out).toContain('"hashed"');
    expect(await ask(token)).toMatchObject(REFUSED);
  }, 60_000);

  const tokens = () => new ApiTokens(company.config.data);
  const make = (name: string, more: object = {}) =>
    tokens().create({
      name,
      scopes: [],
      groups: [],
      persons: [],
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
      ...more,
    }) ?? '';

  it('read what everyone may, and of particular people what is for these themselves', async () => {
    expect(await ask(make('plain'))).toMatchObject({
      data: { documents: { totalCount: 3 }, conversations: { totalCount: 2 }, viewer: { groups: [], scopes: [] } },
    });
    expect(await ask(make('for-bob', { persons: ['bob@x.example'] }))).toMatchObject({
      data: { documents: { totalCount: 4 }, viewer: { groups: [], person: null } },
    });
    expect(await ask(make('for-dan', { persons: ['dan', 'nobody.known'] }))).toMatchObject({
      data: { documents: { totalCount: 3 } },
    });
  });

  it('end', async () => {
    expect(await ask(make('old', { expiresAt: new Date(Date.now() - 1_000) }))).toMatchObject(REFUSED);
  });

  it('are refused when they are made up', async () => {
    const token = make('true');
    for (const other of [`${token}x`, token.slice(0, -1), 'atrium_', `atrium_${'A'.repeat(43)}`, token.toUpperCase()]) {
      expect(await ask(other)).toMatchObject(REFUSED);
    }
  });

  it.each([
    [['create'], 'create a token for what?'],
    [['create', 'Nice Name'], 'the name must be'],
    [['create', 'x', '--scopes', 'report:read'], 'did you mean "reports:read"?'],
    [['create', 'x', '--days', '0'], '"--days" must be'],
    [['revoke'], 'revoke which?'],
    [['make'], 'takes create NAME, list, or revoke NAME'],
    [[], 'takes create NAME'],
  ])('%j is not understood', async (args, message) => {
    const { code, err, out } = await atrium(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
