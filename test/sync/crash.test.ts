import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../gateway/config/schema.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { ContentReader } from '../../subgraphs/kit/content/reader.ts';
import { toQuestion } from '../../subgraphs/kit/search/question.ts';
import { Database, dropStore } from '../../subgraphs/kit/store/database.ts';
import type { SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { randomOf } from '../bench/company.ts';
import { configOf } from '../helpers/config.ts';
import type { SyncOrder } from '../helpers/sync-process.ts';

const SCRIPT = fileURLToPath(new URL('../helpers/sync-process.ts', import.meta.url));

const WORDS = (
  'anchor basalt cobalt drizzle ember falcon granite harbour indigo juniper kelp lantern marble nectar orchid pebble ' +
  'quartz raven saffron tundra umber velvet willow yarrow zephyr'
).split(' ');

let folder: string;
/** What an uninterrupted sync stores. */
let whole: Record<string, unknown>;
/** What an uninterrupted sync tells. */
let events: SyncEvent[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atrium-crash-'));
  await writeCompany(join(folder, 'company'));
  const config = configIn('whole');
  const { lines, signal } = await run({ config });
  expect(signal).toBeNull();
  events = lines;
  whole = contentOf(config);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a sync that is killed', { timeout: 120_000 }, () => {
  it('has something to compare with', () => {
    expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
    expect(batchesOf(events)).toBeGreaterThanOrEqual(7);
    const counts = Object.entries(whole).map(([name, rows]) => [name, (rows as unknown[]).length] as const);
    expect(Object.fromEntries(counts)).toMatchObject({
      'forum items': 1_500,
      'documents items': 600,
      'directory people': 50,
      'forum problems': 3,
    });
    for (const [name, count] of counts) expect(count, name).toBeGreaterThan(0);
  });

  it.each([1, 3, 5, 7])('upon batch %i is taken up again and loses nothing', async (holdAt) => {
    const config = configIn(`batch-${holdAt}`);
    expect((await run({ config, holdAt })).signal).toBe('SIGKILL');
    const second = await run({ config });
    expect(second.signal).toBeNull();
    expectSame(contentOf(config));
    // What was stored was not fetched again.
    expect(storedBy(second.lines)).toBeLessThan(storedBy(events));
  });

  it('upon every batch in turn comes to its end', async () => {
    const config = configIn('every-batch');
    let kills = 0;
    while ((await run({ config, holdAt: 1 })).signal === 'SIGKILL') kills++;
    expect(kills).toBe(batchesOf(events));
    expectSame(contentOf(config));
  });

  it.each(seeded(4, 4, 15_000))('within a batch, at write %i, loses nothing', async (dieAtWrite) => {
    const config = configIn(`write-${dieAtWrite}`);
    expect((await run({ config, dieAtWrite })).signal).toBe('SIGKILL');
    // Again, where the second run is: not at the same place.
    expect((await run({ config, dieAtWrite: Math.ceil(dieAtWrite / 3) })).signal).toBe('SIGKILL');
    expect((await run({ config })).signal).toBeNull();
    expectSame(contentOf(config));
  });
});

describe('a store', { timeout: 120_000 }, () => {
  it('is filled by one process at a time, and free again when that one was killed', async () => {
    const config = configIn('locked');
    const refused = expect.objectContaining({ name: 'ConnectorError', code: 'MISCONFIGURED' });
    await run({ config, holdAt: 1 }, async () => {
      const path = storePath(config, 'directory');
      expect(() => subgraphs[0]?.openWriter(path)).toThrow(refused);
      expect(() => dropStore(path)).toThrow(refused);
      const other = await run({ config }, undefined, true);
      expect(other.code).toBe(1);
      expect(other.errors).toContain('Another process is filling the stores in this data folder');
      // Whoever only reads is let in.
      const reader = Database.openReader(path);
      expect(reader.get('SELECT count(*) AS n FROM person')).toEqual({ n: 50 });
      reader.close();
    });
    subgraphs[0]?.openWriter(storePath(config, 'directory')).close();
    expect((await run({ config })).signal).toBeNull();
    expectSame(contentOf(config));
  });
});

