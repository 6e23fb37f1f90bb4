import type { Connector, ConnectorKind, Log, WebhookMessage } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { refreshIdentities } from '../identity/copy.ts';
import type { IdentityFeed } from '../identity/identity.ts';
import { openConnector, type SourceConfig } from './open-source.ts';
import type { SyncStore } from './sync-store.ts';
import { syncSource, type SyncProgress } from './sync-source.ts';
import { beginRun, failRun, registerSource, sourceRows } from './sync-state.ts';

/** What a sync tells whoever runs it. */
export type SyncEvent =
  | ({ readonly type: 'progress'; readonly source: string } & SyncProgress)
  | ({ readonly type: 'synced'; readonly source: string } & SyncProgress)
  | { readonly type: 'failed'; readonly source: string; readonly code: string; readonly message: string }
  /** Every source has been tried once. */
  | { readonly type: 'settled' };

/**
 * What became of a message to a webhook: taken; no signature of the tool's; no such source, or one that takes none;
 * nobody there to take it now.
 */
export type WebhookOutcome = 'accepted' | 'refused' | 'unknown' | 'away';

/** How long a failed sync waits before the next try: doubled each time, up to the source's own interval. */
const FIRST_RETRY_MS = 5_000;

/** How often the identity map is asked for changes. */
const IDENTITIES_EVERY_MS = 30_000;

