import type { FetchMessageObject, StatusObject } from 'imapflow';
import type { Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { headLines, threading, type MailFolder, type MessageHead } from '../mail/heads.ts';
import { readMessage, type Message } from '../mail/message.ts';
import type { Connection } from './connection.ts';
import { assemble, textParts, type TextPart } from './structure.ts';

/** A mail on a server. */
export interface ImapHead extends MessageHead {
  readonly of: ImapFolder;
  readonly uid: number;
  readonly parts: readonly TextPart[];
  /** At most so many bytes have to be fetched for it. */
  readonly bytes: number;
  readonly received: string | undefined;
}

/** How much is fetched at once. */
export interface FetchSettings {
  readonly source: string;
  readonly batch: number;
  readonly maxBytes: number;
}

type Seen =
  | { readonly head: ImapHead; readonly problem?: never }
  | { readonly problem: Problem; readonly head?: never };

const THREADING = ['message-id', 'references', 'in-reply-to', 'from', 'date', 'subject'];
const READING = ['from', 'date', 'subject', 'reply-to', 'list-id', 'list-post'];
/** Texts fetched by one command, in bytes. */
const FETCH_BYTES = 16 * 1024 ** 2;

/**
 * A folder on a server, and what is remembered of it: the numbers (UIDs) of its mails and their heads. Numbers stay
 * while UIDVALIDITY does; a mail behind one never changes.
 */
export class ImapFolder {
  readonly path: string;
  readonly folder: MailFolder;
  readonly #settings: FetchSettings;
  #status = '';
  #uidValidity = 0n;
  /** The moment up to which changes are known; undefined where the server counts none. */
  #moment: bigint | undefined;
  #present = new Set<number>();
  #seen = new Map<number, Seen>();

  constructor(folder: MailFolder, settings: FetchSettings) {
    this.path = folder.path;
    this.folder = folder;
    this.#settings = settings;
  }

  /** Equal means that no mail came or went. */
  get state(): string {
    return fingerprint(this.path, String(this.#uidValidity), [...this.#present].sort((a, b) => a - b).join());
  }

  /** Finds out which mails there are now. */
  async refresh(connection: Connection): Promise<void> {
    const status = statusOf(await connection.status(this.path));
    if (status !== '' && status === this.#status) return;
    const { uidValidity, highestModseq, noModseq, exists } = await connection.examine(this.path);
    if (uidValidity !== this.#uidValidity) {
      // The numbers are other mails' now.
      this.#uidValidity = uidValidity;
      this.#moment = undefined;
      this.#seen.clear();
    }
    const since = this.#moment;
    const present = since === undefined || noModseq ? undefined : await this.#presentSince(connection, since);
    // More than there are: something was missed.
    this.#present =
      present === undefined || present.size > exists ? new Set(await connection.present(this.path)) : present;
    this.#moment = connection.tells.changes && !noModseq ? highestModseq : undefined;
    for (const uid of this.#seen.keys()) if (!this.#present.has(uid)) this.#seen.delete(uid);
    this.#status = status;
  }

  /** Which mails there are, by what changed since a moment (RFC 7162); undefined where removals are not told. */
  async #presentSince(connection: Connection, moment: bigint): Promise<Set<number> | undefined> {
    if (!connection.tells.removals) return undefined;
    const present = new Set(this.#present);
    const { changed, removed } = await connection.since(this.path, moment);
    for (const uid of removed) present.delete(uid);
    for (const { uid, flags } of changed) {
      if (flags?.has('\\Deleted') === true || flags?.has('\\Draft') === true) present.delete(uid);
      else present.add(uid);
    }
    return present;
  }

  /** The heads of the mails there are, by number; only those not looked at before are fetched. */
  async look(connection: Connection): Promise<{ heads: ImapHead[]; problems: Problem[] }> {
    const missing = [...this.#present].filter((uid) => !this.#seen.has(uid)).sort((a, b) => a - b);
    if (missing.length > 0) await this.#examine(connection);
    const { batch } = this.#settings;
    for (let at = 0; at < missing.length; at += batch) await this.#lookAt(missing.slice(at, at + batch), connection);
    const heads: ImapHead[] = [];
    const problems: Problem[] = [];
    for (const uid of [...this.#seen.keys()].sort((a, b) => a - b)) {
      const { head, problem } = this.#seen.get(uid) as Seen;
      if (head !== undefined) heads.push(head);
      else problems.push(problem);
    }
    return { heads, problems };
  }

  /** Reads one mail; undefined when there is none. */
  async first(connection: Connection): Promise<'mail' | Problem | undefined> {
    await this.refresh(connection);
    const [uid] = this.#present;
    if (uid === undefined) return undefined;
    await this.#examine(connection);
    await this.#lookAt([uid], connection);
    const seen = this.#seen.get(uid);
    if (seen?.head === undefined) return seen?.problem;
    await this.read(connection, [seen.head], new Map());
    return 'mail';
  }

  /** Fetches the texts of mails of this folder. What is gone meanwhile is left out. */
  async read(connection: Connection, heads: readonly ImapHead[], into: Map<ImapHead, Message | Error>): Promise<void> {
    await this.#examine(connection);
    // One command for all mails that are made alike.
    const alike = Map.groupBy(heads, ({ parts }) => parts.map(({ key }) => key).join());
    for (const group of alike.values()) {
      const keys = (group[0] as ImapHead).parts.map(({ key }) => key);
      for (const some of inPieces(group, this.#settings.batch)) {
        const byUid = new Map(some.map((head) => [head.uid, head]));
        const bodyParts = keys.map((key) => ({ key, maxLength: this.#settings.maxBytes }));
        const query = { headers: READING, ...(bodyParts.length > 0 && { bodyParts }) };
        for (const fetched of await connection.fetch(this.path, [...byUid.keys()], query)) {
          const head = byUid.get(fetched.uid);
          if (head !== undefined) into.set(head, await readFetched(head, fetched));
        }
      }
    }
  }

  /** @throws ConnectorError when the folder's numbers are other mails' by now. */
  async #examine(connection: Connection): Promise<void> {
    const { uidValidity } = await connection.examine(this.path);
    if (uidValidity === this.#uidValidity) return;
    // Whatever was remembered is of no use to the next run either.
    this.#status = '';
    const message = `${this.#settings.source}: the folder "${this.path}" was made anew while it was read`;
    throw new ConnectorError('UNAVAILABLE', message);
  }

  async #lookAt(uids: readonly number[], connection: Connection): Promise<void> {
    const query = { size: true, internalDate: true, bodyStructure: true, headers: THREADING };
    const asked = new Set(uids);
    for (const fetched of await connection.fetch(this.path, uids, query))
      if (asked.has(fetched.uid)) this.#seen.set(fetched.uid, this.#see(fetched));
  }

  #see({ uid, size = 0, internalDate, bodyStructure, headers = Buffer.alloc(0) }: FetchMessageObject): Seen {
    const place = `${this.path} uid ${uid}`;
    const lines = headLines(headers) ?? headers.toString('latin1').split(/\r?\n/);
    const { id, references, isMail } = threading(lines);
    if (!isMail) return { problem: { place, reason: 'a message without headers; it is left out' } };
    const digest = fingerprint(headers, String(size));
    const received = internalDate instanceof Date ? internalDate : new Date(internalDate ?? '');
    const parts = textParts(bodyStructure);
    const head: ImapHead = {
      folder: this.folder,
      place,
      id: id ?? `${digest}@no-message-id`,
      references,
      digest,
      of: this,
      uid,
      parts,
      bytes: Math.min(size, parts.length * this.#settings.maxBytes),
      received: Number.isNaN(received.getTime()) ? undefined : received.toISOString(),
    };
    return { head };
  }
}

/** What tells that something is different; flags too where the server counts changes. */
function statusOf(status: StatusObject | undefined): string {
  if (status === undefined) return '';
  const { messages, uidNext, uidValidity, highestModseq } = status;
  return [messages, uidNext, uidValidity, highestModseq].map(String).join();
}

function* inPieces(heads: readonly ImapHead[], count: number): Generator<ImapHead[]> {
  let piece: ImapHead[] = [];
  let bytes = 0;
  for (const head of heads) {
    if (piece.length > 0 && (piece.length >= count || bytes + head.bytes > FETCH_BYTES)) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(head);
    bytes += head.bytes;
  }
  yield piece;
}

async function readFetched({ parts, received }: ImapHead, fetched: FetchMessageObject): Promise<Message | Error> {
  const texts = parts.map(({ key }) => fetched.bodyParts?.get(key) ?? Buffer.alloc(0));
  try {
    return await readMessage(assemble(fetched.headers ?? Buffer.alloc(0), parts, texts), received);
  } catch (error) {
    return error as Error;
  }
}
