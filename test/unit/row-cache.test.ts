import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { StoreMemory, type RowCache } from '../../subgraphs/kit/store/row-cache.ts';

interface Row {
  readonly id: number;
  readonly text: string;
}

let folder: string;
let writer: Database;
let reader: Database;
let memory: StoreMemory;
let rows: RowCache<number, Row>;
let asked: (readonly number[])[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-rows-'));
  const path = join(folder, 'store.db');
  writer = Database.openWriter(path, ['CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)']);
  for (const id of [1, 2, 3]) writer.run('INSERT INTO row (id, text) VALUES (?, ?)', id, `text ${id}`);
  reader = Database.openReader(path);
  memory = new StoreMemory(reader);
  asked = [];
  rows = memory.keep((ids) => {
    asked.push(ids);
    const found = reader.all<Row>(
      'SELECT * FROM row WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    return found.map((row) => [row.id, row]);
  });
  memory.refresh();
});
afterEach(async () => {
  reader.close();
  writer.close();
  await rm(folder, { recursive: true });
});

const textsOf = (...ids: number[]) => rows.get(ids).map((row) => row?.text);

describe('rows kept in memory', () => {
  it('come in the order asked for, and are read once, what is missing in one question', () => {
    expect(textsOf(2)).toEqual(['text 2']);
    expect(textsOf(3, 2, 1, 3)).toEqual(['text 3', 'text 2', 'text 1', 'text 3']);
    expect(textsOf(1, 2, 3)).toEqual(['text 1', 'text 2', 'text 3']);
    expect(asked).toEqual([[2], [3, 1]]);
  });

  it('are read anew after a change by another connection, from the next refresh on', () => {
    textsOf(1, 2);
    writer.run(`UPDATE row SET text = 'new' WHERE id = 1`);
    memory.refresh();
    expect(textsOf(1, 2)).toEqual(['new', 'text 2']);
    memory.refresh();
    expect(textsOf(1)).toEqual(['new']);
    expect(asked).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('are looked for again where there were none', () => {
    expect(textsOf(9)).toEqual([undefined]);
    writer.run(`INSERT INTO row (id, text) VALUES (9, 'late')`);
    expect(textsOf(9)).toEqual(['late']);
  });

  it('cannot be written on by those who share them', () => {
    expect(() => Object.assign(rows.get([1])[0]!, { text: 'mine' })).toThrow(TypeError);
  });

  it('give way where they are too large together, and are kept out where one is alone', () => {
    writer.run(`UPDATE row SET text = ?`, 'x'.repeat(2_000_000));
    writer.run(`INSERT INTO row (id, text) VALUES (4, ?)`, 'x'.repeat(9_000_000));
    memory.refresh();
    for (const id of [1, 2, 3]) rows.get([id]);
    rows.get([3, 2]);
    expect(asked).toEqual([[1], [2], [3]]);
    rows.get([1]);
    expect(rows.get([4])[0]?.text).toHaveLength(9_000_000);
    rows.get([4]);
    expect(asked.slice(3)).toEqual([[1], [4], [4]]);
  });
});
