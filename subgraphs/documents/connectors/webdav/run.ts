import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { stopIfEmptied } from '../../../kit/sync/shrink.ts';
import { fingerprint, stopIfCancelled } from '../../../kit/text/files.ts';
import { settingsOf } from '../../../kit/text/runs.ts';
import type { DocumentItem } from '../../connector.ts';
import { Access } from './access.ts';
import { ahead } from './ahead.ts';
import type { DavClient } from './client.ts';
import { cursorOf, parseCursor, type DavCursor } from './cursor.ts';
import type { Entry } from './entries.ts';
import { DavFiles, type Outcome } from './files.ts';
import { FolderMemory } from './memory.ts';
import { ReaderRules } from './rules.ts';
import { modifiedDocuments } from './modified.ts';
import { Shares } from './shares.ts';
import { endOf, walkDav, type DavStep } from './walk.ts';

/** What a run works with. */
export interface RunOptions {
  readonly client: DavClient;
  readonly url: string;
  readonly readers: Readonly<Record<string, readonly Reader[]>>;
  /** Whether an account reads, or anybody. */
  readonly isLoggedIn: boolean;
  readonly space: string | undefined;
  readonly extensions: ReadonlySet<string>;
  readonly maxBytes: number;
  readonly source: string;
  /** Documents of one batch. */
  readonly size: number;
  /** Kept from run to run, and filled by those that see everything. */
  readonly kept: { memory?: FolderMemory | undefined };
}

/** Files fetched at once: over a long way most of the time is waiting, and four are no burden to a server. */
const AT_ONCE = 4;
/** An unchanged file costs no request. */
const MAX_UNCHANGED = 2000;

/** Tags change no ETag: however still a server says it is, it is walked through as often as this. */
const WALK_ANYWAY_MS = 60 * 60_000;

/** Clocks of a server's parts may differ by so many seconds, and a long upload has the date of its beginning. */
const OVERLAP_S = 300;

interface OpenBatch {
  readonly upserts: DocumentItem[];
  readonly unchanged: string[];
  readonly problems: Problem[];
}

const emptyBatch = (): OpenBatch => ({ upserts: [], unchanged: [], problems: [] });

/** One run over a server: nothing where it is as it was, else a walk, through what its ETags do not vouch for. */
export class DavRun {
  readonly #options: RunOptions;
  readonly #known: Known;
  readonly #call: Call;

  constructor(options: RunOptions, known: Known, call: Call) {
    this.#options = options;
    this.#known = known;
    this.#call = call;
  }

