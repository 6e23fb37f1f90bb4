import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  registerExplorer,
  sendExplorer,
  wantsExplorer,
  type ExplorerOptions,
} from '../../gateway/explorer/explorer.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

let operationsDir: string;
let app: FastifyInstance;

beforeEach(async () => {
  operationsDir = await mkdtemp(join(tmpdir(), 'atrium-operations-'));
});

afterEach(async () => {
  await app.close();
  await rm(operationsDir, { recursive: true });
});

function createApp(options: Partial<ExplorerOptions> = {}): FastifyInstance {
  app = Fastify();
  registerExplorer(app, { endpoint: '/graphql', operationsDir, title: 'Atrium', ...options });
  // In a plugin of its own, as the real route may be: the page must be reachable from there too.
  app.register(async (child) => {
    child.get('/graphql', async (request, reply) =>
      wantsExplorer(request) ? sendExplorer(reply) : { data: 'from GraphQL' },
    );
  });
  return app;
}

function getPage(url = '/graphql') {
  return app.inject({ url, headers: { accept: BROWSER } });
}

function dataOf(html: string): { endpoint: string; operations: { query: string; variables?: string }[] } {
  const json = /<script type="application\/json" id="explorer-data">(.*?)<\/script>/s.exec(html)?.[1];
  return JSON.parse(json ?? '');
}

describe('explorer page', () => {
  it.each(['/', '/graphql', '/graphql?query=%7Bhello%7D'])('is shown to a browser on GET %s', async (url) => {
    createApp();
    const page = await getPage(url);
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<title>Atrium explorer</title>');
  });

  it.each([undefined, '*/*', 'application/json', 'application/json, text/html;q=0.5', 'text/html;q=0'])(
    'leaves Accept: %s to GraphQL',
    async (accept) => {
      createApp();
      const answer = await app.inject({ url: '/graphql', headers: accept ? { accept } : {} });
      expect(answer.json()).toEqual({ data: 'from GraphQL' });
      expect((await app.inject({ url: '/' })).body).toContain('send GraphQL to /graphql');
    },
  );

  it('may load and reach nothing but this server', async () => {
    createApp();
    const { headers, body } = await getPage();
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');

    for (const [, address] of body.matchAll(/(?:src|<link[^>]* href)="([^"]*)"/g)) {
      expect(address).toMatch(/^\/explorer\/assets\//);
    }
    // Scripts come from files only; what stands in the page is data.
    expect(body.match(/<script(?![^>]* src=)[^>]*>/g)).toEqual(['<script type="application/json" id="explorer-data">']);
  });

  it('opens topic.graphql first, the others by name, with their variables', async () => {
    const files = {
      'topic.graphql': '# What Atrium is for\nquery Topic { topic }\n',
      'topic.variables.json': '{ "query": "mail" }',
      'zebra.graphql': 'query Zebra { zebra }',
      'alpha.graphql': 'query Alpha { alpha }',
      'manifest.json': '{}',
      'README.md': 'not an operation',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(operationsDir, name), text);
    createApp();
    expect(dataOf((await getPage()).body)).toEqual({
      endpoint: '/graphql',
      operations: [
        { query: files['topic.graphql'], variables: files['topic.variables.json'] },
        { query: files['alpha.graphql'] },
        { query: files['zebra.graphql'] },
      ],
    });
  });

  it('works without the folder of operations', async () => {
    createApp({ operationsDir: join(operationsDir, 'missing') });
    expect(dataOf((await getPage()).body).operations).toEqual([]);
  });

  it('escapes operations, names and titles', async () => {
    const query = '# </script><script>alert(1)</script><!--\n{ hello }';
    await writeFile(join(operationsDir, 'topic.graphql'), query);
    createApp({
      title: '<b>Atrium</b>',
      viewers: [{ id: '"><script>alert(2)</script>', name: '<i>Ada</i>', title: 'R&D "lead"' }],
    });
    const { body } = await getPage();
    expect(dataOf(body).operations).toEqual([{ query }]);
    expect(body).not.toMatch(/alert\(1\)<\/script>|<script>|<!--|<b>|<i>/);
    expect(body).toContain('<option value="&#34;&#62;&#60;script&#62;');
    expect(body).toContain('&#60;i&#62;Ada&#60;/i&#62; — R&#38;D &#34;lead&#34;</option>');
  });
});

describe('explorer viewers', () => {
  it('offers no choice unless people are given', async () => {
    createApp();
    expect((await getPage()).body).not.toContain('<select');
  });

  it('lists the people given, whether at once or on demand', async () => {
    createApp({ viewers: async () => [{ id: 'p1', name: 'Ada Byron', title: null }] });
    const { body } = await getPage();
    expect(body).toContain('<label for="viewer">Asking as</label>');
    expect(body).toContain('<option value="">nobody</option><option value="p1">Ada Byron</option></select>');
  });

  it('is shown even when the people cannot be listed, without telling the cause', async () => {
    createApp({ viewers: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:389')) });
    const page = await getPage();
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('the people cannot be listed now');
    expect(page.body).not.toContain('10.0.0.7');
  });
});

describe('explorer assets', () => {
  it('are all served, typed, compressed and kept by the browser for good', async () => {
    createApp();
    const { body } = await getPage();
    const addresses = new Set([...body.matchAll(/"(\/explorer\/assets\/[^"]*)"/g)].map(([, address]) => address));
    expect(addresses.size).toBe(7);
    for (const url of addresses) {
      const plain = await app.inject({ url: url! });
      const gzipped = await app.inject({ url: url!, headers: { 'accept-encoding': 'gzip, deflate, br' } });
      expect(plain.statusCode, url).toBe(200);
      expect(plain.headers['content-type']).toMatch(/^(text\/(javascript|css); charset=utf-8|image\/svg\+xml)$/);
      expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(plain.headers['x-content-type-options']).toBe('nosniff');
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(gzipped.headers['content-encoding']).toBe('gzip');
      expect(gzipped.headers.vary).toBe('Accept-Encoding');
      expect(gunzipSync(gzipped.rawPayload).equals(plain.rawPayload), url).toBe(true);
    }
  });

  it('are asked for again when the address has no version or another one', async () => {
    createApp();
    for (const url of ['/explorer/assets/explorer.js', '/explorer/assets/explorer.js?v=old']) {
      const first = await app.inject({ url });
      expect(first.headers['cache-control']).toBe('no-cache');
      const again = await app.inject({ url, headers: { 'if-none-match': String(first.headers.etag) } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
  });

  it.each([
    '/explorer/assets/',
    '/explorer/assets',
    '/explorer',
    '/explorer/assets/missing.js',
    '/explorer/assets/__proto__',
    '/explorer/assets/constructor',
    '/explorer/assets/..%2f..%2fpackage.json',
    '/explorer/assets/..%2Fexplorer.ts',
    '/explorer/assets/%2e%2e/%2e%2e/package.json',
    '/explorer/assets/../../package.json',
    '/explorer/assets/..%5c..%5cpackage.json',
    '/explorer/assets/explorer.js%00.css',
  ])('answers 404 for %s', async (url) => {
    createApp();
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain('dependencies');
  });
});
