import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionTables, tableOf } from '../../gateway/config/describe.ts';
import { loadConfig } from '../../gateway/config/load.ts';
import { optionRows } from '../../gateway/config/option-rows.ts';
import { printConfig } from '../../gateway/config/print.ts';
import { refreshTables } from '../../gateway/config/readme-tables.ts';
import { subgraphs } from '../../subgraphs/registry.ts';

describe('tables of options', () => {
  it('say name, type, default and meaning', () => {
    const schema = z.strictObject({
      path: z.string().min(1).describe('Where | what'),
      port: z.number().int().min(1).max(9).default(3).describe('A port'),
      size: z.int().positive().max(9).default(1).describe('A size'),
      kind: z.enum(['a', 'b']).optional().describe('A kind'),
      inner: z.strictObject({ on: z.boolean().default(false).describe('A\nswitch') }).prefault({}),
      key: z.string().optional().meta({ secret: true }).describe('A key'),
      names: z
        .union([z.string(), z.array(z.string())])
        .default(['x', 'y'])
        .describe('Names'),
    });
    expect(tableOf(optionRows(schema)).split('\n')).toEqual([
      '| Option | Type | Default | What |',
      '| --- | --- | --- | --- |',
      '| `path` | text | required | Where \\| what |',
      '| `port` | whole number, 1 to 9 | `3` | A port |',
      '| `size` | whole number, 1 to 9 | `1` | A size |',
      '| `kind` | `a`, `b` | – | A kind |',
      '| `inner.on` | true or false | `false` | A switch |',
      '| `key` | text, secret | – | A key |',
      '| `names` | text or list of text | `x`, `y` | Names |',
    ]);
  });

  it('describe every option of the file and of every connector', () => {
    for (const [marker, table] of optionTables()) expect(table, marker).not.toMatch(/\| {2}\|$|\| any \|/m);
    for (const { name } of subgraphs.flatMap(({ connectors }) => connectors)) {
      expect([...optionTables().keys()]).toContain(`connector:${name}`);
    }
  });

  it('lead to the file of each connector, which says its facts and limits above it', async () => {
    for (const { name: area, connectors } of subgraphs) {
      for (const { name } of connectors) {
        const path = `subgraphs/${area}/connectors/${name}.ts`;
        expect(optionTables().get(`connector:${name}`)).toContain(`(${path})`);
        const [, comment = ''] =
          /\/\*\*\n((?: \*.*\n)+) \*\/\nexport const \w+ = defineConnector/.exec(await readFile(path, 'utf8')) ?? [];
        expect(comment.split('\n').length, path).toBeGreaterThan(3);
      }
    }
  });
});

describe('README tables', () => {
  const tables = new Map([
    ['file', '| new |'],
    ['connector:x', '| x |'],
  ]);

  it('are written between their markers, and nothing else is touched', () => {
    const { text, complaints } = refreshTables(
      'a\n<!-- options:file -->old<!-- /options:file -->\nb <!-- options:connector:x --><!-- /options:connector:x -->',
      tables,
    );
    expect(text).toBe(
      'a\n<!-- options:file -->\n\n| new |\n\n<!-- /options:file -->\nb <!-- options:connector:x -->\n\n| x |\n\n<!-- /options:connector:x -->',
    );
    expect(complaints).toEqual([]);
    expect(refreshTables(text, tables).text).toBe(text);
  });

  it('are complained of when missing, unknown or not closed', () => {
    const { text, complaints } = refreshTables(
      '<!-- options:file --> <!-- options:connector:y --><!-- /options:connector:y -->',
      tables,
    );
    expect(text).toBe('<!-- options:file --> <!-- options:connector:y --><!-- /options:connector:y -->');
    expect(complaints).toEqual([
      'The marker <!-- options:file --> is never closed by <!-- /options:file -->.',
      'There is no "connector:y" for the marker <!-- options:connector:y -->.',
      'The marker <!-- options:connector:x --> is missing.',
    ]);
  });
});

describe('the printed configuration', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'atrium-print-'));
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it('can be read again, and means the same', async () => {
    const sample = await loadConfig({ env: {}, cwd: dir });
    await writeFile(join(dir, 'atrium.yaml'), printConfig(sample));
    const again = await loadConfig({ env: {}, cwd: dir });
    expect({ ...again, baseDir: '', file: undefined }).toEqual({ ...sample, baseDir: '', file: undefined });
  });
});
