import { resolve } from 'node:path';
import type { Batch, Call, Connector, ConnectorDeps, Health, Known, Problem } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { healthOfError } from '../health.ts';
import { findFiles, fingerprint, idOf, stopIfCancelled, watchPath, type FoundFile } from './files.ts';

/**
 * A connector to a file, or to a folder of files that end in one of `extensions`: it reads them when they have changed.
 * @throws ConnectorError when there is nothing to read.
 */
export async function fileConnector<Item>(
  { path, extensions }: { readonly path: string; readonly extensions: readonly string[] },
  reader: Omit<FileReader<Item>, 'find'>,
  deps: ConnectorDeps,
): Promise<Connector<Item>> {
  const find = (): Promise<FoundFile[]> => findFiles(path, extensions, deps);
  const full = resolve(deps.baseDir, path);
  const isFolder = (await find())[0]?.path !== full;
  const changes: Connector<Item>['changes'] = (cursor, known, call) =>
    runFiles({ ...reader, find }, deps, cursor, known, call);
  return {
    changes,
    health: (call) => healthOfRun(reader.noun, () => changes(undefined, () => undefined, call)),
    watch: (onChange) => watchPath(full, isFolder, deps.log, onChange),
    close: async () => {},
  };
}

/** What a reader of files finds: an item with its place in the run, one the store has already, or one of no use. */
export type Step<Item> =
  | { readonly at: number; readonly item: Item }
  | { readonly at: number; readonly unchanged: string }
  | { readonly at: number; readonly problem: Problem };

/** How a file connector reads: the files as they are now, and what is in them, from a place on. */
export interface FileReader<Item> {
  /** The options and the reader's own revision: when they change, unchanged files are read again. */
  readonly settings: string;
  /** What its items are called: `people`. */
  readonly noun: string;
  find(): Promise<readonly FoundFile[]>;
  /**
   * Steps in an order that depends on the files alone. `at` never falls; those with `at` below `from` may be left out,
   * but must be counted in whatever finds duplicates.
   */
  read(files: readonly FoundFile[], from: number, known: Known, call: Call): AsyncIterable<Step<Item>>;
}

interface Cursor {
  /** The state of the files that `at` belongs to. */
  readonly id: string;
  /** The first place not yet handed over; `done` when there is none. */
  readonly at: number | 'done';
}

const BATCH = 500;

/**
 * Turns a reader of files into resumable batches. Files that are as the last complete run left them are not read.
 *
 * A run that was killed goes on where it was if the files are still the same. If not, it starts over.
 */
async function* runFiles<Item>(
  reader: FileReader<Item>,
  deps: ConnectorDeps,
  cursor: string | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<Item>> {
  const files = await reader.find();
  const id = idOf(files, reader.settings);
  const last = parseCursor(cursor);
  if (last?.at === 'done' && last.id === id) return;
  const goesOn = last !== undefined && last.at !== 'done' && last.id === id;
  const from = goesOn ? last.at : 0;
  // What the cut-short run saw belongs to files that are no longer so.
  let restart = last !== undefined && last.at !== 'done' && !goesOn ? ({ restart: true } as const) : {};

  let batch = emptyBatch<Item>();
  let next = from;
  let usable = from > 0;
  let first: Problem | undefined;
  for await (const step of reader.read(files, from, known, call)) {
    if (step.at < from) continue;
    // Only between places: what shares one is handed over together or not at all.
    if (batch.size >= BATCH && step.at > next) {
      yield { ...batch.content, ...restart, cursor: JSON.stringify({ id, at: step.at } satisfies Cursor) };
      restart = {};
      stopIfCancelled(call, deps.source);
      batch = emptyBatch();
    }
    next = step.at;
    batch.size++;
    if ('problem' in step) first ??= step.problem;
    else usable = true;
    if ('item' in step) batch.content.upserts.push(step.item);
    else if ('unchanged' in step) batch.content.unchanged.push(step.unchanged);
    else batch.content.problems.push(step.problem);
  }
  // A file of another kind under this name: that is no reason to forget all that the right one held.
  if (!usable && first !== undefined) {
    throw new ConnectorError(
      'BAD_RESPONSE',
      `${deps.source}: no usable ${reader.noun}; the first problem is at ${first.place}: ${first.reason}`,
    );
  }
  // Written to while it was read: half a file must not make the rest of its items disappear.
  const steady = idOf(await reader.find(), reader.settings) === id;
  const end: Cursor = steady ? { id, at: 'done' } : UNUSABLE;
  yield { ...batch.content, ...restart, cursor: JSON.stringify(end), ...(steady ? { sweep: true } : {}) };
}

/** A place in files that no longer exist: the next run starts over. */
const UNUSABLE: Cursor = { id: '', at: 0 };

function emptyBatch<Item>(): {
  size: number;
  content: { upserts: Item[]; deletes: string[]; unchanged: string[]; problems: Problem[] };
} {
  return { size: 0, content: { upserts: [], deletes: [], unchanged: [], problems: [] } };
}

function parseCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value = JSON.parse(cursor) as Partial<Cursor> | null;
    const at = value?.at;
    if (typeof value?.id !== 'string' || !(at === 'done' || (Number.isSafeInteger(at) && (at as number) >= 0)))
      return UNUSABLE;
    return { id: value.id, at: at as Cursor['at'] };
  } catch {
    // A cursor of an older release: everything is read anew.
    return UNUSABLE;
  }
}

/** Health by doing what production does: reads until the first item. */
export async function healthOfRun<Item>(noun: string, run: () => AsyncIterable<Batch<Item>>): Promise<Health> {
  try {
    let problem: Problem | undefined;
    for await (const batch of run()) {
      if (batch.upserts.length > 0) return { status: 'ok', detail: `Readable: found ${noun}.` };
      problem ??= batch.problems[0];
      if (problem !== undefined) break;
    }
    if (problem === undefined) return { status: 'ok', detail: `Readable, but holds no ${noun}.` };
    return {
      status: 'failed',
      detail: `No usable ${noun} at the start of it; the first problem is at ${problem.place}: ${problem.reason}`,
    };
  } catch (error) {
    return healthOfError(error);
  }
}

/** The fingerprint of a connector's options. `revision` is raised when the same file would give other items. */
export function settingsOf(options: unknown, revision: number): string {
  return fingerprint(JSON.stringify(options), String(revision));
}
