import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import type { DirectoryItem } from '../../connector.ts';
import type { Entry } from '../inet-org-person.ts';
import { MAX_ANSWER } from './answer-size.ts';
import { TooLarge, type Connection, type Search } from './connection.ts';
import { Listing, type Plan } from './listing.ts';

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
  const listing = await Listing.read(plan, connection, known);
  const { problems, unchanged, primaryGroups } = listing;
  let isWhole = true;
  for (const { search, count, isCut } of listing.changed) {
    if (!isCut) continue;
    isWhole = false;
    problems.push(partial(search, count));
  }
  const [people, groups] = listing.changed.map(({ count }) => count);
  const counts: Counts = { people: people ?? 0, groups: groups ?? 0, isOpen: false };
  mustNotBeEmpty(plan, counts, last, call);

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

  for (const { search, names } of listing.changed) {
    for await (const entry of readAll(plan, connection, search, names, problems, () => (isWhole = false))) {
      const { item, reasons } = plan.toItem(entry);
      for (const reason of reasons)
        problems.push({ place: entry.dn, reason, ...(item === undefined ? {} : { item: item.key }) });
      if (item === undefined || !listing.owns(item.key, entry)) continue;
      const version = primaryGroups.versionOf(entry, plan.versionOf(entry, Date.now()) ?? item.version);
      if (known(item.key) === version) unchanged.push(item.key);
      else upserts.push({ ...primaryGroups.complete(entry, item), version });
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

/** The entries of these names, whole. What is gone by now is left to the next run; `onLoss` is told. */
async function* readAll(
  plan: Plan,
  connection: Connection,
  search: Search,
  names: Map<string, undefined>,
  problems: Problem[],
  onLoss: () => void,
): AsyncGenerator<Entry> {
  if (names.size > MAX_SINGLE && (yield* readPages(plan, connection, search, names))) {
    // Renamed or deleted since it was listed: a sweep now could take it for gone.
    if (names.size > 0) onLoss();
    return;
  }
  for (const base of names.keys()) {
    try {
      const entry = await connection.read({ ...search, base });
      if (entry === undefined) onLoss();
      else yield entry;
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      problems.push({ place: base, reason: `the entry is larger than ${MAX_ANSWER} bytes; it is left out` });
    }
  }
}

/** Walks through all for those of these names, and takes them out of `names`; false if a page was too large. */
async function* readPages(
  plan: Plan,
  connection: Connection,
  search: Search,
  names: Map<string, undefined>,
): AsyncGenerator<Entry, boolean> {
  try {
    for await (const page of connection.pages(search, plan.pageSize))
      for (const entry of page.entries) if (names.delete(entry.dn)) yield entry;
    return true;
  } catch (error) {
    if (error instanceof TooLarge) return false;
    throw error;
  }
}

function partial({ base, filter }: Search, count: number): Problem {
  return {
    place: base,
    reason: `partial: the server gives this account no more than ${count} entries for ${filter}, and there are more; raise its size limit. Nothing is deleted meanwhile.`,
  };
}

/** A lost right looks like a directory with nobody in it, and must not empty the store. */
function mustNotBeEmpty(plan: Plan, { people, groups }: Counts, last: Counts | undefined, call: Call): void {
  const { source } = plan;
  const [byPeople, byGroups] = plan.searches.map(({ base, filter }) => `is found below "${base}" by ${filter}`);
  // That there is nobody was accepted where a run that found nobody came to its end.
  if (people === 0 && !(last?.isOpen === false && last.people === 0)) {
    const had = last?.people ?? 0;
    if (had === 0 && call.mayShrink === undefined) {
      throw new ConnectorError(
        'FORBIDDEN',
        `${source}: nobody ${byPeople}: the account may not read them, or the filter fits none. Nothing was deleted.`,
      );
    }
    stopIfEmptied(source, call, had === 0 ? `nobody ${byPeople}` : `none of the ${had} people ${byPeople}`);
  }
  if (groups === 0 && last !== undefined && last.groups > 0)
    stopIfEmptied(source, call, `none of the ${last.groups} groups ${byGroups}`);
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
