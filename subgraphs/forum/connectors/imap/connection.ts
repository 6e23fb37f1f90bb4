import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ExpungeEvent,
  FetchMessageObject,
  FetchQueryObject,
  ImapFlow,
  ListResponse,
  MailboxObject,
  StatusObject,
} from 'imapflow';
import type { Call } from '../../../kit/connector.ts';
import { readAuthority } from '../../../kit/authority.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import { toConnectorError } from './errors.ts';
import { MAX_PARTS } from './structure.ts';

/** How a server is reached. */
export interface ConnectionSettings {
  readonly source: string;
  readonly baseDir: string;
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string;
  readonly password: string;
  readonly caFile?: string | undefined;
  readonly perMinute?: number | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Headers, numbers of all mails, and what surrounds them, on top of a text. */
const REST_BYTES = 32 * 1024 ** 2;
/** Answers that are short, logging in among them; and what one mail has besides its texts. */
const SHORT_BYTES = 1024 ** 2;

/** So many times `timeoutMs` a command may take, however busy the server looks; the option says so. */
const LONGEST = 5;
const LOOK_EVERY_MS = 50;

const nothing = (): void => undefined;
/** Keeps the library from writing down what is said. */
const SILENT = { debug: nothing, info: nothing, warn: nothing, isLevelEnabled: (level: string) => level === 'error' };

/** One connection, logged in, that only ever reads: folders are opened by EXAMINE, texts by PEEK. */
export class Connection implements AsyncDisposable {
  readonly #client: ImapFlow;
  readonly #settings: ConnectionSettings;
  readonly #call: Call;
  readonly #end = (): void => this.#client.close();
  /** Why the connection broke: the command that waits is told no more than that it did. */
  #fault: Error | undefined;
  #nextAt = 0;

