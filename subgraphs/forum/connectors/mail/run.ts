import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint, stopIfCancelled } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import { settingsOf } from '../../../kit/text/runs.ts';
import type { ConversationItem } from '../../connector.ts';
import { plan, toConversation, type Planned, type ReadMessage } from './conversation.ts';
import type { MessageHead } from './heads.ts';
import type { MailSettings } from './options.ts';
import type { Heads, MailTool, MailView } from './tool.ts';

interface Cursor {
  /** The state of the mails that `at` belongs to. */
  readonly id: string;
  /** The first step not yet handed over; `done` when there is none. */
  readonly at: number | 'done';
}

/** What a run that went through has handed over; the next one in this process need not say it again. */
interface Handed {
  readonly id: string;
  readonly versions: ReadonlyMap<string, string>;
  readonly problems: ReadonlySet<string>;
  /** Keys of conversations of which a mail could not be read. */
  readonly broken: ReadonlySet<string>;
}

const BATCH = 500;
/** A batch of long threads ends before. In characters. */
const BATCH_TEXT = 8_000_000;

/**
 * Runs over mails. All heads are looked at, for an answer may come before its question, and only threads that changed
 * are read. A run after one that went through hands over no more than the difference; after a restart, a run that finds
 * another state looks at everything, and sweeps.
 */
export class MailRuns<Head extends MessageHead> {
  readonly #tool: MailTool<Head>;
  readonly #settings: MailSettings;
  readonly #source: string;
  readonly #version: string;
  #handed: Handed | undefined;

  constructor(tool: MailTool<Head>, settings: MailSettings, source: string) {
    this.#tool = tool;
    this.#settings = settings;
    this.#source = source;
    const { list, url, readers, folderReaders } = settings;
    this.#version = settingsOf({ list, url, readers, folderReaders }, 2);
  }

