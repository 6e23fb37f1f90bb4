import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import { buildSchema, findBreakingChanges } from 'graphql';
import { expect, it } from 'vitest';
import config from '../../schema/codegen.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

it('resolver types are those of the schema: npm run codegen', async () => {
  const files = (await generate({ ...config, cwd: ROOT, silent: true }, false)) as {
    filename: string;
    content: string;
  }[];
  expect(files).toHaveLength(3);
  for (const { filename, content } of files) expect(content, filename).toBe(read(filename));
});

it('supergraph and API schema are those of the subgraphs: npm run compose', () => {
  const output = execFileSync(process.execPath, ['gateway/cli/atrium.js', 'compose', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(output).toContain('up to date');
});

/** The API as the last release, or else the last commit, has it. A breaking change is named; it has to be meant. */
it('breaks nothing that clients use', () => {
  const { api } = committedApi();
  const now = buildSchema(read('schema/api.graphql'));
  const breaking = findBreakingChanges(buildSchema(api), now).map(({ description }) => description);
  expect(breaking).toEqual([]);
});

it('would name what breaks', () => {
  const api = read('schema/api.graphql');
  const without = api.replace(/\n\s*"""[^"]*"""\n\s*confidence: Confidence!/, '');
  expect(without).not.toBe(api);
  const breaking = findBreakingChanges(buildSchema(api), buildSchema(without)).map(({ description }) => description);
  expect(breaking).toEqual(['ExpertEdge.confidence was removed.']);
});

function committedApi(): { api: string } {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const tag = git('tag', '--list', 'v*', '--sort=-version:refname').split('\n')[0] ?? '';
    return { api: git('show', `${tag === '' ? 'HEAD' : tag}:schema/api.graphql`) };
  } catch {
    // Out of an archive there is no history to compare with.
    return { api: read('schema/api.graphql') };
  }
}

it('one graphql serves all', () => {
  const require = createRequire(import.meta.url);
  const gateway = createRequire(require.resolve('@apollo/gateway'));
  expect(gateway.resolve('graphql')).toBe(require.resolve('graphql'));
});