  private constructor(client: ImapFlow, settings: ConnectionSettings, call: Call) {
    this.#client = client;
    this.#settings = settings;
    this.#call = call;
    client.on('error', (error) => (this.#fault ??= error));
    call.signal.addEventListener('abort', this.#end, { once: true });
  }

  /** @throws ConnectorError when the server cannot be reached, or does not take the credentials. */
  static async open(settings: ConnectionSettings, call: Call): Promise<Connection> {
    const { source, host, port, security, user, password, timeoutMs, maxBytes } = settings;
    stopIfCancelled(call, source);
    // Not before there is a mailbox to read: it brings tables of a hundred encodings.
    const { ImapFlow } = await import('imapflow');
    const client = new ImapFlow({
      host,
      port,
      secure: security === 'tls',
      doSTARTTLS: security === 'starttls',
      tls: { ...(await authority(settings)), ...(isIP(host) === 0 && { servername: host }) },
      auth: { user, pass: password },
      // Lines that are no IMAP are told here alone: left out, what is missing would look like what is gone.
      logger: {
        ...SILENT,
        error: (entry: object) => void ('payloadBytes' in entry && connection.#breakOff(noImap(source))),
      },
      qresync: true,
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      maxLiteralSize: maxBytes + 1024 ** 2,
      maxLineLength: REST_BYTES,
      maxResponseSize: maxBytes + REST_BYTES,
    });
    const connection = new Connection(client, settings, call);
    await connection.#ask(() => client.connect());
    // Else the library would put the account's own prefix before every name, and no shared folder could be named.
    if (client.namespace !== undefined) client.namespace.prefix = '';
    return connection;
  }

  /** Whether the server tells what was changed, and what was removed, since a moment. */
  get tells(): { readonly changes: boolean; readonly removals: boolean } {
    const { enabled } = this.#client;
    return { changes: enabled.has('CONDSTORE') || enabled.has('QRESYNC'), removals: enabled.has('QRESYNC') };
  }

  list(): Promise<ListResponse[]> {
    return this.#ask(() => this.#client.list(), undefined, REST_BYTES);
  }

  /** What the server counts of a folder; undefined where it refuses, which opening the folder then explains. */
  async status(folder: string): Promise<StatusObject | undefined> {
    const query = { messages: true, uidNext: true, uidValidity: true, highestModseq: true };
    return (await this.#ask(() => this.#client.status(folder, query), folder)) || undefined;
  }

  /** Opens a folder, for reading alone. */
  examine(folder: string): Promise<MailboxObject> {
    return this.#ask(() => this.#client.mailboxOpen(folder, { readOnly: true }), folder);
  }

  /** The numbers of the mails that are neither deleted nor drafts. */
  async present(folder: string): Promise<number[]> {
    const found = await this.#ask(
      () => this.#client.search({ deleted: false, draft: false }, { uid: true }),
      folder,
      REST_BYTES,
    );
    if (Array.isArray(found)) return found;
    throw new ConnectorError('BAD_RESPONSE', `${this.#settings.source}: the server does not search "${folder}"`);
  }

  /** Mails of the folder that is open, by number; `since`: only those changed after that moment. */
  fetch(
    folder: string,
    uids: readonly number[] | 'all',
    query: FetchQueryObject,
    since?: bigint,
  ): Promise<FetchMessageObject[]> {
    const range = uids === 'all' ? '1:*' : rangeOf(uids);
    const options = { uid: true, ...(since !== undefined && { changedSince: since }) };
    const each = SHORT_BYTES + MAX_PARTS * this.#settings.maxBytes;
    const most = Math.min(2 * REST_BYTES + each, uids === 'all' ? Number.POSITIVE_INFINITY : uids.length * each);
    return this.#ask(() => this.#client.fetchAll(range, { uid: true, ...query }, options), folder, most);
  }

  /** What changed after a moment in the folder that is open, and the numbers of what was removed. */
  async since(folder: string, moment: bigint): Promise<{ changed: FetchMessageObject[]; removed: number[] }> {
    const removed: number[] = [];
    const listen = ({ uid }: ExpungeEvent): void => void (uid !== undefined && removed.push(uid));
    this.#client.on('expunge', listen);
    try {
      return { changed: await this.fetch(folder, 'all', { flags: true }, moment), removed };
    } finally {
      this.#client.off('expunge', listen);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call.signal.removeEventListener('abort', this.#end);
    // A server that is gone need not be said goodbye to.
    if (this.#client.usable) await this.#client.logout().catch(() => undefined);
    this.#client.close();
  }

  async #ask<Answer>(command: () => Promise<Answer>, folder?: string, most = SHORT_BYTES): Promise<Answer> {
    const { source } = this.#settings;
    stopIfCancelled(this.#call, source);
    try {
      await this.#withinBudget();
      return await this.#bounded(command, most);
    } catch (cause) {
      stopIfCancelled(this.#call, source);
      throw toConnectorError(source, this.#fault ?? cause, folder);
    }
  }

  /** The library knows when a server falls silent, not when it never ends, and bounds lines, but not how many there are. */
  async #bounded<Answer>(command: () => Promise<Answer>, most: number): Promise<Answer> {
    const { source, timeoutMs } = this.#settings;
    const until = Date.now() + timeoutMs * LONGEST;
    const before = this.#client.stats().received;
    const timer = setInterval(() => {
      if (Date.now() > until)
        this.#breakOff(new ConnectorError('UNAVAILABLE', `${source}: the server did not answer in time`));
      if (this.#client.stats().received - before > most)
        this.#breakOff(new ConnectorError('BAD_RESPONSE', `${source}: the server sent more than was asked for`));
    }, LOOK_EVERY_MS);
    try {
      const answer = await command();
      // The command may have come to an end before the connection did.
      if (this.#fault !== undefined) throw this.#fault;
      return answer;
    } finally {
      clearInterval(timer);
    }
  }

  #breakOff(fault: ConnectorError): void {
    this.#fault ??= fault;
    this.#client.close();
  }

  /** Spaces commands evenly over the minute. */
  async #withinBudget(): Promise<void> {
    const { perMinute } = this.#settings;
    if (perMinute === undefined) return;
    const now = Date.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + 60_000 / perMinute;
    if (at > now) await sleep(at - now, undefined, { signal: this.#call.signal });
  }
}

async function authority({ source, baseDir, caFile }: ConnectionSettings): Promise<{ ca?: Buffer }> {
  return caFile === undefined ? {} : { ca: await readAuthority(resolve(baseDir, caFile), source) };
}

function noImap(source: string): ConnectorError {
  return new ConnectorError('BAD_RESPONSE', `${source}: the server answered with something that is no IMAP`);
}

/** Numbers as the protocol writes sets of them: `1:3,7`. */
export function rangeOf(uids: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const uid of uids.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && uid <= last[1] + 1) last[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',');
}
