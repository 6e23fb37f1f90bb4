import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildSchema, graphql } from 'graphql';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registerExplorer, sendExplorer, wantsExplorer } from '../../gateway/explorer/explorer.ts';
import { registerSecurityHeaders } from '../../gateway/http/security-headers.ts';
import { isInstalled } from '../servers/real.ts';

const CHROMIUM = '/usr/bin/chromium';

const OPERATIONS = {
  'topic.graphql': '# Who and what there is on a topic.\nquery Topic($query: String!) {\n  topic(query: $query)\n}\n',
  'topic.variables.json': '{ "query": "expense reports" }',
  'person.graphql': '# One person.\nquery Person {\n  viewer\n}\n',
  'areas.graphql': '# All areas.\nquery Areas {\n  viewer\n}\n',
};

const schema = buildSchema(`
  "The root of everything."
  type Query {
    "What there is on a topic."
    topic(query: String!): String!
    "Who asks."
    viewer: String!
  }
`);

/** A bare server with the explorer: what the page needs, and of the gateway only the headers it sends with everything. */
async function startServer(operationsDir: string): Promise<FastifyInstance> {
  const app = Fastify();
  registerSecurityHeaders(app);
  registerExplorer(app, {
    endpoint: '/graphql',
    operationsDir,
    title: 'Atrium',
    viewers: async () => [
      { id: 'p-ada', name: 'Ada Byron', title: 'Head of Engines' },
      { id: 'p-li', name: 'Li Wei' },
    ],
  });
  app.get('/graphql', async (request, reply) =>
    wantsExplorer(request) ? sendExplorer(reply) : reply.code(400).send(),
  );
  app.post('/graphql', async (request) => {
    const body = request.body as { query: string; variables?: Record<string, unknown>; operationName?: string };
    const rootValue = {
      topic: ({ query }: { query: string }) => `all about ${query}`,
      viewer: () => `asked by ${String(request.headers['x-atrium-viewer'] ?? 'nobody')}`,
    };
    return graphql({
      schema,
      rootValue,
      source: body.query,
      variableValues: body.variables ?? null,
      operationName: body.operationName ?? null,
    });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

describe.skipIf(!isInstalled('chromium'))('explorer in a browser', { timeout: 60_000 }, () => {
  let operationsDir: string;
  let profileDir: string;
  let app: FastifyInstance;
  let origin: string;
  let context: BrowserContext;
  let page: Page;
  let outside: string[];
  let problems: string[];

  beforeAll(async () => {
    operationsDir = await mkdtemp(join(tmpdir(), 'atrium-operations-'));
    for (const [name, text] of Object.entries(OPERATIONS)) await writeFile(join(operationsDir, name), text);
    app = await startServer(operationsDir);
    origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });

  beforeEach(async () => {
    outside = [];
    problems = [];
    profileDir = await mkdtemp(join(tmpdir(), 'atrium-chromium-'));
    context = await chromium.launchPersistentContext(profileDir, {
      executablePath: CHROMIUM,
      viewport: { width: 1280, height: 800 },
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    await context.route(
      (url) => ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== origin,
      (route) => {
        outside.push(route.request().url());
        return route.abort();
      },
    );
    page = context.pages()[0] ?? (await context.newPage());
    page.on('console', (message) => {
      // Includes each breach of the content security policy.
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
  }, 60_000);

  afterEach(async () => {
    await context.close();
    await rm(profileDir, { recursive: true, force: true });
    expect(outside, 'requests to other servers').toEqual([]);
    expect(problems, 'errors in the browser').toEqual([]);
  });

  afterAll(async () => {
    await app.close();
    await rm(operationsDir, { recursive: true });
  });

  const tabNames = () => page.locator('.graphiql-tab-button').allInnerTexts();
  const tab = (name: string) => page.locator('.graphiql-tab-button').getByText(name, { exact: true });
  const answer = () => page.locator('.result-window');
  const queryEditor = () => page.locator('.graphiql-query-editor .CodeMirror');
  const variablesEditor = () => page.locator('.graphiql-editor-tool .CodeMirror').first();

  async function openExplorer(path = '/graphql'): Promise<void> {
    await page.goto(origin + path);
    await page.locator('.graphiql-tab-button').first().waitFor();
  }

  async function run(): Promise<void> {
    await queryEditor().click();
    await page.keyboard.press('Control+Enter');
  }

  it('opens on the mission, with the samples in further tabs, and answers Ctrl-Enter', async () => {
    await openExplorer('/');
    expect(await tabNames()).toEqual(['Topic', 'Areas', 'Person']);
    expect(await queryEditor().innerText()).toContain('# Who and what there is on a topic.');
    expect(await variablesEditor().innerText()).toContain('"expense reports"');
    // Long comments wrap, so that they can be read.
    await page.locator('.graphiql-query-editor .CodeMirror-wrap').waitFor();
    await run();
    await answer().getByText('all about expense reports').waitFor();
  });

  it('asks as the person chosen, also after a reload', async () => {
    await openExplorer();
    await tab('Person').click();
    await run();
    await answer().getByText('asked by nobody').waitFor();

    await page.getByLabel('Asking as').selectOption({ label: 'Ada Byron — Head of Engines' });
    await run();
    await answer().getByText('asked by p-ada').waitFor();

    // GraphiQL writes its tabs half a second late.
    await page.waitForFunction(() => localStorage.getItem('graphiql:tabState')?.includes('"activeTabIndex":2'));
    await page.reload();
    await tab('Person').waitFor();
    expect(await tabNames()).toEqual(['Topic', 'Areas', 'Person']);
    await run();
    await answer().getByText('asked by p-ada').waitFor();

    await page.getByLabel('Asking as').selectOption('nobody');
    await run();
    await answer().getByText('asked by nobody').waitFor();
  });

  it('keeps the reader’s own edits, until the samples are restored', async () => {
    await openExplorer();
    await queryEditor().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('query Mine ');
    await page.waitForFunction(() => localStorage.getItem('graphiql:tabState')?.includes('Mine'));
    await page.reload();
    await tab('Mine').waitFor();
    expect(await tabNames()).toEqual(['Mine', 'Areas', 'Person']);
    expect(await variablesEditor().innerText()).toContain('"expense reports"');

    page.once('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: 'Restore samples' }).click();
    await tab('Topic').waitFor();
    expect(await tabNames()).toEqual(['Topic', 'Areas', 'Person']);
  });

  it('shows the operation of a link in front, without running it', async () => {
    const query = encodeURIComponent('query Linked { viewer }');
    await openExplorer(`/graphql?query=${query}`);
    expect(await tabNames()).toEqual(['Linked', 'Topic', 'Areas', 'Person']);
    expect(await queryEditor().innerText()).toContain('query Linked { viewer }');
    expect(await answer().innerText()).not.toContain('asked by');
    expect(page.url()).toBe(`${origin}/graphql`);
  });

  it('shows the documentation once the schema is there', async () => {
    await openExplorer();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Query' }).click();
    await page.locator('.graphiql-plugin').getByText('What there is on a topic.').waitFor();
  });

  it('can be used by keyboard, and points Apollo Sandbox to this endpoint', async () => {
    await openExplorer();
    await page.getByLabel('Asking as').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await page.getByLabel('Trace').isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    const href = await page.locator(':focus').getAttribute('href');
    const expected = encodeURIComponent(`${origin}/graphql`);
    expect(href).toBe(`https://studio.apollographql.com/sandbox/explorer?endpoint=${expected}`);
  });

  it('opens its dialogs within the content security policy', async () => {
    await openExplorer();
    await page.getByRole('button', { name: 'Open settings dialog' }).click();
    await page.getByRole('dialog').getByText('Theme').first().waitFor();
  });
});
