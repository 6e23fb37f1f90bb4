import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PersonItem } from '../../subgraphs/directory/connector.ts';
import { identityChanges } from '../../subgraphs/directory/identity-feed.ts';
import { MIGRATIONS } from '../../subgraphs/directory/tables.ts';
import { DirectoryWriter } from '../../subgraphs/directory/writer.ts';
import { decodeId } from '../../subgraphs/kit/ids.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'atrium-merging-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

let stores = 0;
/** A store of three directories, in this order. */
function openStore(sources: readonly string[] = ['staff', 'cloud', 'guests']) {
  const writer = new DirectoryWriter(join(folder, `${stores++}.db`));
  writer.configured(sources);
  return { writer, [Symbol.dispose]: () => writer.close() };
}

/** Somebody a source knows: a key, and addresses. */
const person = (key: string, mails: readonly string[], more: Partial<PersonItem> = {}): PersonItem => ({
  kind: 'person',
  key,
  version: JSON.stringify([mails, more]),
  name: `Name of ${key}`,
  mails,
  usernames: [],
  aliases: [],
  reference: key,
  skills: [],
  interests: [],
  active: true,
  ...more,
});

function put(writer: DirectoryWriter, source: string, ...upserts: readonly PersonItem[]): void {
  writer.apply({ source, run: 1 }, { upserts, deletes: [], unchanged: [], problems: [], cursor: '' });
}
function remove(writer: DirectoryWriter, source: string, ...deletes: readonly string[]): void {
  writer.apply({ source, run: 1 }, { upserts: [], deletes, unchanged: [], problems: [], cursor: '' });
}

const nameOf = (gid: string): string => {
  const id = decodeId(gid);
  return `${id?.source}/${id?.key}`;
};
/** Who is shown, each as the entries they are made of. */
function shown(writer: DirectoryWriter): string[] {
  const entries = writer.db.all<{ gid: string; person: string }>(
    'SELECT e.gid, p.gid AS person FROM entry e LEFT JOIN person p ON p.id = e.person',
  );
  const people = Map.groupBy(entries, (entry) => entry.person);
  const count = writer.db.get<{ n: number }>('SELECT count(*) AS n FROM person')?.n;
  expect(people.size).toBe(count);
  return [...people]
    .map(([lead, made]) =>
      [
        nameOf(lead),
        ...made
          .map(({ gid }) => nameOf(gid))
          .filter((name) => name !== nameOf(lead))
          .toSorted(),
      ].join('+'),
    )
    .toSorted();
}

it('shows who has an address in two directories as one, the first of them leading', () => {
  using store = openStore();
  const { writer } = store;
  put(
    writer,
    'cloud',
    person('c', ['Ada@x.example', 'ada@cloud.example'], {
      name: 'A. Ash',
      title: 'Lead',
      phone: '+1',
      usernames: ['ada@cloud.example'],
      aliases: [{ source: 'talk', handle: 'ash' }],
      manager: 'boss-in-cloud',
      photoUrl: 'https://cloud.example/ada.png',
      skills: ['TLS', 'Rust'],
      active: false,
      updatedAt: '2026-02-01T00:00:00.000Z',
    }),
  );
  put(
    writer,
    'staff',
    person('s', ['ada@x.example'], {
      name: 'Ada Ash',
      title: 'Engineer',
      usernames: ['ada'],
      skills: ['tls'],
      updatedAt: '2026-01-01T00:00:00.000Z',
    }),
  );
  expect(shown(writer)).toEqual(['staff/s+cloud/c']);
  const row = writer.db.get('SELECT * FROM person') as Record<string, unknown>;
  expect(row).toMatchObject({
    source: 'staff',
    name: 'Ada Ash',
    title: 'Engineer',
    phone: '+1',
    mails: JSON.stringify(['ada@x.example', 'ada@cloud.example']),
    usernames: JSON.stringify(['ada', 'ada@cloud.example']),
    aliases: JSON.stringify([{ source: 'talk', handle: 'ash' }]),
    manager: 'boss-in-cloud',
    manager_source: 'cloud',
    photo_url: 'https://cloud.example/ada.png',
    skills: JSON.stringify(['tls', 'Rust']),
    active: 1,
    updated_at: '2026-02-01T00:00:00.000Z',
  });
});

