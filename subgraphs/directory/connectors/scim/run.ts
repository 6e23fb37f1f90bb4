import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import type { DirectoryItem } from '../../connector.ts';
import type { ScimApi } from './api.ts';
import { START, type Cursor } from './cursor.ts';
import { keyOf, toGroup, toPerson, type Mapped } from './items.ts';
import { lastModified, toResource, type Endpoint, type Resource } from './resource.ts';
import { Walk, type WalkQuery } from './walk.ts';

/** What is read, and how. */
export interface Server {
  readonly api: ScimApi;
  readonly source: string;
  readonly groups: boolean;
  readonly pageSize: number;
  readonly fullEveryMs: number;
  /** Whether lists can be asked for changes only: as the server says, until it is caught not doing so. */
  filters: boolean;
}

type Batches<Result = void> = AsyncGenerator<Batch<DirectoryItem>, Result>;

const BATCH = 100;
/** An unchanged entry costs next to nothing. */
const MAX_UNCHANGED = 5_000;
/** Groups of a page: each carries its members, which cannot be paged (RFC 7644 has no way to). */
const MAX_GROUPS = 50;
/** Servers behind one address have clocks of their own, and a change shows after it was dated. */
const MARGIN_MS = 120_000;
/** Up to so many entries all ids are listed in every run; beyond that, once an hour. */
const CHEAP = 2_000;
const SWEEP_MS = 3_600_000;
/** So many entries that no change told of are read one by one; more are found faster in one walk through all. */
const MAX_SINGLE = 100;

/**
 * One run. Changes are asked for where the server can tell them, checked against what was asked, and believed only if
 * the latest change known before is among them: a filter that is ignored answers everything, one that is misunderstood
 * nothing. All else reads everything. Deletions leave no trace in SCIM, so that ids are listed for them.
 */
export class ScimRun {
  readonly #server: Server;
  readonly #last: Cursor;
  readonly #known: Known;
  readonly #call: Call;
  readonly #next: Cursor;
  /** Keys of all that was looked at. */
  readonly #handled = new Set<string>();
  readonly #upserts: DirectoryItem[] = [];
  readonly #unchanged: string[] = [];
  readonly #problems: Problem[] = [];
  #restart: boolean;
  #listsMembers = false;
  /** Something could not be read that may be readable next time. */
  #isUnfit = false;

  constructor(server: Server, last: Cursor | undefined, known: Known, call: Call) {
    this.#server = server;
    this.#last = last ?? START;
    this.#known = known;
    this.#call = call;
    this.#next = structuredClone(this.#last);
    // All is looked at anew, so what a run cut short has seen need not count.
    this.#restart = last?.isOpen === true;
  }

  /** The batches of the run. */
  async *batches(): Batches {
    const { isOpen, fullAt } = this.#last;
    const goesOn = this.#server.filters && !isOpen && Date.now() - fullAt < this.#server.fullEveryMs;
    if (goesOn && (yield* this.#changed()) && (yield* this.#gone())) return;
    yield* this.#everything();
  }

  get #endpoints(): readonly Endpoint[] {
    return this.#server.groups ? ['Users', 'Groups'] : ['Users'];
  }

  async *#everything(): Batches {
    let isWhole = true;
    for (const endpoint of this.#endpoints) {
      const walk = new Walk();
      for await (const page of this.#pages(walk, endpoint, {})) {
        await this.#take(endpoint, page);
        yield* this.#due();
      }
      isWhole = this.#counted(endpoint, walk) && isWhole;
    }
    const now = Date.now();
    this.#next.sweptAt = now;
    // Entries were added or deleted meanwhile, or the server miscounts: looked at again next time.
    this.#next.fullAt = isWhole ? now : 0;
    yield this.#batch(false, isWhole);
  }

