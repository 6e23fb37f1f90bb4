import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { chunksOf, fileError, stopIfCancelled, type FoundFile } from '../../../kit/text/files.ts';
import type { Call } from '../../../kit/connector.ts';

/** A compressed archive that unpacks to more is made to fill disks. */
const MAX_UNPACKED = 16 * 1024 ** 3;
/** So many files are open at once, unpacked ones among them. */
const OPEN_FILES = 16;

/** A compressed archive that cannot be unpacked to its end. */
export class BrokenArchive extends Error {}

/** Whether a file is compressed, by its name. */
export function isCompressed({ name }: { readonly name: string }): boolean {
  return /\.gz$/i.test(name);
}

/** The bytes of an archive, unpacked, piece by piece. @throws BrokenArchive where it is broken. */
export async function* unpackedChunks(file: FoundFile, source: string, call: Call, from = 0): AsyncGenerator<Buffer> {
  if (!isCompressed(file)) return yield* chunksOf(file, source, call, from);
  const packed = createReadStream(file.path, { end: Math.max(0, file.size - 1) });
  const gunzip = createGunzip();
  // An error of either end shows at the other, where it is read.
  packed.on('error', (error) => gunzip.destroy(error));
  let size = 0;
  try {
    for await (const chunk of packed.pipe(gunzip)) {
      stopIfCancelled(call, source);
      size += (chunk as Buffer).length;
      if (size > MAX_UNPACKED) throw new BrokenArchive(`it unpacks to more than ${MAX_UNPACKED} bytes`);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw unpackError(source, file, cause);
  } finally {
    packed.destroy();
  }
}

function unpackError(source: string, file: FoundFile, cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code?.startsWith('Z_')) return new BrokenArchive(`it cannot be unpacked to its end (${message})`, { cause });
  return /^E[A-Z]+$/.test(code ?? '') ? fileError(source, file.path, cause) : cause;
}

/** Archives opened for reading here and there, the least used closed again; compressed ones unpacked into a folder. */
export class OpenFiles implements AsyncDisposable {
  readonly #source: string;
  readonly #call: Call;
  readonly #open = new Map<string, { readonly handle: FileHandle; readonly unpacked: string | undefined }>();
  #folder: string | undefined;
  #unpacked = 0;

  constructor(source: string, call: Call) {
    this.#source = source;
    this.#call = call;
  }

  /** Bytes of an archive, of the unpacked one where it is compressed. */
  async read(file: FoundFile, start: number, end: number): Promise<Buffer> {
    try {
      const handle = await this.#handleOf(file);
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    } catch (cause) {
      if (cause instanceof BrokenArchive || (cause as Error).name === 'ConnectorError') throw cause;
      throw fileError(this.#source, file.path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#open.keys()) await this.#close(path);
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #handleOf(file: FoundFile): Promise<FileHandle> {
    const before = this.#open.get(file.path);
    if (before !== undefined) {
      // Used last, closed last.
      this.#open.delete(file.path);
      this.#open.set(file.path, before);
      return before.handle;
    }
    const [oldest] = this.#open.keys();
    if (this.#open.size >= OPEN_FILES && oldest !== undefined) await this.#close(oldest);
    const unpacked = isCompressed(file) ? await this.#unpack(file) : undefined;
    const handle = await open(unpacked ?? file.path, 'r');
    this.#open.set(file.path, { handle, unpacked });
    return handle;
  }

  async #unpack(file: FoundFile): Promise<string> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'atrium-mail-'));
    const path = join(this.#folder, String(this.#unpacked++));
    const out = await open(path, 'wx', 0o600);
    try {
      for await (const chunk of unpackedChunks(file, this.#source, this.#call)) await out.write(chunk);
    } catch (error) {
      // What lies before the break was found by the scan, and can be read.
      if (!(error instanceof BrokenArchive)) throw error;
    } finally {
      await out.close();
    }
    return path;
  }

  async #close(path: string): Promise<void> {
    const file = this.#open.get(path);
    this.#open.delete(path);
    await file?.handle.close();
    if (file?.unpacked !== undefined) await rm(file.unpacked, { force: true });
  }
}
