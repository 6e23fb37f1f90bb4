import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Call, ConnectorDeps, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fileError, fingerprint, foundFile } from '../../../kit/text/files.ts';
import type { Archive, ArchiveSettings, FiledHead } from './archive.ts';
import { Maildir } from './maildir.ts';
import { MboxFile } from './mbox-file.ts';
import type { Message } from './message.ts';
import { OpenFiles } from './open-files.ts';
import { checkFolderReaders, readersOf, type MailSettings } from './options.ts';
import type { MailTool, MailView } from './tool.ts';

/** What mails are read from, and how. */
export interface ArchivesSettings extends MailSettings {
  readonly path: string;
  readonly maxBytes: number;
}

const ARCHIVE = /\.(?:mbox|mbx|txt)(?:\.gz)?$/i;
/** Pipermail's names of the parts of an archive: by year, quarter, month, week and day. */
const PERIOD = /^(?:\d{4}(?:q[1-4]|-[A-Z][a-z]+|-?\d\d(?:-?\d\d)?)?|Week-of-Mon-\d{8})$/;
/** What a mail program keeps for itself. */
const PRIVATE =
  /^(?:drafts?|junk(?: e-?mail)?|spam|sent(?: (?:items|messages|mail))?|trash|deleted (?:items|messages))$/i;
const MAX_DEPTH = 6;

/** Archives in files: an mbox file, a folder of them and of folders of them, or a maildir with its subfolders. */
export class Archives implements MailTool<FiledHead> {
  /** Files are near: thread by thread is as quick, and takes the least memory. */
  readonly ahead = 1;
  readonly #settings: ArchivesSettings;
  readonly #deps: ConnectorDeps;
  readonly #root: string;
  #before = new Map<string, Archive>();

  constructor(settings: ArchivesSettings, deps: ConnectorDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#root = resolve(deps.baseDir, settings.path);
  }