/** Runs a sync in a process of its own; one that is told to hold is killed once it does, after `held`. */
async function run(
  order: SyncOrder,
  held: () => Promise<void> = async () => undefined,
  mayFail = false,
): Promise<{ lines: SyncEvent[]; signal: string | null; code: number | null; errors: string }> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines: SyncEvent[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(JSON.parse(line) as SyncEvent);
      if (batchesOf(lines) === order.holdAt) {
        await held();
        break;
      }
    }
  } finally {
    if (order.holdAt !== undefined) child.kill('SIGKILL');
  }
  child.stdout.resume();
  const [code, signal] = await ended;
  if (signal === null && !mayFail) expect([code, errors]).toEqual([0, '']);
  return { lines, signal, code, errors };
}

function configIn(name: string): Config {
  return configOf({
    data: join(folder, name),
    baseDir: join(folder, 'company'),
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [{ name: 'talk', connector: 'ndjson', path: 'talk' }],
  });
}

/** How many batches stored something. */
function batchesOf(lines: readonly SyncEvent[]): number {
  return lines.filter((event) => event.type === 'progress' && event.changed > 0).length;
}

function storedBy(lines: readonly SyncEvent[]): number {
  return lines.reduce((sum, event) => sum + (event.type === 'synced' ? event.changed : 0), 0);
}

/** `amount` numbers from 1 to `top`, the same for the same seed. */
function seeded(seed: number, amount: number, top: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: amount }, () => 1 + Math.floor(random() * top));
}

function expectSame(content: Record<string, unknown>): void {
  for (const name of Object.keys(whole)) {
    if (!name.endsWith('found')) expect(content[name], name).toEqual(whole[name]);
  }
  for (const name of Object.keys(whole).filter((each) => each.endsWith('found'))) {
    const [actual, wanted] = [content[name] as Found, whole[name] as Found];
    expect(actual.map(([key]) => key)).toEqual(wanted.map(([key]) => key));
    for (const [index, [key, score]] of actual.entries()) {
      const difference = Math.abs(score - (wanted[index]?.[1] ?? Number.NaN));
      if (!(difference <= 1e-9)) expect.fail(`${name}, ${key}: the scores differ by ${difference}.`);
    }
  }
}

type Found = readonly (readonly [key: string, score: number])[];

