import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { documentsArea } from '../../subgraphs/documents/area.ts';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { identityChanges } from '../../subgraphs/directory/identity-feed.ts';
import { DirectoryWriter } from '../../subgraphs/directory/writer.ts';
import type { ConnectorKind } from '../../subgraphs/kit/connector.ts';
import type { Identity } from '../../subgraphs/kit/identity/identity.ts';
import { personOf } from '../../subgraphs/kit/identity/link.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { registerSource } from '../../subgraphs/kit/sync/sync-state.ts';
import { call, openWith } from './connector-contract.ts';
import { person, type DirectoryAbility, type DirectorySeed } from './directory-seeds.ts';
import { RealStore } from './real-store.ts';

/** How a connector of a directory is put to the contract of its area. */
export interface DirectorySubject {
  readonly kind: ConnectorKind<DirectoryItem>;
  /** Makes the directory hold these and no others; what is as it was is left alone. */
  write(folder: string, seed: DirectorySeed): Promise<void>;
  options(folder: string): object;
  /** What the directory cannot do, with the reason: it is printed with the test that is left out for it. */
  readonly cannot: Readonly<Partial<Record<DirectoryAbility, string>>>;
}

const ANN = person('ann', { mails: ['ann@kestrel.example', 'a.angstrom@kestrel.example'] });
const BO = person('bo');
const CY = person('cy', { name: 'Cy "the <b>" Ström, \\2c 日本 👩‍🚀' });
const START: DirectorySeed = { people: [ANN, BO, CY], groups: { staff: ['ann', 'bo'], board: ['bo'] } };