  /** @throws ConnectorError when the server cannot be read */
  async *batches(written: string | undefined): AsyncGenerator<Batch<DocumentItem>> {
    const { client, source, url, space, kept } = this.#options;
    const cursor = parseCursor(written);
    const { vendor, root, at } = await this.#asked(() => client.look(this.#call));
    const settings = settingsOf([url, space, vendor.name], 1);
    const rules = new ReaderRules(this.#options.readers);
    const first = emptyBatch();
    const { ocs } = vendor;
    // With a rule for everything nobody is asked whom anything is shared with.
    const shares =
      ocs === undefined || rules.isWhole
        ? new Shares([])
        : await this.#asked(() => client.ocs.shares(ocs, this.#call, first.problems));
    const choice = JSON.stringify([this.#options.readers, [...this.#options.extensions], this.#options.maxBytes]);
    const state = vendor.deepEtags ? fingerprint(settings, choice, shares.fingerprint) : undefined;
    const still = state === undefined || root.etag === undefined ? undefined : fingerprint(state, root.etag);
    const isDue = (wholeAt: number): boolean => Date.now() - wholeAt >= WALK_ANYWAY_MS;
    const isNew = cursor.after === undefined;
    if (isNew && still !== undefined && still === cursor.still && !isDue(cursor.stillAt)) return;

    await this.#mustBeThere(rules);
    const access = new Access(rules, vendor, shares, {
      inside: client.cloud?.inside ?? [],
      isLoggedIn: this.#options.isLoggedIn,
    });
    const files = new DavFiles({ client, vendor, settings, space, source, maxBytes: this.#options.maxBytes });
    const { memory: last } = kept;
    const before = isNew && last?.state === state && last !== undefined && !isDue(last.wholeAt) ? last : undefined;
    // A walk that saw all but one folder has swept nothing; what it saw must not count for the next one.
    let restart = isNew && cursor.unseen;
    // After a start everything has to be listed, which takes its time: what was edited meanwhile comes first.
    if (isNew && before === undefined && vendor.search && cursor.since !== undefined) {
      for await (const batch of this.#modified(cursor, access, files)) {
        yield { ...batch, ...(restart ? { restart } : {}) };
        restart = true;
      }
    }
    const memory = new FolderMemory(state ?? '', before?.wholeAt ?? Date.now());
    const since = Math.floor(at / 1000) - OVERLAP_S;
    for await (const batch of this.#walked(cursor, { root, access, files, before, memory, since, still, first })) {
      yield { ...batch, ...(restart ? { restart } : {}) };
      restart = false;
      if (batch.sweep === true) kept.memory = isNew && state !== undefined ? memory : undefined;
    }
  }

  /** @throws ConnectorError when a path of `readers` is not there: misspelt, it would leave open what it was to close */
  async #mustBeThere(rules: ReaderRules): Promise<void> {
    const { client, source, url } = this.#options;
    const missing = await rules.missing(async (folder) => {
      const listing = await this.#asked(() => client.list(folder, this.#call));
      if (typeof listing !== 'string') return listing.entries.map(({ name }) => name);
      return listing === 'gone' ? [] : undefined;
    });
    if (missing.length === 0) return;
    const what = `\`readers\` names ${missing.map((path) => JSON.stringify(path)).join(', ')}, which ${url} does not have`;
    throw new ConnectorError('MISCONFIGURED', `${source}: ${what}; write it as on the server, or take it out`);
  }

  async *#walked(
    { after, unseen, had, since: sinceBefore }: DavCursor,
    run: {
      readonly root: Entry;
      readonly access: Access;
      readonly files: DavFiles;
      readonly before: FolderMemory | undefined;
      readonly memory: FolderMemory;
      readonly since: number;
      readonly still: string | undefined;
      readonly first: OpenBatch;
    },
  ): AsyncGenerator<Batch<DocumentItem>> {
    const { client, source, url, extensions } = this.#options;
    const { access, files, before, memory } = run;
    let isComplete = after === undefined || !unseen;
    let isSettled = after === undefined;
    let batch = run.first;
    let last = after;
    const cut = (): Batch<DocumentItem> => {
      const done = batch;
      batch = emptyBatch();
      const cursor = cursorOf({ after: last, had: true, unseen: !isComplete });
      return { ...done, deletes: [], cursor };
    };
    // Requests still under way when the run ends are of no use to anybody.
    const end = new AbortController();
    const inner: Call = { signal: AbortSignal.any([this.#call.signal, end.signal]) };
    const walk = walkDav(
      {
        client,
        access,
        extensions,
        before,
        memory,
        after,
        source,
        keyOf: (file) => files.keyOf(file),
        isKnown: (key) => this.#known(key) !== undefined,
      },
      run.root,
      inner,
    );
    const read = ahead(
      walk,
      AT_ONCE,
      async (step): Promise<{ step: DavStep; outcome: Outcome; problems: Problem[] }> => {
        if (step.kind === 'problem') return { step, outcome: {}, problems: [step.problem] };
        const problems: Problem[] = [];
        if (step.kind === 'still') return { step, outcome: {}, problems };
        return { step, outcome: await files.read(step.entry, step.readers, this.#known, inner, problems), problems };
      },
    );
    let isEmpty = false;
    try {
      for (;;) {
        const next = await this.#asked(() => read.next());
        if (next.done === true) {
          ({ isEmpty } = next.value);
          break;
        }
        const { step, outcome, problems } = next.value;
        // Handed over only now: problems met on the way to this file belong to the batch that it is in.
        if (step.kind === 'file' && this.#isFull(batch)) yield cut();
        batch.problems.push(...problems);
        if (step.kind === 'still') {
          for (const key of step.keys) {
            if (this.#isFull(batch)) yield cut();
            batch.unchanged.push(key);
          }
          last = endOf(step.folder);
          continue;
        }
        const { item, unchanged, isKept } = outcome;
        // What is not as it should be is looked at again, whatever its folder's ETag says.
        if (problems.length > 0 || (item === undefined && unchanged === undefined)) memory.forget(step.folder);
        if (step.kind === 'problem') {
          if (step.unseen) isComplete = false;
          continue;
        }
        last = step.entry.path;
        if (unchanged !== undefined) batch.unchanged.push(unchanged);
        if (item !== undefined) batch.upserts.push(item);
        if (isKept === true) isSettled = false;
      }
    } finally {
      end.abort();
    }
    // A share that is not mounted is an empty folder.
    if (had && isEmpty) stopIfEmptied(source, this.#call, `${url} is empty, and all the files of before are gone`);
    const quiet =
      isComplete && isSettled && run.still !== undefined ? { still: run.still, stillAt: memory.wholeAt } : {};
    yield {
      ...batch,
      deletes: [],
      cursor: cursorOf({
        unseen: !isComplete,
        had: had || last !== undefined,
        since: isComplete ? run.since : sinceBefore,
        ...quiet,
      }),
      // What lies behind a lock is not gone; it is looked for again next time.
      ...(isComplete ? { sweep: true } : {}),
    };
  }

  /** What a search finds; a walk has to follow, which finds the rest. */
  async *#modified(cursor: DavCursor, access: Access, files: DavFiles): AsyncGenerator<Batch<DocumentItem>> {
    const { client, extensions } = this.#options;
    let batch = emptyBatch();
    // Ended after one of these batches, the run has seen too little to go on from: the next one starts over.
    const cut = (): Batch<DocumentItem> => ({ ...batch, deletes: [], cursor: cursorOf({ ...cursor, unseen: true }) });
    const since = cursor.since ?? 0;
    const found = modifiedDocuments({ client, extensions, access, files, since, known: this.#known }, this.#call);
    for (;;) {
      const next = await this.#asked(() => found.next());
      if (next.done === true) break;
      batch.upserts.push(next.value);
      if (!this.#isFull(batch)) continue;
      yield cut();
      batch = emptyBatch();
    }
    if (batch.upserts.length > 0) yield cut();
  }

  #isFull({ upserts, unchanged, problems }: OpenBatch): boolean {
    return upserts.length >= this.#options.size || Math.max(unchanged.length, problems.length) >= MAX_UNCHANGED;
  }

  /** A call that is ended from our side fails as that, whatever else fails with it. */
  async #asked<Result>(ask: () => Promise<Result>): Promise<Result> {
    stopIfCancelled(this.#call, this.#options.source);
    try {
      return await ask();
    } catch (cause) {
      stopIfCancelled(this.#call, this.#options.source);
      throw cause;
    }
  }
}
