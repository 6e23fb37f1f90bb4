import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DirectoryItem } from '../../subgraphs/directory/connector.ts';
import { DirectoryReader, type PersonRow } from '../../subgraphs/directory/store.ts';
import { DirectoryWriter } from '../../subgraphs/directory/writer.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { registerSource } from '../../subgraphs/kit/sync/sync-state.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { call } from '../contract/connector-contract.ts';

/** A directory's store on disk, filled by a connector: what readers `group:X` go by. */
export interface FilledStore extends AsyncDisposable {
  sync(): Promise<void>;
  /** Names of the groups each person is in, also by way of groups inside groups; by the person's name. */
  memberships(): Record<string, readonly string[]>;
  people(): readonly (PersonRow & { readonly key: string })[];
  /** Place and reason of each problem, in the order of places. */
  problems(): readonly string[];
}

/** Fills a store of its own with what the connector reads. */
export async function fillStore(connector: Connector<DirectoryItem>): Promise<FilledStore> {
  const home = await mkdtemp(join(tmpdir(), 'atrium-directory-'));
  const path = join(home, 'directory.sqlite');
  const writer = new DirectoryWriter(path);
  registerSource(writer.db, { name: 'test', connector: 'test', options: {} });
  const sync = async (): Promise<void> => void (await syncSource(writer, 'test', connector, call, () => undefined));
  await sync();
  const reader = new DirectoryReader(path);
  const people = () =>
    reader.db.all<PersonRow & { key: string }>(
      'SELECT p.*, e.key FROM person p JOIN entry e ON e.id = p.id ORDER BY p.name',
    );
  return {
    sync,
    people,
    memberships: () =>
      Object.fromEntries(people().map((person) => [person.name, reader.groupNames(person).toSorted()])),
    problems: () =>
      reader.db
        .all<{ place: string; reason: string }>('SELECT place, reason FROM problem ORDER BY place')
        .map(({ place, reason }) => `${place}: ${reason}`),
    async [Symbol.asyncDispose]() {
      reader.close();
      writer.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
