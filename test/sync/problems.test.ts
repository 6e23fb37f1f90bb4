import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
let file = '';
beforeAll(async () => {
  sample = await sampleApp(async (dir) => {
    file = join(dir, 'conversations.ndjson');
    await writeFile(file, '{"id":"a","title":"One","createdAt":"yesterday"}\nnot json\n');
  });
});
afterAll(() => sample.close());

async function places(): Promise<string[]> {
  const { sources } = await sample.ask<{
    sources: { forum: { problems: { edges: { node: { place: string } }[] } }[] };
  }>({
    query: '{ sources { forum { problems(first: 50) { edges { node { place } } } } } }',
    viewer: 'noor.vandijk',
  });
  return sources.forum.flatMap(({ problems }) => problems.edges.map(({ node }) => node.place));
}

it('a problem stays listed while its item is unchanged, and goes when it is mended', async () => {
  expect(await places()).toEqual(['conversations.ndjson:1', 'conversations.ndjson:2']);
  await appendFile(file, '{"id":"b","title":"Two"}\n');
  await sample.sync();
  expect(await places()).toEqual(['conversations.ndjson:1', 'conversations.ndjson:2']);
  await writeFile(file, '{"id":"a","title":"One","createdAt":"2026-01-01"}\n{"id":"b","title":"Two"}\n');
  await sample.sync();
  expect(await places()).toEqual([]);
});