  async view(call: Call): Promise<MailView<FiledHead>> {
    const archives = await this.find(this.#before);
    // What is gone need not be remembered.
    this.#before = archives;
    const files = new OpenFiles(this.#deps.source, call);
    const state = stateOf(archives);
    return {
      state,
      look: () => lookAt(archives, call),
      read: async (heads) => {
        const messages = new Map<FiledHead, Message | Error>();
        for (const head of heads) {
          const message = await readOne(head, files);
          if (message !== undefined) messages.set(head, message);
        }
        return messages;
      },
      isSteady: async () => stateOf(await this.find()) === state,
      [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
    };
  }

  /** The archives there are now, by path. @throws ConnectorError MISCONFIGURED when there are none. */
  async find(before: ReadonlyMap<string, Archive> = new Map()): Promise<Map<string, Archive>> {
    const { source } = this.#deps;
    const archives = new Map<string, Archive>();
    try {
      if ((await stat(this.#root)).isDirectory()) await this.#walk('', archives, before, new Set());
      else await this.#add(basename(this.#root), this.#root, archives, before);
    } catch (cause) {
      throw cause instanceof ConnectorError ? cause : fileError(source, this.#root, cause);
    }
    if (archives.size > 0) {
      checkFolderReaders(
        [...archives.values()].map(({ folder }) => folder),
        this.#settings,
        source,
      );
      return archives;
    }
    const what = 'holds no archive (*.mbox, *.mbx, *.txt, each also with .gz) and is no maildir';
    throw new ConnectorError('MISCONFIGURED', `${source}: ${this.#root} ${what}; set \`path\` to where the data lies`);
  }

  async #walk(
    path: string,
    archives: Map<string, Archive>,
    before: ReadonlyMap<string, Archive>,
    seen: Set<string>,
  ): Promise<void> {
    const full = join(this.#root, path);
    const at = await stat(full);
    const inode = `${at.dev}-${at.ino}`;
    // Mailman links its public archives; a link may also lead back.
    if (seen.has(inode) || path.split('/').length > MAX_DEPTH) return;
    seen.add(inode);
    let names;
    try {
      names = (await readdir(full)).sort();
    } catch (cause) {
      throw fileError(this.#deps.source, full, cause);
    }
    const isMaildir = names.includes('cur') && names.includes('new');
    if (isMaildir) await this.#addMaildir(path, archives, before);
    for (const name of names) {
      if (isMaildir ? /^(?:cur|new|tmp)$/.test(name) : name.startsWith('.')) continue;
      // Beside an archive pipermail keeps the attachments it took out of it, as text too.
      if (name === 'attachments') continue;
      if (names.includes(name.replace(/\.gz$/i, '')) && /\.gz$/i.test(name)) continue;
      const own = path === '' ? name : `${path}/${name}`;
      const kind = await kindOf(join(this.#root, own));
      if (kind === 'folder' && !PRIVATE.test(basename(segmentOf(name)))) await this.#walk(own, archives, before, seen);
      else if (kind === 'file' && !isMaildir && ARCHIVE.test(name))
        await this.#add(own, join(this.#root, own), archives, before);
    }
  }

  async #add(
    path: string,
    full: string,
    archives: Map<string, Archive>,
    before: ReadonlyMap<string, Archive>,
  ): Promise<void> {
    const file = await foundFile(full);
    const list = this.#listOf(full);
    const folder = { path: list, name: basename(list), readers: readersOf(list, this.#settings) };
    const earlier = before.get(full);
    archives.set(
      full,
      new MboxFile(file, path, folder, this.#own(), earlier instanceof MboxFile ? earlier : undefined),
    );
  }

  async #addMaildir(path: string, archives: Map<string, Archive>, before: ReadonlyMap<string, Archive>): Promise<void> {
    const full = join(this.#root, path);
    const list = path.split('/').map(segmentOf).join('/') || basename(this.#root);
    const folder = { path: list, name: basename(list), readers: readersOf(list, this.#settings) };
    const earlier = before.get(full);
    archives.set(
      full,
      await Maildir.open(full, list, folder, this.#own(), earlier instanceof Maildir ? earlier : undefined),
    );
  }

  #own(): ArchiveSettings {
    return { source: this.#deps.source, maxBytes: this.#settings.maxBytes };
  }

  /** The list an mbox file is of: its own name, or its folder's where it is the archive of a month. */
  #listOf(full: string): string {
    const bare = full.replace(ARCHIVE, '');
    const list = PERIOD.test(basename(bare)) ? dirname(bare) : bare;
    const inside = relative(this.#root, list);
    const path = inside === '' || inside.startsWith('..') ? basename(list) : inside;
    // Mailman keeps `dev.mbox/dev.mbox`.
    return path
      .split('/')
      .map((segment) => segment.replace(ARCHIVE, ''))
      .join('/');
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'other'> {
  try {
    const at = await stat(path);
    return at.isDirectory() ? 'folder' : at.isFile() ? 'file' : 'other';
  } catch (cause) {
    // Gone again, or a link to nowhere.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'other';
    throw cause;
  }
}

/** A folder's name as people see it; Maildir++ writes `.lists.dev`, with what is not ASCII as IMAP has it (RFC 3501, 5.1.3). */
function segmentOf(name: string): string {
  if (!name.startsWith('.')) return name;
  return name
    .slice(1)
    .replaceAll('.', '/')
    .replace(/&([A-Za-z0-9+,]*)-/g, (_, code: string) =>
      code === '' ? '&' : new TextDecoder('utf-16be').decode(Buffer.from(code.replaceAll(',', '/'), 'base64')),
    );
}

function stateOf(archives: ReadonlyMap<string, Archive>): string {
  return fingerprint(...[...archives.values()].map(({ state }) => state));
}

async function lookAt(archives: ReadonlyMap<string, Archive>, call: Call) {
  const heads: FiledHead[] = [];
  const problems: Problem[] = [];
  let isWhole = true;
  for (const archive of archives.values()) {
    const found = await archive.look(call);
    for (const head of found.heads) heads.push(head);
    for (const problem of found.problems) problems.push(problem);
    isWhole &&= found.isWhole;
  }
  return { heads, problems, isWhole };
}

async function readOne(head: FiledHead, files: OpenFiles): Promise<Message | Error | undefined> {
  try {
    return await head.archive.read(head, files);
  } catch (error) {
    if (error instanceof ConnectorError) throw error;
    return error as Error;
  }
}
