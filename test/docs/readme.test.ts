import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../../gateway/app.ts';
import { loadConfig } from '../../gateway/config/load.ts';
import { syncOnce } from '../helpers/sync.ts';

it("the README's question is answered as the README says", async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, query = ''] = /```graphql\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, answer = ''] = /<!-- answer -->\s*```json\n([\s\S]*?)```/.exec(readme) ?? [];
  const data = await mkdtemp(join(tmpdir(), 'atrium-readme-'));
  try {
    const sample = await loadConfig({ env: {}, cwd: data });
    const config = { ...sample, data, log: { level: 'error' as const, format: 'json' as const } };
    await syncOnce(config);
    const app = await createApp(config);
    const result = await app.ask({ query });
    await app.close();
    expect(result.errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(result.data))).toEqual(JSON.parse(answer));
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