/** Keeps one store in step with its sources. There is one per store, and it alone writes. */
export class Scheduler {
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly #store: SyncStore<any>;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly #kinds: readonly ConnectorKind<any>[];
  readonly #sources: readonly SourceConfig[];
  readonly #deps: { readonly baseDir: string; readonly log: Log };
  readonly #onEvent: (event: SyncEvent) => void;
  readonly #openFeed: (() => IdentityFeed) | undefined;
  readonly #abort = new AbortController();
  readonly #open = new Map<string, Connector<unknown>>();
  readonly #opening = new Map<string, Promise<Connector<unknown>>>();
  readonly #stops: (() => void)[] = [];
  readonly #failed = new Set<string>();
  /** How each source is synced at once; those that are not here yet, but have to be, are `#due`. */
  readonly #runs = new Map<string, () => void>();
  readonly #due = new Set<string>();
  #feed: IdentityFeed | undefined;
  #isClosed = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: {
    // oxlint-disable-next-line typescript/no-explicit-any
    readonly store: SyncStore<any>;
    // oxlint-disable-next-line typescript/no-explicit-any
    readonly kinds: readonly ConnectorKind<any>[];
    readonly sources: readonly SourceConfig[];
    readonly baseDir: string;
    readonly log: Log;
    readonly onEvent: (event: SyncEvent) => void;
    /** Opens the directory's identity map; none for the directory itself. */
    readonly openFeed?: (() => IdentityFeed) | undefined;
  }) {
    this.#store = options.store;
    this.#kinds = options.kinds;
    this.#sources = options.sources;
    this.#deps = options;
    this.#onEvent = options.onEvent;
    this.#openFeed = options.openFeed;
    this.#register();
  }

  /** Syncs every source once, or only the one of this name, one after another, and says so. */
  async syncAll(only?: string): Promise<void> {
    await this.refreshIdentities();
    for (const source of this.#sources) if (only === undefined || source.name === only) await this.#once(source);
    await this.refreshIdentities();
    this.#onEvent({ type: 'settled' });
  }

  /** Syncs every source, and goes on doing so whenever a tool changes or its time has come, until `stop`. */
  async start(): Promise<void> {
    await this.syncAll();
    // Whoever stopped meanwhile has ended all there was to end.
    if (this.#abort.signal.aborted) return;
    for (const source of this.#sources) this.#keepInStep(source);
    // A directory on this machine tells when it changed; one elsewhere has to be asked.
    const timer = setInterval(() => void this.refreshIdentities(), IDENTITIES_EVERY_MS);
    this.#stops.push(() => clearInterval(timer));
  }

  /** Takes over what changed in the directory's identity map. */
  async refreshIdentities(): Promise<void> {
    if (!this.#openFeed) return;
    const open = this.#openFeed;
    await this.#enqueue(async () => {
      try {
        this.#feed ??= open();
        await refreshIdentities(this.#store.db, this.#feed, this.#abort.signal);
      } catch (error) {
        // Accounts stay linked as they were; the next change or sync brings the map.
        if (!this.#abort.signal.aborted) this.#deps.log.warn({ err: error }, 'the identity map cannot be read');
      }
    });
  }

  /** Hands a source what its tool sent to its webhook, and syncs it at once. */
  receive(source: string, message: WebhookMessage): WebhookOutcome {
    if (!this.#sources.some(({ name }) => name === source)) return 'unknown';
    const connector = this.#open.get(source);
    if (!connector || this.#abort.signal.aborted) return 'away';
    if (!connector.receive) return 'unknown';
    if (!connector.receive(message)) return 'refused';
    const run = this.#runs.get(source);
    if (run) run();
    else this.#due.add(source);
    return 'accepted';
  }

  /**
   * Asks a source's tool which of these items an account may read now, beside whatever is being synced.
   * @returns undefined when it has no live reads. @throws ConnectorError when it cannot be asked.
   */
  async readable(
    source: string,
    account: string | null,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    const config = this.#sources.find(({ name }) => name === source);
    if (!config || this.#abort.signal.aborted)
      throw new ConnectorError('UNAVAILABLE', `${source}: the tool is not open.`);
    // Its first sync may be far off, behind that of a large source.
    const connector = await this.#connectorOf(config);
    if (!connector.readable) return undefined;
    const call = { signal: AbortSignal.any([signal, this.#abort.signal]) };
    const found = await connector.readable(account, keys, call);
    return new Map([...found].filter(([key]) => keys.includes(key)));
  }

  /** Ends what is running after its present batch, and closes connectors and store. */
  async stop(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    for (const stop of this.#stops) stop();
    await this.#queue.catch(() => undefined);
    this.#isClosed = true;
    for (const connector of this.#open.values()) await connector.close();
    this.#feed?.close();
    this.#store.close();
  }

  #register(): void {
    const configured = new Set(this.#sources.map(({ name }) => name));
    for (const { name } of sourceRows(this.#store.db)) if (!configured.has(name)) this.#store.removeSource(name);
    for (const { name, connector, options } of this.#sources) {
      registerSource(this.#store.db, { name, connector, options });
    }
    this.#store.configured?.(this.#sources.map(({ name }) => name));
  }

  /** One sync. @returns whether it went through. */
  async #once(source: SourceConfig): Promise<boolean> {
    return this.#enqueue(async () => {
      if (this.#abort.signal.aborted) return false;
      try {
        const connector = await this.#connectorOf(source).catch((error: unknown) => {
          failRun(this.#store.db, beginRun(this.#store.db, source.name).run, error);
          throw error;
        });
        const progress = await syncSource(this.#store, source.name, connector, this.#abort, (progress) =>
          this.#onEvent({ type: 'progress', source: source.name, ...progress }),
        );
        this.#failed.delete(source.name);
        this.#onEvent({ type: 'synced', source: source.name, ...progress });
        return true;
      } catch (error) {
        if (this.#abort.signal.aborted) return false;
        this.#failed.add(source.name);
        const known = error instanceof ConnectorError;
        // A tool that is down is nothing to trace: its sentence says all, and comes again with each try.
        const { log } = this.#deps;
        if (known) {
          log.warn({ source: source.name, code: error.code, reason: error.message }, 'sync failed');
          log.debug({ err: error, source: source.name }, 'sync failed');
        } else log.warn({ err: error, source: source.name }, 'sync failed');
        this.#onEvent({
          type: 'failed',
          source: source.name,
          code: known ? error.code : 'BAD_RESPONSE',
          message: known ? error.message : 'The connector failed in an unforeseen way; the log has the cause.',
        });
        return false;
      }
    });
  }

  async #connectorOf(source: SourceConfig): Promise<Connector<unknown>> {
    const open = this.#open.get(source.name);
    if (open) return open;
    const opening =
      this.#opening.get(source.name) ??
      openConnector(this.#kinds, source, this.#deps).finally(() => this.#opening.delete(source.name));
    this.#opening.set(source.name, opening);
    const connector = await opening;
    if (this.#isClosed) await connector.close();
    else this.#open.set(source.name, connector);
    return connector;
  }

  /** Syncs a source whenever its tool says that it changed, and when its time has come; soon again after a failure. */
  #keepInStep(source: SourceConfig): void {
    const interval = source.everySeconds * 1_000;
    let timer: NodeJS.Timeout | undefined;
    let unwatch: (() => void) | undefined;
    let failures = 0;
    let isRunning = false;
    let isStale = false;
    const wait = (delayMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => void run(), delayMs);
    };
    const run = async () => {
      // What changes during a sync may have been read before it changed.
      isStale = isRunning;
      if (isRunning || this.#abort.signal.aborted) return;
      isRunning = true;
      const isFine = await this.#once(source);
      isRunning = false;
      if (this.#abort.signal.aborted) return;
      failures = isFine ? 0 : failures + 1;
      const retry = Math.min(interval, FIRST_RETRY_MS * 2 ** (failures - 1));
      wait(isStale ? 0 : isFine ? interval : retry);
      watch();
    };
    // A tool that could not be opened at first is watched from when it can.
    const watch = () => {
      unwatch ??= this.#open.get(source.name)?.watch?.(() => void run());
    };
    watch();
    this.#runs.set(source.name, () => void run());
    if (this.#due.delete(source.name)) wait(0);
    else wait(this.#failed.has(source.name) ? Math.min(interval, FIRST_RETRY_MS) : interval);
    this.#stops.push(() => {
      clearTimeout(timer);
      unwatch?.();
    });
  }

  /** One thing after another: there is one writer, and batches of two sources must not wait for each other's locks. */
  #enqueue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
