import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { AuthConfig, type Auth } from '../../gateway/config/auth.ts';
import { smallCompany, type Company } from '../helpers/company.ts';
import {
  AUDIENCE,
  signingKey,
  startKeyServer,
  tokenOf,
  type KeyServer,
  type SigningKey,
} from '../servers/key-server.ts';

const WHO = JSON.stringify({ query: '{ viewer { person { name mail } groups scopes service isOperator } }' });

let company: Company;
let server: KeyServer;
let key: SigningKey;
let foreign: SigningKey;

beforeAll(async () => {
  company = await smallCompany({ development: {} });
  await company.sync();
  [key, foreign] = await Promise.all([signingKey('key-1'), signingKey('key-1')]);
  server = await startKeyServer([key]);
});
afterAll(async () => {
  await server.close();
  await company.close();
});

/** Gateways of one test. */
const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

/** A gateway that listens, where one signs in like this. */
async function serve(auth: object, change: object = {}): Promise<string> {
  const parsed: Auth = AuthConfig.parse(auth);
  const app = await createApp({ ...company.config, auth: parsed, log: { level: 'silent', format: 'json' }, ...change });
  apps.push(app);
  return app.http.listen({ host: '127.0.0.1', port: 0 });
}

const oidc = (more: object = {}) => ({ oidc: { issuer: server.issuer, audience: AUDIENCE, ...more } });

interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly code: string | undefined;
  readonly viewer: { person: { name: string; mail: string } | null; groups: string[]; scopes: string[] } | undefined;
}

/** Asks who one is. Headers are sent as they are given, twice where they are given twice. */
function ask(url: string, headers: readonly (readonly [string, string])[] = [], path = '/graphql'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { data, errors } = JSON.parse(text) as {
          data?: { viewer: Answer['viewer'] };
          errors?: { extensions: { code: string } }[];
        };
        resolve({
          status: response.statusCode ?? 0,
          challenge: response.headers['www-authenticate'],
          code: errors?.[0]?.extensions.code,
          viewer: data?.viewer,
        });
      });
    });
    request.on('error', reject);
    const all: [string, string[]][] = [['content-type', ['application/json']]];
    for (const [name, value] of headers) {
      const known = all.find(([each]) => each === name);
      if (known) known[1].push(value);
      else all.push([name, [value]]);
    }
    for (const [name, values] of all) request.setHeader(name, values.length === 1 ? values[0]! : values);
    request.end(WHO);
  });
}

const bearer = (token: string): [string, string] => ['authorization', `Bearer ${token}`];
const REFUSED = {
  status: 401,
  code: 'UNAUTHENTICATED',
  challenge: expect.stringMatching(/^Bearer realm="atrium"/),
  viewer: undefined,
};

