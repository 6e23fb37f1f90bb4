import type { z } from 'zod';
import type { AccountState } from './content/item.ts';
import type { ConfirmOptions } from './options.ts';

/** What a call carries with it: its deadline, the end of the process, and what an operator accepted. */
export interface Call {
  readonly signal: AbortSignal;
  /** In a sync: whether what was there before may be gone, see `stopIfEmptied`. Absent before any went through. */
  readonly mayShrink?: boolean;
}

/** The few lines of logging a connector needs; pino's logger fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a connector is given besides its options. */
export interface ConnectorDeps {
  /** The source's name in the configuration: part of every id and every message. */
  readonly source: string;
  /** Relative paths in options start here: the folder of the configuration file. */
  readonly baseDir: string;
  readonly log: Log;
}

/** One item the connector could not use. It is reported in `sources { problems }`; nothing else is lost. */
export interface Problem {
  /** Where to look: `people.ldif:120`, a page title, an id in the tool. */
  readonly place: string;
  /** The key of the item it is about, where that was taken in all the same: the problem stays while it is unchanged. */
  readonly item?: string;
  /** What is wrong with it and, where that helps, what to change. One sentence. */
  readonly reason: string;
}

/** A small step of a sync: the store commits it whole, together with its cursor, or not at all. */
export interface Batch<Item> {
  /** New and changed items. */
  readonly upserts: readonly Item[];
  /** Keys of items the tool says are gone. */
  readonly deletes: readonly string[];
  /** Keys of items that were looked at and are as `known` had them. Matters before a sweep. */
  readonly unchanged: readonly string[];
  readonly problems: readonly Problem[];
  /** What the tool shows of accounts now. What is left out of one stays as it was; one without items is never shown. */
  readonly accounts?: readonly AccountState[];
  /** Where to go on after this batch; opaque to all but the connector. */
  readonly cursor: string;
  /**
   * On the first batch of a run that could not go on from its cursor and starts over: what earlier batches of a run
   * cut short have seen no longer counts for the sweep.
   */
  readonly restart?: boolean;
  /**
   * On the last batch of a run that has looked at every item of the tool: whatever was not among upserts and
   * unchanged since the run began no longer exists there, and is deleted.
   */
  readonly sweep?: boolean;
}

/** What the store has of each key: the `version` the connector gave the item. For skipping what did not change. */
export type Known = (key: string) => string | undefined;

/** The tool's state as the production calls see it. Unknown (time-out, 5xx) is never failed; nothing checked is never ok. */
export interface Health {
  readonly status: 'ok' | 'failed' | 'unknown';
  /** One sentence for the operator: what was seen or, when failed, what to change. */
  readonly detail: string;
}

/** What a tool sent to a source's webhook, as it came. */
export interface WebhookMessage {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The raw body: signatures are made over it. */
  readonly body: Buffer;
}

/** A tool, opened: it works, or `open` would have thrown. */
export interface Connector<Item> {
  /**
   * What changed since `cursor`, in batches of a few hundred items. Without a cursor: everything. The run may be
   * ended after any batch and resumed with that batch's cursor.
   * @throws ConnectorError when the tool cannot be read. Items that cannot be used are `problems`, not errors.
   */
  changes(cursor: string | undefined, known: Known, call: Call): AsyncIterable<Batch<Item>>;
  /** Makes the same calls as production, on one item. Never throws. */
  health(call: Call): Promise<Health>;
  /**
   * Asks the tool, live and in the name of `account`, which of these items that account may read now: for tools that
   * let a service act as somebody.
   * @param account the viewer's handle in the tool; null for somebody without one, who sees what guests see.
   * @returns the keys of those it may read, with the `container` each of them is in now.
   * @throws ConnectorError when the tool cannot be asked.
   */
  readable?(account: string | null, keys: readonly string[], call: Call): Promise<ReadonlyMap<string, string>>;
  /**
   * Takes what the tool sent to the source's webhook. The run that follows at once begins with what it told of.
   * @returns false when the message is not the tool's: no signature, or a wrong one.
   */
  receive?(message: WebhookMessage): boolean;
  /** Calls back soon after the tool changed, where it can tell; returns how to stop. Without it the tool is polled. */
  watch?(onChange: () => void): () => void;
  close(): Promise<void>;
}

/** A kind of connector: the configuration's `connector:` names it. */
export interface ConnectorKind<Item, Options extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** One sentence for the README. */
  readonly summary: string;
  /** The options: types, messages and the README's table in one. */
  readonly options: Options;
  /** How it is asked live what somebody may read; undefined when, with these options, it is not. */
  confirms?(options: z.output<Options>): ConfirmOptions | undefined;
  /** @throws ConnectorError when the tool cannot be opened as configured. */
  open(options: z.output<Options>, deps: ConnectorDeps): Promise<Connector<Item>>;
}

/** Declares a kind of connector; ties the type of `open`'s options to the schema. */
export function defineConnector<Item, Options extends z.ZodType>(
  kind: ConnectorKind<Item, Options>,
): ConnectorKind<Item, Options> {
  return kind;
}
