import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import { settingsOf } from '../../../kit/text/runs.ts';
import type { DocumentItem } from '../../connector.ts';
import { changedSince, type Changed } from './changes.ts';
import { writeCursor, type Cursor } from './cursor.ts';
import { LOOK, WikiPages } from './pages.ts';
import { pagesOf, type WikiPage } from './query.ts';
import { siteOf, type Site, type SpaceOptions } from './readers.ts';
import type { Params, WikiSession } from './session.ts';

/** What a run works with. */
export interface RunOptions {
  readonly session: WikiSession;
  readonly spaces: SpaceOptions;
  readonly maxBytes: number;
  readonly source: string;
  /** Pages read for one batch. */
  readonly size: number;
}

/** More titles at once are an error to MediaWiki, not a cut; so many reading rights it tests in one answer. */
const AT_ONCE = 50;
/** An unchanged page costs next to nothing. */
const MAX_UNCHANGED = 1000;

/** No log tells that a right to read was taken or given, so all pages are looked at as often as this. */
const WALK_ANYWAY_MS = 6 * 60 * 60_000;

interface Found {
  readonly upserts: DocumentItem[];
  readonly deletes: string[];
  readonly unchanged: string[];
  readonly problems: Problem[];
}

const nothing = (): Found => ({ upserts: [], deletes: [], unchanged: [], problems: [] });

/** One run over a wiki: what recent changes and logs name where that is enough, else all of it. */
export class WikiRun {
  readonly #options: RunOptions;
  readonly #known: Known;
  readonly #call: Call;

  constructor(options: RunOptions, known: Known, call: Call) {
    this.#options = options;
    this.#known = known;
    this.#call = call;
  }

