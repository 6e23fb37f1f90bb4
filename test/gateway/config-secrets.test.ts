import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { loadConfig, loadConfigFully } from '../../gateway/config/load.ts';
import { printConfig, secretsOf } from '../../gateway/config/print.ts';
import { withoutSecrets } from '../../gateway/config/secret-text.ts';

// None of the embedded connectors has a secret; this one marks them on all the layers a schema can have.
vi.mock(import('../../subgraphs/registry.ts'), () => {
  const vault = {
    name: 'vault',
    summary: 'For tests.',
    options: z.strictObject({
      key: z.string().meta({ secret: true }),
      inner: z
        .strictObject({ token: z.string().min(3).optional().meta({ secret: true }).describe('A token') })
        .prefault({}),
      tokens: z.array(z.string()).default([]).meta({ secret: true }),
      either: z.union([z.string().meta({ secret: true }), z.number()]).optional(),
      user: z.string().default('atrium'),
    }),
  };
  const area = (name: string) => ({ name, connectors: [vault] });
  return { subgraphs: ['directory', 'documents', 'forum'].map(area) } as never;
});

const SECRETS = {
  KEY: 'key-4f9a',
  TOKEN: 'token-77b1',
  ONE: 'one-c0ffee',
  REDIS_PW: 'pw-9e1d',
  SIGN: 'sign-0123456789abcdef',
};

const FILE = `
cache: { redis: "redis://:\${REDIS_PW}@cache:6379" }
subgraphSecret: \${SIGN}
forum:
  sources:
    - name: a
      connector: vault
      key: \${KEY}
      inner: { token: "x-\${TOKEN}" }
      tokens: ["\${ONE}", literal-secret]
      either: \${KEY}
`;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atrium-secrets-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true });
});

async function write(text: string) {
  await writeFile(join(dir, 'atrium.yaml'), text);
  return { env: SECRETS, cwd: dir };
}

describe('secrets', () => {
  it('come from the environment, alone or within a text', async () => {
    const config = await loadConfig(await write(FILE));
    expect(config.forum.sources[0]?.options).toMatchObject({
      key: SECRETS.KEY,
      inner: { token: `x-${SECRETS.TOKEN}` },
      tokens: [SECRETS.ONE, 'literal-secret'],
      either: SECRETS.KEY,
      user: 'atrium',
    });
    expect(config.cache.redis).toBe(`redis://:${SECRETS.REDIS_PW}@cache:6379`);
  });

  it('are not expanded a second time', async () => {
    const options = await write('subgraphSecret: ${SIGN}\n');
    const config = await loadConfig({ ...options, env: { SIGN: 'value-with-${KEY}-inside', KEY: 'no' } });
    expect(config.subgraphSecret).toBe('value-with-${KEY}-inside');
  });

  it('are masked when the configuration is printed', async () => {
    const printed = printConfig(await loadConfig(await write(FILE)));
    for (const secret of [...Object.values(SECRETS), 'literal-secret']) expect(printed).not.toContain(secret);
    expect(printed).toContain('key: "***"');
    expect(printed).toContain('user: atrium');
  });

  it('shows an address that holds none', async () => {
    const printed = printConfig(await loadConfig(await write('cache: { redis: "redis://cache:6379/2" }\n')));
    expect(printed).toContain('redis: redis://cache:6379/2');
  });

  it('are told to the doctor where they stand in the file', async () => {
    const { literalSecrets } = await loadConfigFully(await write(FILE));
    expect(literalSecrets).toEqual(['forum.sources[0].tokens[1]']);
  });

  it('are blotted out of messages', async () => {
    const secrets = secretsOf(await loadConfig(await write(FILE)));
    const message = withoutSecrets(`401 for x-${SECRETS.TOKEN} and ${SECRETS.REDIS_PW}`, secrets);
    expect(message).toBe('401 for *** and ***');
  });

  it('are blotted out of words only where they are too long to be one by chance', () => {
    const secrets = ['read', 'long-secret', 'a.b+', 'x'];
    expect(withoutSecrets('cannot be read by readers: readable, unread, (read) x', secrets)).toBe(
      'cannot be *** by readers: readable, unread, (***) x',
    );
    expect(withoutSecrets('xlong-secrety a.b+ axb+ a.b+c', secrets)).toBe('x***y *** axb+ a.b+c');
  });

  it('are in no message about them', async () => {
    const options = await write(
      'subgraphSecret: short-secret\nforum: { sources: [{ name: a, connector: vault, key: 5, inner: { token: "${T}" } }] }\n',
    );
    await expect(loadConfig({ ...options, env: { T: 'zq' } })).rejects.toThrow(
      [
        'atrium.yaml:1:17 "subgraphSecret" must have at least 16 characters',
        'atrium.yaml:2:54 "forum.sources[0].key" must be text, not a number: put it into quotes',
        'atrium.yaml:2:73 "forum.sources[0].inner.token" must have at least 3 characters',
      ].join('\n'),
    );
  });

  it('are refused elsewhere', async () => {
    const options = await write('forum: { sources: [{ name: a, connector: vault, key: k, user: "${KEY}" }] }\n');
    await expect(loadConfig(options)).rejects.toThrow(
      'atrium.yaml:1:63 "forum.sources[0].user" must not hold "${": the environment is read for secrets only; write the value itself',
    );
  });
});