it('parts them when the address changes or an entry disappears, and joins them again', () => {
  using store = openStore();
  const { writer } = store;
  put(writer, 'staff', person('s', ['a@x'], { title: 'Engineer' }));
  put(writer, 'cloud', person('c', ['a@x'], { phone: '+1' }));
  expect(shown(writer)).toEqual(['staff/s+cloud/c']);
  put(writer, 'cloud', person('c', ['other@x'], { phone: '+1' }));
  expect(shown(writer)).toEqual(['cloud/c', 'staff/s']);
  expect(writer.db.all('SELECT title, phone FROM person ORDER BY gid')).toEqual(
    expect.arrayContaining([
      { title: 'Engineer', phone: null },
      { title: null, phone: '+1' },
    ]),
  );
  put(writer, 'cloud', person('c', ['a@x'], { phone: '+1' }));
  expect(shown(writer)).toEqual(['staff/s+cloud/c']);
  remove(writer, 'staff', 's');
  expect(shown(writer)).toEqual(['cloud/c']);
  put(writer, 'staff', person('s', ['a@x']));
  expect(shown(writer)).toEqual(['staff/s+cloud/c']);
  // A source that is no longer configured.
  writer.removeSource('staff');
  expect(shown(writer)).toEqual(['cloud/c']);
});

it('never goes by names, nor by an address that two of one directory share', () => {
  using store = openStore();
  const { writer } = store;
  put(writer, 'staff', person('s', ['a@x'], { name: 'Ada Ash', usernames: ['ada'] }));
  put(writer, 'cloud', person('c', ['b@x'], { name: 'Ada Ash', usernames: ['ada'] }), person('d', ['team@x']));
  put(writer, 'staff', person('t', ['team@x']), person('u', ['team@x']));
  expect(shown(writer)).toEqual(['cloud/c', 'cloud/d', 'staff/s', 'staff/t', 'staff/u']);
  // Once only one has it, it tells.
  put(writer, 'staff', person('u', ['u@x']));
  expect(shown(writer)).toEqual(['cloud/c', 'staff/s', 'staff/t+cloud/d', 'staff/u']);
});

it('does not make two people of one directory one by way of another directory', () => {
  using store = openStore();
  const { writer } = store;
  put(writer, 'staff', person('s', ['a@x']), person('t', ['b@x']));
  put(writer, 'cloud', person('c', ['a@x', 'b@x']));
  expect(shown(writer)).toEqual(['cloud/c', 'staff/s', 'staff/t']);
  put(writer, 'cloud', person('c', ['a@x']));
  expect(shown(writer)).toEqual(['staff/s+cloud/c', 'staff/t']);
});

it('lets another directory lead when the order changes', () => {
  using store = openStore();
  const { writer } = store;
  put(writer, 'staff', person('s', ['a@x']));
  put(writer, 'cloud', person('c', ['a@x']), person('d', ['d@x']));
  const before = writer.db.get<{ seq: number }>('SELECT seq FROM person WHERE name = ?', 'Name of d');
  writer.configured(['cloud', 'staff']);
  expect(shown(writer)).toEqual(['cloud/c+staff/s', 'cloud/d']);
  // Whoever is as before is not told of anew.
  expect(writer.db.get('SELECT seq FROM person WHERE name = ?', 'Name of d')).toEqual(before);
});

it('unites memberships, each group naming people of its own directory', () => {
  using store = openStore();
  const { writer } = store;
  const group = (key: string, members: readonly string[]) =>
    ({ kind: 'group', key, version: '1', name: key, reference: key, members }) as const;
  const apply = (source: string, upserts: Parameters<DirectoryWriter['apply']>[1]['upserts']): void =>
    void writer.apply({ source, run: 1 }, { upserts, deletes: [], unchanged: [], problems: [], cursor: '' });
  apply('staff', [person('s', ['a@x'], { usernames: ['ada'] }), group('lab', ['s']), group('posix', ['ash'])]);
  // She is "ash" here; in the other directory that is nobody, or somebody else.
  apply('cloud', [person('c', ['a@x'], { usernames: ['ash'] }), group('ops', ['c'])]);
  writer.complete();
  const groups = (): string[][] =>
    writer.db
      .all<{ groups: string }>('SELECT groups FROM person ORDER BY gid')
      .map((row) => (JSON.parse(row.groups) as string[]).map(nameOf).toSorted());
  expect(groups()).toEqual([['cloud/ops', 'staff/lab']]);
  put(writer, 'cloud', person('c', ['other@x'], { usernames: ['ash'] }));
  writer.complete();
  expect(groups()).toEqual(expect.arrayContaining([['cloud/ops'], ['staff/lab']]));
  expect(groups()).toHaveLength(2);
});