  /** @throws ConnectorError when the wiki cannot be read */
  async *batches(cursor: Cursor | undefined, isFirst: boolean): AsyncGenerator<Batch<DocumentItem>> {
    const { session, spaces, maxBytes, source } = this.#options;
    try {
      stopIfCancelled(this.#call, source);
      const site = await siteOf(session, spaces, source, this.#call);
      const settings = settingsOf([spaces.url, site.spaces, maxBytes], 1);
      const pages = new WikiPages({ session, spaces: site.spaces, maxBytes, settings: settingsOf(spaces.url, 1) });
      const had = cursor?.had === true;
      const usable = cursor?.settings === settings ? cursor : undefined;
      if (usable !== undefined && usable.walk === undefined && !isWalkDue(usable, site.now)) {
        const changed = await changedSince(session, usable.since, this.#call);
        if (!changed.isUnclear) {
          yield* this.#delta(pages, changed, usable.since, { ...usable, since: site.now });
          return;
        }
      }
      const start: Cursor =
        usable?.walk === undefined
          ? { settings, since: site.now, had, walk: { space: site.spaces[0]?.id ?? 0, any: false, read: false } }
          : usable;
      // What deltas and an older walk have seen does not count for this one.
      yield* this.#walk(pages, site, start, usable?.walk === undefined && !isFirst);
    } catch (cause) {
      stopIfCancelled(this.#call, source);
      throw cause;
    }
  }

  async *#delta(pages: WikiPages, changed: Changed, since: string, end: Cursor): AsyncGenerator<Batch<DocumentItem>> {
    const { session } = this.#options;
    const seen = new Set<string>();
    let found = nothing();
    for (const params of [...asked('pageids', changed.ids), ...asked('titles', changed.titles)]) {
      for await (const batch of pagesOf(session, { ...LOOK, ...params }, this.#call)) {
        const fresh = batch.pages.filter(({ pageid }) => pageid !== undefined && !seen.has(String(pageid)));
        for (const { pageid } of fresh) seen.add(String(pageid));
        await this.#read(pages, this.#sort(pages, fresh, found), found);
      }
      if (found.upserts.length < AT_ONCE) continue;
      // Killed before the last batch, all is looked at again, and little of it read.
      yield { ...found, cursor: writeCursor({ ...end, since }) };
      found = nothing();
    }
    yield { ...found, cursor: writeCursor(end) };
  }

  async *#walk(pages: WikiPages, site: Site, start: Cursor, restarts: boolean): AsyncGenerator<Batch<DocumentItem>> {
    const { session, size, source } = this.#options;
    let { any, read } = start.walk ?? { any: false, read: false };
    let restart = restarts ? ({ restart: true } as const) : {};
    let found = nothing();
    const batch = (space: number, from: string | undefined): Batch<DocumentItem> => {
      const full = { ...found, deletes: [], ...restart };
      restart = {};
      found = nothing();
      return { ...full, cursor: writeCursor({ ...start, walk: { space, from, any, read } }) };
    };
    const left = site.spaces.filter(({ id }) => id >= (start.walk?.space ?? 0));
    for (const [index, { id }] of left.entries()) {
      let from = start.walk?.space === id ? start.walk.from : undefined;
      for await (const list of pagesOf(session, { ...allPages(id, from), ...LOOK }, this.#call)) {
        any ||= list.pages.length > 0;
        const changed = this.#sort(pages, list.pages, found);
        read ||= changed.length + found.unchanged.length > 0;
        for (let at = 0; at < changed.length; at += size) {
          if (at > 0) yield batch(id, from);
          await this.#read(pages, changed.slice(at, at + size), found);
        }
        from = list.next?.['gapcontinue'];
        const next = from === undefined ? left[index + 1]?.id : id;
        if (next !== undefined && (found.upserts.length > 0 || found.unchanged.length >= MAX_UNCHANGED))
          yield batch(next, from);
      }
    }
    if (any && !read) {
      throw new ConnectorError(
        'FORBIDDEN',
        `${source}: the account may read none of the wiki's pages; give it the right, and its bot password the grant that has it`,
      );
    }
    if (!any && start.had) stopIfEmptied(source, this.#call, 'the wiki shows none of the pages there were');
    const { settings, since } = start;
    yield {
      ...found,
      deletes: [],
      ...restart,
      cursor: writeCursor({ settings, since, walkedAt: since, had: any }),
      sweep: true,
    };
  }

  /** Sorts pages into those gone for us, unchanged ones, and those to read, which it returns. */
  #sort(pages: WikiPages, looked: readonly WikiPage[], found: Found): WikiPage[] {
    return looked.filter((page) => {
      const key = String(page.pageid);
      const version = pages.versionOf(page);
      const before = this.#known(key);
      if (version !== undefined && version !== before) return true;
      if (before !== undefined) (version === undefined ? found.deletes : found.unchanged).push(key);
      return false;
    });
  }

  async #read(pages: WikiPages, changed: readonly WikiPage[], found: Found): Promise<void> {
    for (let at = 0; at < changed.length; at += AT_ONCE) {
      for (const [id, outcome] of await pages.read(changed.slice(at, at + AT_ONCE), this.#call)) {
        const key = String(id);
        const isKnown = this.#known(key) !== undefined;
        if (outcome !== 'gone' && 'item' in outcome) found.upserts.push(outcome.item);
        else if (outcome !== 'gone' && outcome.problem.item !== undefined && isKnown) found.unchanged.push(key);
        else if (isKnown) found.deletes.push(key);
        if (outcome !== 'gone' && 'problem' in outcome) found.problems.push(outcome.problem);
      }
    }
  }
}

function isWalkDue({ walkedAt = '', since }: Cursor, now: string): boolean {
  const age = Date.parse(now) - Date.parse(walkedAt);
  // A wiki whose clock went back was restored from a backup.
  return !(age >= 0 && age < WALK_ANYWAY_MS) || Date.parse(now) < Date.parse(since);
}

function allPages(space: number, from: string | undefined): Params {
  return {
    generator: 'allpages',
    gapnamespace: String(space),
    gaplimit: String(AT_ONCE),
    gapfilterredir: 'nonredirects',
    gapcontinue: from,
  };
}

/** Parameters that name so many pages as one request may. */
function asked(name: 'pageids' | 'titles', values: ReadonlySet<number | string>): Params[] {
  const all = [...values];
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) => ({
    [name]: all.slice(index * AT_ONCE, (index + 1) * AT_ONCE).join('|'),
  }));
}