/** All that the three stores say, in terms that do not depend on the order in which they were filled. */
function contentOf(config: Config): Record<string, unknown> {
  const content: Record<string, unknown> = {};
  for (const name of ['documents', 'forum']) {
    const reader = new ContentReader(storePath(config, name));
    const { db } = reader;
    expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const item = `(SELECT source || ':' || key FROM item WHERE id = `;
    const account = `(SELECT handle FROM account WHERE id = `;
    const queries: Record<string, string> = {
      items: `SELECT i.source, i.key, i.version, i.title, i.body, i.url, i.created_at, i.updated_at, i.prior, i.length,
        a.readers, ${account}i.author) AS author FROM item i JOIN acl a ON a.id = i.acl ORDER BY i.source, i.key`,
      readers: 'SELECT r.reader, a.readers FROM acl_reader r JOIN acl a ON a.id = r.acl ORDER BY 1, 2',
      tags: `SELECT ${item}item) AS item, tag FROM tag ORDER BY 1, 2`,
      links: `SELECT ${item}item) AS item, url FROM link ORDER BY 1, 2`,
      accounts: 'SELECT source, handle, name, mail, person FROM account ORDER BY source, handle',
      participation: `SELECT ${item}item) AS item, ${account}account) AS account, role, weight, rank
        FROM participation ORDER BY 1, 2`,
      totals: `SELECT ${account}n.account) AS account, a.readers, n.items FROM account_items n
        JOIN acl a ON a.id = n.acl WHERE n.items <> 0 ORDER BY 1, 2`,
      problems: 'SELECT source, place, reason FROM problem ORDER BY source, place',
      sources: 'SELECT name, running, error_code, last_success_at IS NOT NULL AS synced FROM source ORDER BY name',
      ...(name === 'forum' && {
        replies: `SELECT ${item}item) AS item, key, place, ${account}author) AS author, body, created_at, votes,
          accepted FROM reply ORDER BY source, key`,
      }),
    };
    for (const [what, sql] of Object.entries(queries)) content[`${name} ${what}`] = db.all(sql);
    expect(db.get('SELECT count(*) AS n FROM removed')).toEqual({ n: 0 });
    const keys = new Map(
      db.all<{ id: number; key: string }>('SELECT id, key FROM item').map((row) => [row.id, row.key]),
    );
    for (const [who, groups] of [['everyone', []] as const, ['the board', ['board']] as const]) {
      const readable = reader.readable({ person: null, groups: [...groups], operator: false });
      for (const [index, word] of WORDS.slice(0, 20).entries()) {
        const question = toQuestion(`${word} ${WORDS[index + 1]}`);
        content[`${name} ${word} ${who} found`] = reader
          .search(question, readable)
          .hits.map((hit) => [keys.get(hit.item) ?? '', hit.score] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
      }
    }
    reader.close();
  }
  const db = Database.openReader(storePath(config, 'directory'));
  expect(db.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  content['directory people'] = db.all(
    'SELECT gid, name, mails, usernames, groups, description FROM person ORDER BY gid',
  );
  content['directory memberships'] = db.all(
    'SELECT t.name, p.gid FROM team_person m JOIN team t ON t.id = m.team JOIN person p ON p.id = m.person ORDER BY 1, 2',
  );
  db.close();
  return content;
}

/** Writes a company of 50 people, 600 pages and 1,500 conversations, with a little that is broken. */
async function writeCompany(dir: string): Promise<void> {
  const random = randomOf(20);
  const below = (top: number) => Math.floor(random() * top);
  const word = () => WORDS[Math.floor(random() ** 2 * WORDS.length)] ?? '';
  const text = (length: number) => Array.from({ length }, word).join(' ');
  // Some are linked by user name, some by mail, and some are nobody's.
  const account = () => {
    const number = below(56);
    return number % 2 === 0 ? `p${number}` : { handle: `p${number}@x.example`, name: `Person ${number}` };
  };
  const date = () => new Date(1_700_000_000_000 + below(50_000_000) * 1_000).toISOString();
  const people = Array.from(
    { length: 50 },
    (_, number) =>
      `dn: uid=p${number},dc=x\nobjectClass: inetOrgPerson\nuid: p${number}\ncn: Person ${number}\nsn: ${number}\n` +
      `mail: p${number}@x.example\ndescription: ${text(6)}\n`,
  );
  const board = `dn: cn=board,dc=x\nobjectClass: groupOfNames\ncn: board\nmember: uid=p1,dc=x\nmember: uid=p2,dc=x\n`;
  await mkdir(join(dir, 'documents'), { recursive: true });
  await mkdir(join(dir, 'talk'));
  await writeFile(join(dir, 'people.ldif'), [...people, board].join('\n'));
  for (let i = 0; i < 600; i++) {
    const readers = i % 7 === 0 ? 'readers: ["group:board"]\n' : '';
    // The date is none, which is a problem, but the page is of use.
    const day = i % 200 === 0 ? 'someday' : date();
    await writeFile(
      join(dir, 'documents', `page-${i}.md`),
      `---\ntitle: ${text(4)}\nauthors: ["p${below(56)}"]\ntags: [${word()}, ${word()}]\ndate: ${day}\n${readers}---\n` +
        `${text(40)} [see](https://x.example/t/${below(1_500)})\n`,
    );
  }
  const conversation = (id: number) => ({
    id: `c${id}`,
    title: text(4),
    body: `${text(20)} https://x.example/t/${below(1_500)}`,
    author: account(),
    url: `https://x.example/t/${id}`,
    tags: [word()],
    createdAt: date(),
    ...(id % 9 === 0 && { readers: ['group:board', 'person:p3'] }),
    mentions: [account()],
    replies: Array.from({ length: below(4) }, () => ({ author: account(), body: text(12), votes: below(3) })),
  });
  const lines = Array.from({ length: 1_500 }, (_, id) => JSON.stringify(conversation(id)));
  await writeFile(join(dir, 'talk', 'a.ndjson'), [...lines.slice(0, 700), '{"id": 1', lines[3]].join('\n'));
  await writeFile(join(dir, 'talk', 'b.ndjson'), [...lines.slice(700), '{"id": "x"}'].join('\n'));
}