  /** Reads what changed since the last run. @returns false when that cannot be relied on. */
  async *#changed(): Batches<boolean> {
    for (const endpoint of this.#endpoints) {
      const { count, newest } = endpoint === 'Users' ? this.#last.users : this.#last.groups;
      if (newest === null && count > 0) return false;
      const sinceMs = newest === null ? 0 : Date.parse(newest) - MARGIN_MS;
      const query = newest === null ? {} : { filter: `meta.lastModified gt "${new Date(sinceMs).toISOString()}"` };
      const walk = new Walk();
      let meetsNewest = newest === null;
      for await (const page of this.#pages(walk, endpoint, query)) {
        for (const resource of page) {
          const changed = lastModified(resource);
          // Some compare to the second.
          if (newest !== null && !(Date.parse(changed ?? '') > sinceMs - 1_000)) return this.#distrust();
          meetsNewest ||= changed !== undefined && changed >= (newest ?? '');
        }
        await this.#take(endpoint, page);
        yield* this.#due();
      }
      if (walk.isRefused) return this.#distrust();
      if (!walk.isWhole || !meetsNewest) return false;
    }
    return true;
  }

  #distrust(): false {
    this.#server.filters = false;
    return false;
  }

  /**
   * Ends a run that has read the changes: lists all ids, where that is due, so that whatever is not there disappears.
   * @returns false when there is much that no change told of.
   */
  async *#gone(): Batches<boolean> {
    const { users, groups, sweptAt } = this.#last;
    if (users.count + groups.count > CHEAP && Date.now() - sweptAt < SWEEP_MS) {
      yield this.#batch(false, false);
      return true;
    }
    let isWhole = true;
    for (const endpoint of this.#endpoints) {
      const walk = new Walk();
      const untold: string[] = [];
      for await (const page of this.#pages(walk, endpoint, { attributes: 'id' })) {
        for (const { id } of page) {
          const key = keyOf(endpoint, id);
          if (this.#handled.has(key)) continue;
          if (this.#known(key) === undefined) untold.push(id);
          else this.#unchanged.push(key);
        }
        yield* this.#due();
      }
      if (walk.isRefused || untold.length > MAX_SINGLE) return false;
      for (const id of untold) {
        const resource = toResource(await this.#server.api.one(endpoint, id, this.#call));
        if (resource?.id === id) await this.#take(endpoint, [resource]);
      }
      isWhole = this.#counted(endpoint, walk) && isWhole;
    }
    this.#next.sweptAt = isWhole ? Date.now() : 0;
    yield this.#batch(false, isWhole);
    return true;
  }

  #pages(walk: Walk, endpoint: Endpoint, query: WalkQuery): AsyncGenerator<readonly Resource[]> {
    const { api, pageSize } = this.#server;
    const size = endpoint === 'Groups' && query.attributes === undefined ? Math.min(pageSize, MAX_GROUPS) : pageSize;
    return walk.pages(api, endpoint, size, query, this.#call);
  }

  /**
   * Notes how many were found, and whether these were all.
   * @throws ConnectorError where nothing is found: a lost right looks like that, and must not empty the store.
   */
  #counted(endpoint: Endpoint, walk: Walk): boolean {
    const count = walk.ids.size;
    const [nouns, mark, before] =
      endpoint === 'Users'
        ? (['users', this.#next.users, this.#last.users.count] as const)
        : (['groups', this.#next.groups, this.#last.groups.count] as const);
    if (count === 0) this.#mustNotBeEmpty(nouns, before);
    mark.count = count;
    if (walk.isWhole) return true;
    this.#problems.push({
      place: `/${endpoint}`,
      reason: `partial: the server counts ${walk.total} ${nouns}, and lists ${count}. Nothing is deleted meanwhile.`,
    });
    return false;
  }

  #mustNotBeEmpty(nouns: 'users' | 'groups', before: number): void {
    const { api, source } = this.#server;
    if (before > 0) return stopIfEmptied(source, this.#call, `the server lists none of the ${before} ${nouns}`);
    // Groups there need not be; that there is nobody was accepted where a run that found nobody came to its end.
    if (nouns === 'groups' || !this.#last.isOpen) return;
    if (this.#call.mayShrink !== undefined) return stopIfEmptied(source, this.#call, 'the server lists no users');
    throw api.error(
      'FORBIDDEN',
      'the server lists no users: the token may not read them, or there are none. Nothing was deleted',
    );
  }

  /** Takes in what a page holds. */
  async #take(endpoint: Endpoint, page: readonly Resource[]): Promise<void> {
    this.#listsMembers ||= page.some(({ attributes }) => attributes.has('members'));
    for (const resource of page) {
      const key = keyOf(endpoint, resource.id);
      if (this.#handled.has(key)) continue;
      this.#handled.add(key);
      this.#noteChange(endpoint, resource);
      const { item, reasons, isUnfit } = await this.#mapped(endpoint, resource);
      if (isUnfit === true) {
        this.#isUnfit = true;
        if (this.#known(key) !== undefined) this.#unchanged.push(key);
      }
      for (const reason of reasons) {
        const place = `/${endpoint}/${resource.id}`;
        this.#problems.push({ place, reason, ...(item === undefined ? {} : { item: item.key }) });
      }
      if (item === undefined) continue;
      if (this.#known(key) === item.version) this.#unchanged.push(key);
      else this.#upserts.push(item);
    }
  }

  async #mapped(endpoint: Endpoint, resource: Resource): Promise<Mapped<DirectoryItem>> {
    if (endpoint === 'Users') return toPerson(resource);
    const isPerson = (id: string): boolean => {
      const key = keyOf('Users', id);
      return this.#handled.has(key) || this.#known(key) !== undefined;
    };
    if (this.#listsMembers || resource.attributes.has('members')) return toGroup(resource, isPerson);
    // Some servers leave members out of lists; none of the groups having any is rare, and soon asked.
    const whole = toResource(await this.#server.api.one('Groups', resource.id, this.#call));
    return toGroup(whole?.id === resource.id ? whole : resource, isPerson);
  }

  /** The latest change is known by the server's clock alone; what it dates in the future would hide all until then. */
  #noteChange(endpoint: Endpoint, resource: Resource): void {
    const mark = endpoint === 'Users' ? this.#next.users : this.#next.groups;
    const changed = lastModified(resource);
    if (changed === undefined || Date.parse(changed) > Date.now() + MARGIN_MS) return;
    if (mark.newest === null || changed > mark.newest) mark.newest = changed;
  }

  /** What was found, once the run has come to its end. */
  get #ended(): Cursor {
    return this.#isUnfit ? { ...this.#next, fullAt: 0 } : this.#next;
  }

  *#due(): Generator<Batch<DirectoryItem>> {
    while (this.#upserts.length >= BATCH || this.#unchanged.length > MAX_UNCHANGED) {
      yield this.#batch(true, false);
      stopIfCancelled(this.#call, this.#server.source);
    }
  }

  #batch(isOpen: boolean, sweep: boolean): Batch<DirectoryItem> {
    const batch: Batch<DirectoryItem> = {
      upserts: this.#upserts.splice(0, isOpen ? BATCH : Number.POSITIVE_INFINITY),
      deletes: [],
      unchanged: this.#unchanged.splice(0, isOpen ? MAX_UNCHANGED : Number.POSITIVE_INFINITY),
      problems: this.#problems.splice(0),
      cursor: JSON.stringify({ ...(isOpen ? this.#last : this.#ended), isOpen } satisfies Cursor),
      ...(this.#restart ? { restart: true } : {}),
      ...(sweep ? { sweep: true } : {}),
    };
    this.#restart = false;
    return batch;
  }
}
