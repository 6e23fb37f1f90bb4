import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSignIn } from '../../gateway/cli/checks.ts';
import { allowsAnonymous } from '../../gateway/config/auth.ts';
import { loadConfig } from '../../gateway/config/load.ts';
import { printConfig } from '../../gateway/config/print.ts';
import { signingKey, startKeyServer } from '../servers/key-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atrium-auth-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function load(text: string) {
  await writeFile(join(dir, 'atrium.yaml'), text);
  return loadConfig({ env: { SHARED: 's'.repeat(40) }, cwd: dir });
}

const OIDC = 'oidc: { issuer: "https://login.example", audience: atrium }';
const JWT = 'issuer: portal, audience: atrium';

describe('how people sign in', () => {
  it('is no matter by default: anybody may ask, and is nobody', async () => {
    const { auth } = await load('title: x\n');
    expect([allowsAnonymous(auth), auth.scopes]).toEqual([true, ['people:contact']]);
  });

  it('once configured is wanted of everybody, unless it says otherwise', async () => {
    expect(allowsAnonymous((await load(`auth: { ${OIDC} }\n`)).auth)).toBe(false);
    expect(allowsAnonymous((await load(`auth: { ${OIDC}, anonymous: allow }\n`)).auth)).toBe(true);
    expect(allowsAnonymous((await load('auth: { anonymous: deny }\n')).auth)).toBe(false);
  });

  it('finds the key’s file from the configuration’s folder, and prints no secret', async () => {
    expect((await load(`auth: { jwt: { ${JWT}, keyFile: keys/portal.pem } }\n`)).auth.jwt?.keyFile).toBe(
      join(dir, 'keys', 'portal.pem'),
    );
    const config = await load(`auth: { jwt: { ${JWT}, secret: "\${SHARED}" } }\n`);
    expect(config.auth.jwt?.secret).toBe('s'.repeat(40));
    expect(printConfig(config)).not.toContain('sss');
  });

  it.each([
    [
      `auth: { ${OIDC}, trustedHeader: { proxies: [10.0.0.5] } }`,
      '"auth.trustedHeader" and "auth.oidc" exclude each other',
    ],
    [`auth: { jwt: { ${JWT} } }`, 'needs one of "jwksUrl", "keyFile" and "secret"'],
    [
      `auth: { jwt: { ${JWT}, keyFile: a.pem, secret: "\${SHARED}" } }`,
      'needs one of "jwksUrl", "keyFile" and "secret"',
    ],
    [`auth: { jwt: { ${JWT}, keyFile: a.pem, algorithms: [RS256, HS256] } }`, 'HS256 takes a "secret"'],
    [`auth: { jwt: { ${JWT}, secret: "\${SHARED}", algorithms: [RS256] } }`, 'RS256 takes no "secret"'],
    [`auth: { jwt: { ${JWT}, secret: short } }`, 'must have at least 32 characters'],
    ['auth: { oidc: { issuer: "https://login.example", audience: a, algorithms: [none] } }', 'must be one of RS256'],
    ['auth: { oidc: { issuer: "https://login.example", audience: a, algorithms: [HS256] } }', 'must be one of RS256'],
    ['auth: { oidc: { issuer: "https://login.example", audience: a, algorithms: [] } }', 'at least 1 entry'],
    ['auth: { oidc: { issuer: "http://login.example", audience: a } }', 'must begin with https://'],
    [`auth: { jwt: { ${JWT}, jwksUrl: "http://login.example/keys" } }`, 'must begin with https://'],
    ['auth: { oidc: { issuer: "https://login.example" } }', 'audience" is missing'],
    ['auth: { oidc: { issuer: "https://login.example", audience: "" } }', 'audience" must not be empty'],
    ['auth: { trustedHeader: { proxies: [] } }', 'at least 1 entry'],
    ['auth: { trustedHeader: { proxies: [0.0.0.0/0] } }', 'must be an address or a net'],
    ['auth: { trustedHeader: { proxies: [proxy.example] } }', 'must be an address or a net'],
    [`auth: { ${OIDC} }\ndevelopment: { chooseViewer: true }`, 'must not stand beside "auth.oidc"'],
    [`auth: { ${OIDC} }\ndevelopment: { viewer: ada }`, 'must not stand beside "auth.oidc"'],
    ['listen: { host: 0.0.0.0 }\ndevelopment: { viewer: ada }', '"listen.host" must be 127.0.0.1'],
  ])('is not taken as %s', async (text, message) => {
    await expect(load(`${text}\n`)).rejects.toThrow(message);
  });

  it('is looked at by the doctor', async () => {
    expect(await checkSignIn(await load('title: x\n'))).toEqual([]);
    const server = await startKeyServer([await signingKey('a')]);
    const config = await load(`auth: { oidc: { issuer: "${server.issuer}", audience: a } }\n`);
    expect(await checkSignIn(config)).toMatchObject([{ status: 'ok', detail: `${server.issuer} has a key.` }]);
    const other = await load(`auth: { oidc: { issuer: "${server.issuer}/", audience: a } }\n`);
    expect(await checkSignIn(other)).toMatchObject([
      { status: 'failed', detail: expect.stringContaining('another name') },
    ]);
    server.mood = 'broken';
    expect(await checkSignIn(config)).toMatchObject([
      { status: 'failed', detail: expect.stringContaining('status 500') },
    ]);
    await server.close();
    expect(await checkSignIn(config)).toMatchObject([{ status: 'failed' }]);
  });
});