describe('access tokens of an OpenID provider', () => {
  let url: string;
  let usual: App[] = [];
  beforeAll(async () => {
    url = await serve(oidc());
    usual = apps.splice(0);
  });
  afterAll(async () => {
    for (const app of usual) await app.close();
  });

  it('say who is asking, with the groups of the directory', async () => {
    const { status, viewer } = await ask(url, [bearer(tokenOf(server.issuer, key))]);
    expect(status).toBe(200);
    expect(viewer).toEqual({
      person: { name: 'Ada', mail: 'ada@x.example' },
      groups: ['everybody'],
      scopes: ['people:contact'],
      service: null,
      isOperator: false,
    });
  });

  it('of somebody the directory does not know, or who left, show what everyone may see', async () => {
    for (const email of ['who@x.example', 'dan@x.example', 'Ada', '', undefined, ['ada@x.example'], { $ne: '' }, 7]) {
      const { status, viewer } = await ask(url, [bearer(tokenOf(server.issuer, key, { claims: { email } }))]);
      expect({ status, viewer }).toMatchObject({ status: 200, viewer: { person: null, groups: [], scopes: [] } });
    }
  });

  it('with an address that nobody proved name nobody', async () => {
    const claims = { email_verified: false };
    expect((await ask(url, [bearer(tokenOf(server.issuer, key, { claims }))])).viewer?.person).toBeNull();
  });

  it('are wanted: without one nobody is answered', async () => {
    expect(await ask(url)).toEqual({ ...REFUSED, challenge: 'Bearer realm="atrium"' });
    expect(await ask(url, [['x-atrium-viewer', 'ada']])).toEqual(REFUSED);
    expect(await ask(url, [['x-remote-user', 'ada']])).toEqual(REFUSED);
  });

  it('are not wanted where anybody may ask', async () => {
    const open = await serve({ ...oidc(), anonymous: 'allow' });
    expect(await ask(open)).toMatchObject({ status: 200, viewer: { person: null, scopes: [] } });
    expect(await ask(open, [bearer('x.y.z')])).toEqual(REFUSED);
  });

  const now = () => Math.floor(Date.now() / 1_000);
  const encode = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const withClaims = (claims: Record<string, unknown> | (() => Record<string, unknown>)) => () =>
    tokenOf(server.issuer, key, { claims: typeof claims === 'function' ? claims() : claims });
  /** What `JSON.stringify` writes as it stands; of it TypeScript does not know yet. */
  const rawJson = (JSON as unknown as { rawJSON: (text: string) => object }).rawJSON;
  const withHeader = (header: Record<string, unknown>) => () => tokenOf(server.issuer, key, { header });
  const genuine = () => tokenOf(server.issuer, key);

  const refused: [string, () => Promise<string> | string][] = [
    ['nonsense', () => 'nonsense'],
    ['three dots', () => '..'],
    ['no signature: alg none', async () => `${encode({ alg: 'none' })}.${genuine().split('.')[1]}.`],
    ['no signature: alg nOnE', async () => `${encode({ alg: 'nOnE', kid: 'key-1' })}.${genuine().split('.')[1]}.`],
    ['no signature at all', async () => `${genuine().split('.').slice(0, 2).join('.')}.`],
    ['a signature of zeros', async () => `${genuine().split('.').slice(0, 2).join('.')}.${'A'.repeat(342)}`],
    [
      'another payload',
      async () => {
        const [header, , signature] = genuine().split('.');
        return `${header}.${encode({ iss: server.issuer, aud: AUDIENCE, email: 'bob@x.example', exp: now() + 300 })}.${signature}`;
      },
    ],
    ...(['pem', 'jwk'] as const).map((format): [string, () => Promise<string>] => [
      `HS256 with the public key as the secret (${format})`,
      async () => {
        const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
        const text = `${encode({ alg: 'HS256', kid: 'key-1' })}.${genuine().split('.')[1]}`;
        const secret = format === 'pem' ? pem : JSON.stringify(key.jwk);
        return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
      },
    ]),
    ['an algorithm that is not taken', withHeader({ alg: 'RS512' })],
    ['a key of somebody else’s', () => tokenOf(server.issuer, foreign)],
    ['a number for the name of the key', withHeader({ kid: 1 })],
    ['a list for it', withHeader({ kid: ['key-1'] })],
    ['an object for it', withHeader({ kid: { toString: 'key-1' } })],
    ['nothing for it', withHeader({ kid: '' })],
    ['a path for it', withHeader({ kid: '../../../../dev/null' })],
    ['SQL for it', withHeader({ kid: "' OR 1=1 --" })],
    ['__proto__ for it', withHeader({ kid: '__proto__' })],
    ['line breaks in it', withHeader({ kid: 'key-1\r\nX: y' })],
    ['a name of 2,000 characters for it', withHeader({ kid: 'k'.repeat(2_000) })],
    ['an unknown extension that is critical', withHeader({ crit: ['exp'], exp: 1 })],
    ['critical extensions that are none', withHeader({ crit: [] })],
    ['an unencoded payload', withHeader({ crit: ['b64'], b64: false })],
    ['expired', withClaims(() => ({ exp: now() - 120 }))],
    ['of the future by nbf', withClaims(() => ({ nbf: now() + 120 }))],
    ['of the future by iat', withClaims(() => ({ iat: now() + 120 }))],
    ['without an end', withClaims({ exp: undefined })],
    ['with an end that is text', withClaims(() => ({ exp: String(now() + 300) }))],
    ['with an end beyond all numbers', withClaims({ exp: rawJson('1e999') })],
    ['another issuer', withClaims({ iss: 'https://evil.example' })],
    ['the issuer with a slash more', () => withClaims({ iss: `${server.issuer}/` })()],
    ['no issuer', withClaims({ iss: undefined })],
    ['another audience', withClaims({ aud: 'https://other.example' })],
    ['no audience', withClaims({ aud: undefined })],
    ['an audience that begins like ours', withClaims({ aud: `${AUDIENCE}.evil.example` })],
    ['an ID token, by its nonce', withClaims({ nonce: 'n' })],
    ['an ID token, by its at_hash', withClaims({ at_hash: 'h' })],
    ['an ID token, by its typ', withClaims({ typ: 'ID' })],
    ['an ID token, by its use', withClaims({ token_use: 'id' })],
    ['a refresh token, by its typ', withClaims({ typ: 'Refresh' })],
    ['a logout token', withHeader({ typ: 'logout+jwt' })],
    ['a token of 12 kB', withClaims({ pad: 'x'.repeat(9_000) })],
  ];
  it.each(refused)('are refused: %s', async (_what, make) => {
    expect(await ask(url, [bearer(await make())])).toEqual(REFUSED);
  });

  it('with a header that says where their key is are judged by our keys, and nothing there is asked', async () => {
    const evil = await startKeyServer([foreign]);
    const hints = [
      { jku: evil.jwksUrl },
      { x5u: `${evil.issuer}/cert.pem` },
      { jwk: foreign.jwk },
      { x5c: ['MIIB'] },
      { jku: evil.jwksUrl, kid: 'unknown' },
    ];
    for (const header of hints) {
      expect(await ask(url, [bearer(tokenOf(server.issuer, foreign, { header }))])).toEqual(REFUSED);
    }
    await evil.close();
    expect(evil.asked).toEqual({ keys: 0, other: [] });
  });

  it.each([
    ['two headers', async () => [bearer(genuine()), bearer(genuine())]],
    ['two in one header', async () => [['authorization', `Bearer ${genuine()}, Bearer ${genuine()}`]]],
    ['another scheme', async () => [['authorization', `Basic ${genuine()}`]]],
    ['no scheme', async () => [['authorization', genuine()]]],
    ['an empty header', async () => [['authorization', '']]],
  ] as [string, () => Promise<[string, string][]>][])('are refused in %s', async (_what, headers) => {
    expect(await ask(url, await headers())).toEqual(REFUSED);
  });

  it.each(['access_token', 'Access_Token', 'id_token', 'token', 'authorization'])(
    'are refused in the address: %s',
    async (name) => {
      const token = genuine();
      expect(await ask(url, [], `/graphql?${name}=${token}`)).toEqual(REFUSED);
      expect(await ask(url, [bearer(token)], `/graphql?${name}=${token}`)).toEqual(REFUSED);
    },
  );

  it.each([
    ['30 s after their end', () => ({ exp: now() - 30 })],
    ['30 s before their beginning', () => ({ nbf: now() + 30, iat: now() + 30 })],
    ['with several audiences', { aud: ['https://other.example', AUDIENCE] }],
    ['that say what they are for', { typ: 'Bearer', nonce: 'n' }],
  ])('are taken %s', async (_what, claims) => {
    expect(await ask(url, [bearer(withClaims(claims)())])).toMatchObject({ status: 200, viewer: { person: {} } });
  });

  it('may be wanted to say that they are access tokens', async () => {
    const strict = await serve(oidc({ tokenType: 'at+jwt' }));
    expect(await ask(strict, [bearer(genuine())])).toEqual(REFUSED);
    for (const typ of ['at+jwt', 'application/at+jwt']) {
      const token = withHeader({ typ })();
      expect(await ask(strict, [bearer(token)])).toMatchObject({ status: 200 });
    }
  });

  it('bring groups and scopes where a claim is configured, those on the list', async () => {
    const mapped = await serve({
      ...oidc({ groupsClaim: 'realm.roles', groupNames: { 'x-legal': 'Legal' }, scopesClaim: 'scope' }),
      scopes: [],
    });
    const claims = { realm: { roles: ['x-legal', 'counsel', '__proto__', 7] }, scope: 'reports:read openid' };
    expect((await ask(mapped, [bearer(withClaims(claims)())])).viewer).toMatchObject({
      groups: ['everybody', 'legal'],
      scopes: ['reports:read', 'openid'],
    });
  });

  it('find people by the configured claim, and by what of them it is', async () => {
    const byName = await serve(oidc({ claim: 'preferred_username', matches: 'username' }));
    const nameOf = async (preferred_username: string) =>
      (await ask(byName, [bearer(withClaims({ preferred_username })())])).viewer?.person?.name;
    expect(await nameOf('bob')).toBe('Bob');
    expect(await nameOf('bob@x.example')).toBeUndefined();
    expect(await nameOf('Bob')).toBe('Bob');
  });
});

