import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, Problem } from '../../../kit/connector.ts';
import { fileError, fingerprint, stopIfCancelled } from '../../../kit/text/files.ts';
import type { Archive, ArchiveSettings, FiledHead, Found } from './archive.ts';
import { headLines, MAX_HEAD, threading, type MailFolder } from './heads.ts';
import { readMessage, type Message } from './message.ts';

interface MaildirHead extends FiledHead {
  /** The file's name, up to the flags: it stays while the mail is moved from `new` to `cur` and marked. */
  readonly unique: string;
}

/** Where a mail lies now: `cur/1704186000.M1.host:2,S`. */
type Names = ReadonlyMap<string, string>;

/**
 * One folder of a maildir (https://cr.yp.to/proto/maildir.html). A mail's file is written once and never again, so that
 * its name tells all: only names that were not there before are read. Drafts and what is marked as deleted are left out.
 */
export class Maildir implements Archive {
  readonly folder: MailFolder;
  readonly state: string;
  readonly #path: string;
  readonly #name: string;
  readonly #settings: ArchiveSettings;
  readonly #names: Names;
  readonly #seen: Map<string, Found>;

  private constructor(
    path: string,
    name: string,
    folder: MailFolder,
    settings: ArchiveSettings,
    names: Names,
    before?: Maildir,
  ) {
    this.#path = path;
    this.#name = name;
    this.folder = folder;
    this.#settings = settings;
    this.#names = names;
    this.#seen = before === undefined ? new Map<string, Found>() : before.#seen;
    this.state = fingerprint(path, ...names.keys());
  }

  /** @param before the same folder as an earlier run found it. */
  static async open(
    path: string,
    name: string,
    folder: MailFolder,
    settings: ArchiveSettings,
    before?: Maildir,
  ): Promise<Maildir> {
    return new Maildir(path, name, folder, settings, await namesIn(path, settings.source), before);
  }

  async look(call: Call): Promise<{ heads: readonly FiledHead[]; problems: readonly Problem[]; isWhole: boolean }> {
    for (const unique of this.#seen.keys()) if (!this.#names.has(unique)) this.#seen.delete(unique);
    const heads: MaildirHead[] = [];
    const problems: Problem[] = [];
    for (const unique of this.#names.keys()) {
      const seen = this.#seen.get(unique) ?? (await this.#see(unique, call));
      if (seen === undefined) continue;
      this.#seen.set(unique, seen);
      // Of the folder and the options as they are now.
      if (seen.head !== undefined) heads.push({ ...(seen.head as MaildirHead), archive: this, folder: this.folder });
      else problems.push(seen.problem);
    }
    return { heads, problems, isWhole: true };
  }

  async first(call: Call): Promise<Found | undefined> {
    for (const unique of this.#names.keys()) {
      const found = await this.#see(unique, call);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async read(head: FiledHead): Promise<Message | undefined> {
    const { unique } = head as MaildirHead;
    const bytes = await this.#onFile(unique, (path) => readFile(path));
    if (bytes === undefined) return undefined;
    // Most deliverers begin the name with the time.
    const [, seconds] = /^(\d{9,11})\./.exec(unique) ?? [];
    return readMessage(bytes, seconds === undefined ? undefined : new Date(Number(seconds) * 1000).toISOString());
  }

  /** The head of a mail, or what is wrong with it; undefined for one that is gone. */
  async #see(unique: string, call: Call): Promise<Found | undefined> {
    const { maxBytes, source } = this.#settings;
    stopIfCancelled(call, source);
    const found = await this.#onFile(unique, async (path) => {
      await using handle = await open(path, 'r');
      const { size } = await handle.stat();
      // A few blocks hold nearly every header.
      for (const length of [16 * 1024, MAX_HEAD]) {
        const { buffer, bytesRead } = await handle.read(
          Buffer.alloc(Math.min(length, size)),
          0,
          Math.min(length, size),
          0,
        );
        const bytes = buffer.subarray(0, bytesRead);
        const lines = headLines(bytes);
        if (lines !== undefined || bytesRead === size || length === MAX_HEAD)
          return { size, lines: lines ?? bytes.toString('latin1').split(/\r?\n/) };
      }
      throw new Error('there is no third length');
    });
    if (found === undefined) return undefined;
    const place = `${this.#name}/${unique}`;
    const problem = (reason: string): Found => ({ problem: { place, reason } });
    if (found.size > maxBytes) return problem(`the message is larger than maxBytes (${maxBytes}); it is left out`);
    const { id, references, isMail } = threading(found.lines);
    if (!isMail) return problem('a message without headers; it is left out');
    const digest = fingerprint(unique);
    const { folder } = this;
    const head: MaildirHead = {
      place,
      unique,
      references,
      digest,
      id: id ?? `${digest}@no-message-id`,
      folder,
      archive: this,
    };
    return { head };
  }

  /** Does something with a mail's file, wherever marking has moved it meanwhile. Undefined when it is gone. */
  async #onFile<Result>(unique: string, use: (path: string) => Promise<Result>): Promise<Result | undefined> {
    let name = this.#names.get(unique);
    for (let tries = 0; name !== undefined && tries < 3; tries++) {
      const path = join(this.#path, name);
      try {
        return await use(path);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(this.#settings.source, path, cause);
        name = (await namesIn(this.#path, this.#settings.source)).get(unique);
      }
    }
    return undefined;
  }
}

/** The mails of a folder by the part of their names that stays, in its order. */
async function namesIn(path: string, source: string): Promise<Names> {
  const found: [unique: string, name: string][] = [];
  // `new` first: a mail moved meanwhile is then seen twice, not never.
  for (const sub of ['new', 'cur']) {
    let names;
    try {
      names = await readdir(join(path, sub));
    } catch (cause) {
      throw fileError(source, join(path, sub), cause);
    }
    for (const name of names) {
      if (name.startsWith('.')) continue;
      const [unique = '', flags = ''] = name.split(/[:;!]2,/);
      if (!/[DT]/.test(flags)) found.push([unique, `${sub}/${name}`]);
    }
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
