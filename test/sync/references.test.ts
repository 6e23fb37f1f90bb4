import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ldif } from '../../subgraphs/directory/connectors/ldif.ts';
import { call, openWith } from '../contract/connector-contract.ts';
import { DirectoryWriter } from '../../subgraphs/directory/writer.ts';
import { registerSource } from '../../subgraphs/kit/sync/sync-state.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { fillStore } from '../helpers/memberships.ts';

const person = (uid: string, more = '') =>
  `dn: uid=${uid},dc=x\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\n${more}\n`;
const group = (cn: string, more: string) => `dn: cn=${cn},dc=x\nobjectClass: groupOfNames\ncn: ${cn}\n${more}\n`;

async function storeOf(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = (content: string) => writeFile(join(folder, 'people.ldif'), content);
  await write(text);
  return { write, store: await fillStore(await openWith(ldif, { path: 'people.ldif' }, folder)) };
}

it('reports what points nowhere, and stops when it is mended without a change of what points', async () => {
  const text =
    person('ann', 'manager: uid=gone,dc=x\n') +
    group('all', 'member: uid=ann,dc=x\nmember: uid=gone,dc=x\nmember: cn=no,dc=x\nowner: uid=gone,dc=x\n');
  const { store, write } = await storeOf(text);
  await using _ = store;
  expect(store.problems()).toEqual([
    'cn=all,dc=x (champion): the champion "uid=gone,dc=x" is nobody of this source',
    'cn=all,dc=x (members): members that are neither people nor groups of this source: cn=no,dc=x; uid=gone,dc=x',
    'uid=ann,dc=x (manager): the manager "uid=gone,dc=x" is nobody of this source',
  ]);
  await write(text + person('gone'));
  await store.sync();
  expect(store.problems()).toEqual([
    'cn=all,dc=x (members): members that are neither people nor groups of this source: cn=no,dc=x',
  ]);
  expect(store.memberships()).toEqual({ ann: ['all'], gone: ['all'] });
});

it('reports circles once each, and nobody is lost in them', async () => {
  const { store } = await storeOf(
    person('self', 'manager: UID=Self, DC=x\n') +
      person('a', 'manager: uid=b,dc=x\n') +
      person('b', 'manager: uid=c,dc=x\n') +
      person('c', 'manager: uid=a,dc=x\n') +
      person('below', 'manager: uid=a,dc=x\n') +
      group('g', 'member: cn=h,dc=x\nmember: uid=a,dc=x\n') +
      group('h', 'member: cn=g,dc=x\nmember: uid=b,dc=x\n') +
      group('own', 'member: cn=own,dc=x\nmember: uid=c,dc=x\n'),
  );
  await using _ = store;
  expect(store.problems()).toEqual([
    'cn=g,dc=x (groups): the group is inside itself; its people are counted once',
    'cn=h,dc=x (groups): the group is inside itself; its people are counted once',
    'cn=own,dc=x (groups): the group is inside itself; its people are counted once',
    'uid=a,dc=x (manager): reports to themselves, by way of uid=b,dc=x; uid=c,dc=x',
    'uid=self,dc=x (manager): reports to themselves',
  ]);
  expect(store.memberships()).toEqual({ a: ['g', 'h'], b: ['g', 'h'], below: [], c: ['own'], self: [] });
});

it('names a few of many lost members, and is quick with hundreds of thousands', async () => {
  const members = Array.from({ length: 200_000 }, (_, index) => `member: uid=m${index},dc=x\n`).join('');
  const { store } = await storeOf(person('ann') + group('all', `member: uid=ann,dc=x\n${members}`));
  await using _ = store;
  expect(store.problems()).toEqual([expect.stringMatching(/: uid=m0,dc=x; .*; and 199997 more$/)]);
  expect(store.memberships()).toEqual({ ann: ['all'] });
});

it('looks at what each directory says, also of people shown as one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const writer = new DirectoryWriter(join(folder, 'directory.sqlite'));
  onTestFinished(() => writer.close());
  writer.configured(['staff', 'cloud']);
  const ann = 'mail: ann@x.example\nmanager: uid=bo,dc=x\n';
  const load = async (source: string, text: string): Promise<void> => {
    await writeFile(join(folder, 'people.ldif'), text);
    registerSource(writer.db, { name: source, connector: 'ldif', options: {} });
    await syncSource(writer, source, await openWith(ldif, { path: 'people.ldif' }, folder), call, () => undefined);
  };
  await load('staff', person('ann', ann) + person('bo', 'mail: bo@x.example\n'));
  // There nobody but ann is known, and a group that she champions; the other directory's bo is none of this one's.
  await load('cloud', person('ann', ann) + group('all', 'member: uid=ann,dc=x\nowner: uid=ann,dc=x\n'));
  expect(writer.db.all('SELECT name, manager_source AS within FROM person ORDER BY name')).toEqual([
    { name: 'ann', within: 'staff' },
    { name: 'bo', within: 'staff' },
  ]);
  expect(writer.db.all('SELECT source, place, reason FROM problem')).toEqual([
    { source: 'cloud', place: 'uid=ann,dc=x (manager)', reason: 'the manager "uid=bo,dc=x" is nobody of this source' },
  ]);
});

it('reports an address that several people have, and stops when it is one person’s again', async () => {
  const ann = person('ann', 'mail: Team@x.example\nmail: ann@x.example\n');
  const { store, write } = await storeOf(ann + person('bo', 'mail: team@x.example\n'));
  await using _ = store;
  expect(store.problems()).toEqual([
    'team@x.example (shared): belongs to several people, so that no account is linked by it: ann; bo',
  ]);
  await write(ann + person('bo'));
  await store.sync();
  expect(store.problems()).toEqual([]);
});