describe('tokens whose keys are known', () => {
  const withSecret = (secret: string, hash = 'sha256') => {
    const claims = { iss: 'portal', aud: AUDIENCE, email: 'bob@x.example', exp: Math.floor(Date.now() / 1_000) + 300 };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${encode({ alg: `HS${hash.slice(3)}`, typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
  };
  const jwt = (more: object) => ({ jwt: { issuer: 'portal', audience: AUDIENCE, ...more } });

  it('of a key server', async () => {
    const url = await serve(jwt({ jwksUrl: server.jwksUrl }));
    expect(await ask(url, [bearer(tokenOf('portal', key))])).toMatchObject({ status: 200, viewer: { person: {} } });
    expect(await ask(url, [bearer(tokenOf('portal', foreign))])).toEqual(REFUSED);
    expect(await ask(url, [bearer(tokenOf(server.issuer, key))])).toEqual(REFUSED);
  });

  it('of a file', async () => {
    const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await company.write('portal.pem', pem);
    const url = await serve(jwt({ keyFile: join(company.folder, 'portal.pem') }));
    expect(await ask(url, [bearer(tokenOf('portal', key))])).toMatchObject({ status: 200, viewer: { person: {} } });
    expect(await ask(url, [bearer(tokenOf('portal', foreign))])).toEqual(REFUSED);
    expect(await ask(url, [bearer(withSecret(pem))])).toEqual(REFUSED);
    await company.write('none.pem', 'nothing');
    await expect(serve(jwt({ keyFile: join(company.folder, 'none.pem') }))).rejects.toThrow(
      '"auth.jwt.keyFile" holds no',
    );
  });

  it('by a secret that both sides share', async () => {
    const secret = 'a secret that is long enough for both sides';
    const url = await serve(jwt({ secret }));
    expect(await ask(url, [bearer(withSecret(secret))])).toMatchObject({ viewer: { person: { name: 'Bob' } } });
    expect(await ask(url, [bearer(withSecret(`${secret}!`))])).toEqual(REFUSED);
    expect(await ask(url, [bearer(withSecret(secret, 'sha512'))])).toEqual(REFUSED);
    expect(await ask(url, [bearer(tokenOf('portal', key))])).toEqual(REFUSED);
  });
});

describe('the key server', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    return () => void vi.useRealTimers();
  });
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000);

  it('is asked at most once in 30 s, however many keys are named', async () => {
    const own = await startKeyServer([key]);
    const url = await serve({ oidc: { issuer: own.issuer, audience: AUDIENCE } });
    const random = async (at: number) =>
      ask(url, [bearer(tokenOf(own.issuer, foreign, { header: { kid: `random-${at}` } }))]);
    for (let minute = 0; minute < 2; minute++) {
      const answers = await Promise.all(Array.from({ length: 500 }, (_, at) => random(at)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      expect(own.asked.keys).toBe(minute + 1);
      expect(await ask(url, [bearer(tokenOf(own.issuer, key))])).toMatchObject({ status: 200 });
      later(31);
    }
    await own.close();
  }, 60_000);

  it('may change its keys, with overlap', async () => {
    const own = await startKeyServer([key]);
    const url = await serve({ oidc: { issuer: own.issuer, audience: AUDIENCE } });
    const status = async (by: SigningKey) => (await ask(url, [bearer(tokenOf(own.issuer, by))])).status;
    expect(await status(key)).toBe(200);
    const next = await signingKey('key-2');
    own.keys = [key, next];
    later(31);
    expect([await status(next), await status(key)]).toEqual([200, 200]);
    own.keys = [next];
    later(700);
    expect(await status(next)).toBe(200);
    await vi.waitFor(async () => expect(await status(key)).toBe(401));
    await own.close();
  });

  it.each(['hanging', 'broken', 'empty', 'down'] as const)(
    'may be %s at the start',
    async (mood) => {
      let own = await startKeyServer([key]);
      const { issuer } = own;
      if (mood === 'down') await own.close();
      else own.mood = mood;
      const url = await serve({ oidc: { issuer, audience: AUDIENCE } });
      const token = tokenOf(issuer, key);
      expect(await ask(url, [bearer(token)])).toMatchObject({ status: 503, code: 'SIGN_IN_UNAVAILABLE' });
      expect(await ask(url)).toEqual(REFUSED);
      if (mood === 'down') own = await startKeyServer([key], Number(new URL(issuer).port));
      own.mood = 'well';
      later(6);
      expect(await ask(url, [bearer(token)])).toMatchObject({ status: 200 });
      await own.close();
    },
    30_000,
  );

  it.each(['hanging', 'broken', 'empty'] as const)(
    'may be %s later: known keys are taken on',
    async (mood) => {
      const own = await startKeyServer([key]);
      const url = await serve({ oidc: { issuer: own.issuer, audience: AUDIENCE } });
      const answer = async (by: SigningKey, header: Record<string, unknown> = {}) =>
        ask(url, [bearer(tokenOf(own.issuer, by, { header }))]);
      expect(await answer(key)).toMatchObject({ status: 200 });
      own.mood = mood;
      later(3_600);
      expect(await answer(key)).toMatchObject({ status: 200 });
      expect(await answer(foreign, { kid: 'new' })).toMatchObject({ status: 503, code: 'SIGN_IN_UNAVAILABLE' });
      own.mood = 'well';
      later(31);
      expect(await answer(foreign, { kid: 'new' })).toEqual(REFUSED);
      // A key that could not be asked after for a day is not believed any more.
      own.mood = mood;
      later(90_000);
      expect(await answer(key)).toMatchObject({ status: 503 });
      await own.close();
    },
    30_000,
  );
});

describe('a name by a proxy', () => {
  it('is taken from the proxies named', async () => {
    const url = await serve({ trustedHeader: { proxies: ['127.0.0.0/8'] } });
    expect(await ask(url, [['x-remote-user', 'bob']])).toMatchObject({
      status: 200,
      viewer: { person: { name: 'Bob' } },
    });
    expect(await ask(url, [['x-remote-user', 'nobody-known']])).toMatchObject({
      status: 200,
      viewer: { person: null },
    });
    expect(await ask(url)).toEqual(REFUSED);
  });

  it.each([
    [
      'two',
      [
        ['x-remote-user', 'bob'],
        ['x-remote-user', 'ada'],
      ],
    ],
    ['two in one', [['x-remote-user', 'bob, ada']]],
    ['none', [['x-remote-user', '']]],
    [
      'one beside a token',
      [
        ['x-remote-user', 'bob'],
        ['authorization', 'Bearer x'],
      ],
    ],
  ] as [string, [string, string][]][])('is refused as %s', async (_what, headers) => {
    const url = await serve({ trustedHeader: { proxies: ['127.0.0.1', '::1'] } });
    expect(await ask(url, headers)).toEqual(REFUSED);
  });

  it('is refused from anybody else, also where anybody may ask', async () => {
    const url = await serve({ anonymous: 'allow', trustedHeader: { proxies: ['10.0.0.5', 'fd00::/8'] } });
    const spoof: [string, string][] = [
      ['x-remote-user', 'bob'],
      ['x-forwarded-for', '10.0.0.5'],
    ];
    expect(await ask(url, spoof)).toEqual(REFUSED);
    expect(await ask(url)).toMatchObject({ status: 200, viewer: { person: null } });
  });
});

describe('a viewer chosen in development', () => {
  it('has every scope', async () => {
    const url = await serve({}, { development: { chooseViewer: true } });
    expect((await ask(url, [['x-atrium-viewer', 'ada']])).viewer).toMatchObject({
      person: { name: 'Ada' },
      scopes: ['people:contact', 'reports:read'],
    });
  });

  it.each([
    ['under another name of the server', ['host', 'atrium.evil.example']],
    ['through a proxy', ['x-forwarded-for', '10.0.0.1']],
  ] as [string, [string, string]][])('is nobody %s', async (_what, header) => {
    const url = await serve({}, { development: { chooseViewer: true, viewer: 'bob' } });
    expect((await ask(url, [['x-atrium-viewer', 'ada'], header])).viewer).toMatchObject({ person: null, scopes: [] });
  });
});
