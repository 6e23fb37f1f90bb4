import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import type { DirectoryItem } from '../../connector.ts';
import { keyOf, type Entry, type Mapped } from '../inet-org-person.ts';
import type { Connection, Search } from './connection.ts';

/** What a run reads, and how. */
export interface Plan {
  readonly source: string;
  /** People first, then groups. */
  readonly searches: readonly [people: Search, groups: Search];
  /** What is asked for to see whether an entry is as before. */
  readonly listed: readonly string[];
  /** The attributes that identify an entry, in lower case. */
  readonly keys: readonly string[];
  readonly toItem: (entry: Entry) => Mapped;
  readonly versionOf: (entry: Entry, nowMs: number) => string | undefined;
  readonly pageSize: number;
}

/** What the last complete run found; `isOpen` in a run that has not come to its end. */
export interface Counts {
  readonly people: number;
  readonly groups: number;
  readonly isOpen: boolean;
}

const BATCH = 500;
/** An unchanged entry costs next to nothing. */
const MAX_UNCHANGED = 5000;
/** So many changed entries are read one by one, by their names; more are found faster in one walk through all. */
const MAX_SINGLE = 200;

/**
 * One run: lists every entry's id and marker, which finds what was added, changed, renamed and, as deletes leave no
 * trace, what is gone; then reads what is not as the store has it. Nothing depends on clocks, on cookies that die with
 * the connection, or on what another server counts: a run cut short lists again and reads what is left.
 */
export async function* runDirectory(
  plan: Plan,
  connection: Connection,
  last: Counts | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<DirectoryItem>> {
  const problems: Problem[] = [];
  const unchanged: string[] = [];
  const stale: Map<string, undefined>[] = [];
  const found: number[] = [];
  let isWhole = true;
  for (const search of plan.searches) {
    const { names, count, isCut } = await listChanged(plan, connection, search, known, unchanged);
    stale.push(names);
    found.push(count);
    if (isCut) {
      isWhole = false;
      problems.push(partial(search, count));
    }
  }
  const counts: Counts = { people: found[0] ?? 0, groups: found[1] ?? 0, isOpen: false };
  mustNotBeEmpty(plan, counts, last);

  const cursorOf = (isOpen: boolean): string =>
    JSON.stringify(isOpen ? { ...(last ?? { people: 0, groups: 0 }), isOpen } : { ...counts, isOpen });
  // All is listed anew, so what a run cut short has seen need not count.
  let restart = last?.isOpen === true ? ({ restart: true } as const) : {};
  let upserts: DirectoryItem[] = [];
  const take = (isOpen: boolean): Batch<DirectoryItem> => {
    const batch = {
      upserts,
      deletes: [],
      unchanged: unchanged.splice(0, MAX_UNCHANGED),
      problems: problems.splice(0),
      cursor: cursorOf(isOpen),
      ...restart,
      ...(!isOpen && isWhole ? { sweep: true } : {}),
    };
    upserts = [];
    restart = {};
    return batch;
  };

  const owners = new Map<string, string>();
  for (const [index, search] of plan.searches.entries()) {
    for await (const entry of readAll(plan, connection, search, stale[index] ?? new Map(), () => (isWhole = false))) {
      const { item, reasons } = plan.toItem(entry);
      for (const reason of reasons)
        problems.push({ place: entry.dn, reason, ...(item === undefined ? {} : { item: item.key }) });
      if (item === undefined) continue;
      const owner = owners.get(item.key);
      if (owner !== undefined) {
        // Found by both searches, an entry is one all the same.
        if (owner !== entry.dn)
          problems.push({ place: entry.dn, reason: `the key ${item.key} belongs to ${owner} already; left out` });
        continue;
      }
      owners.set(item.key, entry.dn);
      const version = plan.versionOf(entry, Date.now()) ?? item.version;
      if (known(item.key) === version) unchanged.push(item.key);
      else upserts.push({ ...item, version });
      if (upserts.length < BATCH) continue;
      yield take(true);
      stopIfCancelled(call, plan.source);
    }
  }
  while (unchanged.length > MAX_UNCHANGED) {
    yield take(true);
    stopIfCancelled(call, plan.source);
  }
  yield take(false);
}

/** The names of entries to read, and, into `unchanged`, the keys of those that are as the store has them. */
async function listChanged(
  plan: Plan,
  connection: Connection,
  search: Search,
  known: Known,
  unchanged: string[],
): Promise<{ names: Map<string, undefined>; count: number; isCut: boolean }> {
  const names = new Map<string, undefined>();
  let count = 0;
  let isCut = false;
  for await (const page of connection.pages({ ...search, attributes: plan.listed }, plan.pageSize)) {
    const now = Date.now();
    isCut ||= page.isCut;
    count += page.entries.length;
    for (const entry of page.entries) {
      const key = keyOf(entry, plan.keys);
      const version = plan.versionOf(entry, now);
      if (key !== undefined && version !== undefined && known(key) === version) unchanged.push(key);
      else names.set(entry.dn, undefined);
    }
  }
  return { names, count, isCut };
}

/** The entries of these names, whole. What is gone by now is left to the next run; `onLoss` is told. */
async function* readAll(
  plan: Plan,
  connection: Connection,
  search: Search,
  names: Map<string, undefined>,
  onLoss: () => void,
): AsyncGenerator<Entry> {
  if (names.size <= MAX_SINGLE) {
    for (const base of names.keys()) {
      const entry = await connection.read({ ...search, base });
      if (entry === undefined) onLoss();
      else yield entry;
    }
    return;
  }
  for await (const page of connection.pages(search, plan.pageSize))
    for (const entry of page.entries) if (names.delete(entry.dn)) yield entry;
  // Renamed or deleted since it was listed: a sweep now could take it for gone.
  if (names.size > 0) onLoss();
}

function partial({ base, filter }: Search, count: number): Problem {
  return {
    place: base,
    reason: `partial: the server gives this account no more than ${count} entries for ${filter}, and there are more; raise its size limit. Nothing is deleted meanwhile.`,
  };
}

/** A lost right looks like a directory with nobody in it, and must not empty the store. */
function mustNotBeEmpty(plan: Plan, { people, groups }: Counts, last: Counts | undefined): void {
  const [peopleSearch, groupSearch] = plan.searches;
  const refuse = (what: string, { base, filter }: Search): never => {
    throw new ConnectorError(
      'FORBIDDEN',
      `${plan.source}: ${what} is found below "${base}" by ${filter}: the account may not read them, or the filter fits none. Nothing was deleted.`,
    );
  };
  if (people === 0) refuse('nobody', peopleSearch);
  // Groups that are really gone: any change of the options starts afresh.
  if (groups === 0 && last !== undefined && last.groups > 0) refuse('none of the groups there were', groupSearch);
}

/** The cursor as it was written; undefined for none, and for what is no cursor of ours. */
export function readCounts(cursor: string | undefined): Counts | undefined {
  if (cursor === undefined) return undefined;
  try {
    const { people, groups, isOpen } = (JSON.parse(cursor) ?? {}) as Partial<Counts>;
    if (Number.isSafeInteger(people) && Number.isSafeInteger(groups) && typeof isOpen === 'boolean')
      return { people: people as number, groups: groups as number, isOpen };
  } catch {
    // A cursor of an older release: everything is compared anew.
  }
  return { people: 0, groups: 0, isOpen: true };
}
