import { open } from 'node:fs/promises';
import { ConnectorError } from '../../../kit/errors.ts';
import type { Call, Problem } from '../../../kit/connector.ts';
import { fileError, fingerprint, splitLines, type FoundFile } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { Archive, ArchiveSettings, FiledHead, Found } from './archive.ts';
import type { MailFolder } from './heads.ts';
import { digestOf, messagesIn, unescapeFrom, type Begin, type MboxMessage, type Scanned } from './mbox.ts';
import { readMessage, type Message } from './message.ts';
import { BrokenArchive, isCompressed, unpackedChunks, type OpenFiles } from './open-files.ts';

interface MboxHead extends FiledHead, MboxMessage {}

/** What a file held when it was read. */
interface Index {
  readonly file: FoundFile;
  /** Of the file's first and last bytes: a longer file with the same ones was only added to. */
  readonly edges: string;
  readonly scanned: readonly Scanned[];
  readonly isWhole: boolean;
}

const EDGE = 64 * 1024;

/**
 * An mbox file, also compressed. One that has grown is read from its last mail on; one that shrank, or whose beginning
 * or former end is not as it was, anew.
 */
export class MboxFile implements Archive {
  readonly folder: MailFolder;
  readonly state: string;
  readonly #file: FoundFile;
  readonly #name: string;
  readonly #settings: ArchiveSettings;
  #index: Index | undefined;

  /** @param before the same file as an earlier run found it. */
  constructor(file: FoundFile, name: string, folder: MailFolder, settings: ArchiveSettings, before?: MboxFile) {
    this.#file = file;
    this.#name = name;
    this.folder = folder;
    this.#settings = settings;
    if (before !== undefined) this.#index = before.#index;
    this.state = `${file.path}\0${file.id}`;
  }

  async look(call: Call): Promise<{ heads: readonly FiledHead[]; problems: readonly Problem[]; isWhole: boolean }> {
    const file = this.#file;
    if (this.#index?.file.id !== file.id) this.#index = await this.#read(call);
    const { scanned, isWhole } = this.#index;
    const heads = new Map<string, MboxHead>();
    const problems: Problem[] = [];
    for (const { message, problem } of scanned) {
      if (problem !== undefined) {
        problems.push(problem);
        continue;
      }
      const head = this.#headOf(message);
      const first = heads.get(head.id);
      if (first === undefined) heads.set(head.id, head);
      // The same message twice is no fault; two different ones under an id are.
      else if (first.digest !== head.digest) {
        const reason = `a second message with the id ${cleanLine(head.id)} (first at ${first.place}); it is left out`;
        problems.push({ place: head.place, reason });
      }
    }
    return { heads: [...heads.values()], problems, isWhole };
  }

  async first(call: Call): Promise<Found | undefined> {
    try {
      for await (const { message, problem } of this.#scan(call))
        return problem === undefined ? { head: this.#headOf(message) } : { problem };
    } catch (error) {
      if (!(error instanceof BrokenArchive)) throw error;
      return { problem: { place: this.#name, reason: error.message } };
    }
    return undefined;
  }

  async read(head: FiledHead, files: OpenFiles): Promise<Message> {
    const { start, end, digest, delivered } = head as MboxHead;
    const bytes = await files.read(this.#file, start, end);
    if (digestOf(bytes) !== digest) {
      const message = `${this.#settings.source}: ${this.#file.path} was changed while it was read`;
      throw new ConnectorError('UNAVAILABLE', message);
    }
    return readMessage(unescapeFrom(bytes), delivered);
  }

  #headOf(message: MboxMessage): MboxHead {
    return { ...message, place: `${this.#name}:${message.begin.number}`, archive: this, folder: this.folder };
  }

  async #read(call: Call): Promise<Index> {
    const before = this.#index;
    const file = this.#file;
    const grown = before !== undefined && (await this.#hasGrown(before));
    const last = grown ? before.scanned.at(-1) : undefined;
    // The last mail may have been half written.
    const scanned = last === undefined ? [] : (before as Index).scanned.slice(0, -1);
    let isWhole = true;
    try {
      for await (const found of this.#scan(call, beginOf(last))) scanned.push(found);
    } catch (error) {
      if (!(error instanceof BrokenArchive)) throw error;
      isWhole = false;
      const problem = { place: this.#name, reason: `${error.message}; its mails up to there are taken` };
      scanned.push({ begin: { start: file.size, number: 0 }, problem });
    }
    return { file, edges: await this.#edges(file.size), scanned, isWhole };
  }

  #scan(call: Call, begin: Begin = { start: 0, number: 1 }): AsyncGenerator<Scanned> {
    const { maxBytes, source } = this.#settings;
    const chunks = unpackedChunks(this.#file, source, call, begin.start);
    return messagesIn(splitLines(chunks, maxBytes, begin), this.#name, maxBytes);
  }

  async #hasGrown(before: Index): Promise<boolean> {
    const { size } = before.file;
    return !isCompressed(this.#file) && this.#file.size > size && (await this.#edges(size)) === before.edges;
  }

  /** A digest of the first and the last bytes before `size`. */
  async #edges(size: number): Promise<string> {
    if (isCompressed(this.#file)) return '';
    const { path } = this.#file;
    try {
      await using handle = await open(path, 'r');
      const length = Math.min(EDGE, size);
      const edges = Buffer.alloc(2 * length);
      await handle.read(edges, 0, length, 0);
      await handle.read(edges, length, length, size - length);
      return fingerprint(edges);
    } catch (cause) {
      throw fileError(this.#settings.source, path, cause);
    }
  }
}

function beginOf(scanned: Scanned | undefined): Begin | undefined {
  return scanned === undefined ? undefined : (scanned.message?.begin ?? (scanned as { begin: Begin }).begin);
}