  /** The `changes` of a connector. */
  async *changes(cursor: string | undefined, known: Known, call: Call): AsyncGenerator<Batch<ConversationItem>> {
    stopIfCancelled(call, this.#source);
    await using view = await this.#tool.view(call);
    const id = fingerprint(view.state, this.#version);
    const last = parseCursor(cursor);
    if (last?.at === 'done' && last.id === id) return;
    const found = await view.look();
    // A file of another kind under this name: that is no reason to forget all that the right one held.
    const [first] = found.problems;
    if (found.heads.length === 0 && first !== undefined) {
      const message = `${this.#source}: no usable mails; the first problem is at ${first.place}: ${first.reason}`;
      throw new ConnectorError('BAD_RESPONSE', message);
    }
    const threads = plan(found.heads, this.#settings, this.#version);
    const run = { id, threads, found, last, cursor: cursor ?? '', known, call, view, broken: new Set<string>() };
    const handed = this.#handed;
    this.#handed = undefined;
    const difference = handed !== undefined && last?.at === 'done' ? differenceTo(handed, last.id, run) : undefined;
    const isSteady = yield* difference === undefined ? this.#everything(run) : this.#difference(run, difference);
    if (!isSteady || !found.isWhole) return;
    this.#handed = {
      id,
      versions: new Map(threads.map(({ key, version }) => [key, version])),
      problems: new Set(found.problems.map(({ place }) => place)),
      broken: new Set([...run.broken, ...(difference === undefined ? [] : (handed?.broken ?? []))]),
    };
  }

  /** Every thread, the known ones as unchanged, and at the end a sweep. @returns whether the state stood still. */
  async *#everything(run: Run<Head>): AsyncGenerator<Batch<ConversationItem>, boolean> {
    const { id, threads, last, known, call } = run;
    const { problems } = run.found;
    const goesOn = last !== undefined && last.at !== 'done' && last.id === id;
    const from = goesOn ? last.at : 0;
    // What a cut-short run saw may have gone since.
    let restart = last !== undefined && !goesOn ? ({ restart: true } as const) : {};
    let batch = new Filling(run, this.#settings, this.#tool.ahead);
    for (let at = from; at < problems.length + threads.length; at++) {
      const thread = threads[at - problems.length];
      if (thread === undefined) batch.problems.push(problems[at] as Problem);
      else if (known(thread.key) === thread.version) batch.unchanged.push(thread.key);
      else await batch.add(thread);
      if (!batch.isFull) continue;
      yield { ...(await batch.whole()), ...restart, cursor: JSON.stringify({ id, at: at + 1 } satisfies Cursor) };
      restart = {};
      stopIfCancelled(call, this.#source);
      batch = new Filling(run, this.#settings, this.#tool.ahead);
    }
    const rest = await batch.whole();
    // Written to while it was read: half a file must not make the rest of its items disappear.
    const isSteady = await run.view.isSteady();
    const sweep = isSteady && run.found.isWhole ? { sweep: true } : {};
    yield { ...rest, ...restart, ...sweep, cursor: endOf(id, isSteady) };
    return isSteady;
  }

  /** What changed since the last run. Cut short, it begins anew from the cursor it began with. */
  async *#difference(
    run: Run<Head>,
    { changed, gone }: Difference<Head>,
  ): AsyncGenerator<Batch<ConversationItem>, boolean> {
    let batch = new Filling(run, this.#settings, this.#tool.ahead);
    batch.problems.push(...run.found.problems);
    for (const thread of changed) {
      if (run.known(thread.key) !== thread.version) await batch.add(thread);
      if (!batch.isFull) continue;
      yield { ...(await batch.whole()), cursor: run.cursor };
      stopIfCancelled(run.call, this.#source);
      batch = new Filling(run, this.#settings, this.#tool.ahead);
    }
    const rest = await batch.whole();
    const isSteady = await run.view.isSteady();
    yield { ...rest, deletes: isSteady ? gone : [], cursor: endOf(run.id, isSteady) };
    return isSteady;
  }
}

interface Run<Head extends MessageHead> {
  readonly id: string;
  readonly threads: readonly Planned<Head>[];
  readonly found: Heads<Head>;
  readonly last: Cursor | undefined;
  readonly cursor: string;
  readonly known: Known;
  readonly call: Call;
  readonly view: MailView<Head>;
  readonly broken: Set<string>;
}

interface Difference<Head extends MessageHead> {
  readonly changed: readonly Planned<Head>[];
  readonly gone: readonly string[];
}

/** What differs from what was handed over; undefined when only a run over everything would get it right. */
function differenceTo<Head extends MessageHead>(
  handed: Handed,
  since: string,
  { threads, found }: Run<Head>,
): Difference<Head> | undefined {
  if (handed.id !== since || !found.isWhole) return undefined;
  const changed = threads.filter(({ key, version }) => handed.versions.get(key) !== version);
  const keys = new Set(threads.map(({ key }) => key));
  const gone = [...handed.versions.keys()].filter((key) => !keys.has(key));
  // Only a sweep takes back problems that are mended.
  const places = new Set(found.problems.map(({ place }) => place));
  if ([...handed.problems].some((place) => !places.has(place))) return undefined;
  if (gone.some((key) => handed.broken.has(key)) || changed.some(({ key }) => handed.broken.has(key))) return undefined;
  return { changed, gone };
}

/** A batch being filled; mails are read as many at once as the tool likes. */
class Filling<Head extends MessageHead> {
  readonly problems: Problem[] = [];
  readonly unchanged: string[] = [];
  readonly #upserts: ConversationItem[] = [];
  readonly #run: Run<Head>;
  readonly #settings: MailSettings;
  readonly #ahead: number;
  #waiting: Planned<Head>[] = [];
  #messages = 0;
  #text = 0;

  constructor(run: Run<Head>, settings: MailSettings, ahead: number) {
    this.#run = run;
    this.#settings = settings;
    this.#ahead = ahead;
  }

  get isFull(): boolean {
    const steps = this.problems.length + this.unchanged.length + this.#upserts.length + this.#waiting.length;
    return steps >= BATCH || this.#text >= BATCH_TEXT;
  }

  async add(thread: Planned<Head>): Promise<void> {
    this.#waiting.push(thread);
    this.#messages += thread.thread.messages.length;
    if (this.#messages >= this.#ahead) await this.#read();
  }

  async whole(): Promise<Omit<Batch<ConversationItem>, 'cursor'>> {
    await this.#read();
    return { upserts: this.#upserts, deletes: [], unchanged: this.unchanged, problems: this.problems };
  }

  async #read(): Promise<void> {
    const threads = this.#waiting;
    if (threads.length === 0) return;
    this.#waiting = [];
    this.#messages = 0;
    const messages = await this.#run.view.read(threads.flatMap(({ thread }) => thread.messages));
    for (const planned of threads) {
      const read: ReadMessage[] = [];
      for (const head of planned.thread.messages) {
        const message = messages.get(head);
        if (message === undefined) continue;
        if (!(message instanceof Error)) {
          read.push({ head, message });
          continue;
        }
        this.#run.broken.add(planned.key);
        const reason = `the message cannot be read: ${cleanLine(message.message).slice(0, 200)}`;
        this.problems.push({ place: head.place, item: planned.key, reason });
      }
      const item = toConversation(planned, read, this.#settings);
      if (item === undefined) continue;
      this.#upserts.push(item);
      this.#text += item.replies.reduce((sum, { body }) => sum + body.length, item.body.length);
    }
  }
}

function endOf(id: string, isSteady: boolean): string {
  return JSON.stringify(isSteady ? { id, at: 'done' } : UNUSABLE);
}

/** A place in a state that no longer is: the next run starts over. */
const UNUSABLE: Cursor = { id: '', at: 0 };

function parseCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  try {
    const { id, at } = (JSON.parse(cursor) ?? {}) as Partial<Cursor>;
    if (typeof id === 'string' && (at === 'done' || (Number.isSafeInteger(at) && (at as number) >= 0)))
      return { id, at: at as Cursor['at'] };
  } catch {
    // A cursor of an older release: everything is read anew.
  }
  return UNUSABLE;
}