const SOURCES = ['staff', 'cloud', 'guests'] as const;
const Step = fc.record({
  source: fc.constantFrom(...SOURCES),
  key: fc.constantFrom('a', 'b', 'c'),
  mails: fc.option(fc.uniqueArray(fc.constantFrom('1@x', '2@x', '3@x', '4@x'), { maxLength: 3 }), { nil: undefined }),
});

it('comes to the same whatever the order of changes, and tells the other subgraphs so', () => {
  fc.assert(
    fc.property(fc.array(Step, { maxLength: 24 }), fc.integer({ min: 1, max: 5 }), (steps, every) => {
      using changed = openStore();
      using anew = openStore();
      const final = new Map<string, () => void>();
      /** What another subgraph knows, by following the identity map. */
      const copy = new Map<string, readonly string[]>();
      let cursor = 0;
      const follow = (): void => {
        for (let more = true; more;) {
          const changes = identityChanges(changed.writer.db, cursor);
          for (const gone of changes.gone) copy.delete(gone);
          for (const identity of changes.changed) copy.set(identity.person, identity.mails);
          ({ cursor, more } = changes);
        }
      };
      for (const [index, { source, key, mails }] of steps.entries()) {
        final.delete(`${source}/${key}`);
        if (mails === undefined) remove(changed.writer, source, key);
        else {
          put(changed.writer, source, person(key, mails));
          final.set(`${source}/${key}`, () => put(anew.writer, source, person(key, mails)));
        }
        if (index % every === 0) follow();
      }
      for (const write of [...final.values()].toReversed()) write();
      expect(shown(changed.writer)).toEqual(shown(anew.writer));
      follow();
      const people = changed.writer.db.all<{ gid: string; mails: string }>('SELECT gid, mails FROM person');
      expect(copy).toEqual(new Map(people.map(({ gid, mails }) => [gid, JSON.parse(mails) as string[]])));
    }),
    { numRuns: 30 },
  );
}, 60_000);

it.each([1, 2])('takes over a store of before, of %i migrations', (age) => {
  const path = join(folder, 'old.db');
  const old = Database.openWriter(path, MIGRATIONS.slice(0, age));
  const columns = `gid, source, key, version, run, seq, docno, length, reference, name, mails, usernames, aliases, manager,
    skills, interests, active, groups`;
  for (const [seq, source, key] of [
    [1, 'staff', 's'],
    [2, 'cloud', 'c'],
    [3, 'cloud', 'boss'],
  ] as const) {
    old.run(
      `INSERT INTO person (${columns}) VALUES (?, ?, ?, 'v', 1, ?, ?, 0, ?, ?, ?, '["u"]', '[]', ?, '["TLS"]', '[]', 1, '[]')`,
      `gid-${key}`,
      source,
      key,
      seq,
      seq,
      key,
      `Name of ${key}`,
      JSON.stringify(key === 'boss' ? [] : ['a@x']),
      key === 'c' ? 'boss' : null,
    );
  }
  if (age === 2) old.run(`UPDATE person SET photo_url = 'https://x/' || key`);
  old.close();
  const writer = new DirectoryWriter(path);
  expect([writer.known('cloud', 'c'), writer.countItems('cloud')]).toEqual(['v', 2]);
  writer.db.run(`INSERT INTO counter (name, value) VALUES ('seq', 3), ('docno', 3)`);
  writer.configured(['staff', 'cloud']);
  expect(writer.db.all('SELECT gid, seq, name, manager, manager_source, skills FROM person ORDER BY id')).toEqual([
    { gid: 'gid-s', seq: 5, name: 'Name of s', manager: 'boss', manager_source: 'cloud', skills: '["TLS"]' },
    { gid: 'gid-boss', seq: 3, name: 'Name of boss', manager: null, manager_source: 'cloud', skills: '["TLS"]' },
  ]);
  // One shown as it was, and one shown anew of what its entry took over.
  expect(writer.db.all('SELECT photo_url FROM person ORDER BY id')).toEqual(
    ['s', 'boss'].map((key) => ({ photo_url: age === 2 ? `https://x/${key}` : null })),
  );
  writer.close();
});