/** What all directories have to do alike, on the directory's own store. */
export function directoryContract(subject: DirectorySubject): void {
  const { kind, cannot } = subject;
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });
  const itCan = (ability: DirectoryAbility, name: string, test: () => Promise<void>): void =>
    cannot[ability] === undefined ? it(name, test) : it.skip(`${name} (${cannot[ability]})`, test);

  /** A directory and its store: `become` changes the one and brings the other into step. */
  const directory = async (): Promise<{
    readonly writer: DirectoryWriter;
    readonly become: (seed: DirectorySeed) => Promise<Map<string, Identity>>;
  }> => {
    const folder = await mkdtemp(join(tmpdir(), 'atrium-'));
    const writer = new DirectoryWriter(join(folder, 'store.db'));
    registerSource(writer.db, { name: 'test', connector: 'any', options: {} });
    ends.push(async () => {
      writer.close();
      await rm(folder, { recursive: true, force: true });
    });
    let connector: Awaited<ReturnType<typeof openWith<DirectoryItem>>> | undefined;
    return {
      writer,
      async become(seed) {
        await subject.write(folder, seed);
        connector ??= await openWith(kind, subject.options(folder), folder);
        await syncSource(writer, 'test', connector, call, () => {});
        const { changed } = identityChanges(writer.db, 0);
        return new Map(changed.map((one) => [one.mails[0] ?? '', one]));
      },
    };
  };
  const groupsOf = (writer: DirectoryWriter, { groups }: Identity): string[] => {
    const names = writer.db.all<{ gid: string; name: string }>('SELECT gid, name FROM team');
    return groups.map((gid) => names.find((one) => one.gid === gid)?.name ?? gid).toSorted();
  };
  /** The map of identities, as the seed would have it. */
  const expectHeld = (
    writer: DirectoryWriter,
    identities: ReadonlyMap<string, Identity>,
    { people, groups }: DirectorySeed,
    step: string,
  ): void => {
    const within = (id: string, name: string): boolean =>
      groups[name]?.some((member) =>
        member.startsWith('group:') ? within(id, member.slice('group:'.length)) : member === id,
      ) === true;
    const seen = [...identities.values()].map((one) => ({ ...one, groups: groupsOf(writer, one) }));
    const expected = people.map((one) => ({
      person: expect.any(String) as string,
      name: one.name,
      active: !one.hasLeft,
      mails: one.mails,
      usernames: one.usernames,
      aliases: one.aliases.map((alias) => {
        const [source = '', handle = ''] = alias.split(':');
        return { source, handle };
      }),
      groups: Object.keys(groups)
        .filter((name) => within(one.id, name))
        .toSorted(),
    }));
    const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
    expect(seen.toSorted(byName), step).toEqual(expected.toSorted(byName));
    const titles = writer.db.all<{ title: string }>('SELECT title FROM person ORDER BY title');
    expect(
      titles.map(({ title }) => title),
      step,
    ).toEqual(people.map(({ title }) => title).toSorted());
  };

  describe(`directory contract: ${kind.name}`, () => {
    it('what is created, edited, joins, leaves and is deleted shows with the next run, under the same id', async () => {
      const { writer, become } = await directory();
      const dee = person('dee');
      const promoted = { ...ANN, title: 'Head of Engineering', name: 'Ann Å. Öberg' };
      const steps: readonly (readonly [string, DirectorySeed])[] = [
        ['at first', START],
        ['created', { ...START, people: [ANN, BO, CY, dee] }],
        ['edited', { ...START, people: [promoted, BO, CY, dee] }],
        ['joined', { people: [promoted, BO, CY, dee], groups: { staff: ['ann', 'bo', 'cy'], board: ['bo'] } }],
        ['out of the group', { people: [promoted, BO, CY, dee], groups: { staff: ['ann', 'cy'], board: ['bo'] } }],
        [
          'a new group',
          { people: [promoted, BO, CY, dee], groups: { staff: ['ann', 'cy'], board: ['bo'], it: ['dee'] } },
        ],
        [
          'left the company',
          { people: [promoted, { ...BO, hasLeft: true }, CY, dee], groups: { staff: ['ann', 'cy'] } },
        ],
        ['deleted', { people: [promoted, CY, dee], groups: { staff: ['ann', 'cy'] } }],
      ];
      let before = new Map<string, Identity>();
      for (const [step, seed] of steps) {
        const now = await become(seed);
        expectHeld(writer, now, seed, step);
        for (const [mail, { person: id }] of now) expect(before.get(mail)?.person ?? id, `${step}: ${mail}`).toBe(id);
        before = now;
      }
    });

    itCan('moves', 'who is moved within the directory is the same person, in the same groups', async () => {
      const { writer, become } = await directory();
      const before = await become(START);
      const seed = { ...START, people: [{ ...ANN, place: 'lab' }, BO, CY] };
      const after = await become(seed);
      expectHeld(writer, after, seed, 'moved');
      expect(after.get(ANN.mails[0] ?? '')?.person).toBe(before.get(ANN.mails[0] ?? '')?.person);
    });

    itCan('nested groups', 'members of groups inside groups are members', async () => {
      const { writer, become } = await directory();
      const nested = { ...START, groups: { all: ['group:staff', 'cy'], staff: ['ann', 'group:board'], board: ['bo'] } };
      expectHeld(writer, await become(nested), nested, 'nested');
      const apart = { ...START, groups: { all: ['group:staff', 'cy'], staff: ['ann'], board: ['bo'] } };
      expectHeld(writer, await become(apart), apart, 'apart');
    });

    itCan('several user names', 'all of somebody’s user names are known', async () => {
      const { writer, become } = await directory();
      const seed = { ...START, people: [{ ...ANN, usernames: ['ann', 'angstrom'] }, BO, CY] };
      expectHeld(writer, await become(seed), seed, 'user names');
    });

    itCan('aliases', 'accounts are linked by alias, mail address and user name, and else to nobody', async () => {
      const { become } = await directory();
      const identities = await become({ ...START, people: [ANN, BO, { ...CY, aliases: ['talk:cyrus', 'docs:c.c'] }] });
      const idOf = ({ mails }: { readonly mails: readonly string[] }): string | undefined =>
        identities.get(mails[0] ?? '')?.person;
      const store = await RealStore.open(documentsArea, [...identities.values()]);
      ends.push(() => store[Symbol.asyncDispose]());
      const owner = (source: string, handle: string, mail: string | null = null): string | null =>
        personOf(store.writer.db, { source, handle, mail });
      expect(owner('talk', 'Cyrus')).toBe(idOf(CY));
      expect(owner('docs', 'c.c')).toBe(idOf(CY));
      expect(owner('docs', 'cyrus')).toBeNull();
      expect(owner('talk', 'x-77', 'A.Angstrom@kestrel.example')).toBe(idOf(ANN));
      expect(owner('talk', 'BO')).toBe(idOf(BO));
      expect(owner('talk', 'Bo Ångström')).toBeNull();
      expect(owner('talk', 'zoe', 'zoe@kestrel.example')).toBeNull();
    });
  });
}
