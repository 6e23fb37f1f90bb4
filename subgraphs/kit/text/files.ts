import { hash } from 'node:crypto';
import { watch as watchFs } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { basename, dirname, join, resolve } from 'node:path';
import type { Call, ConnectorDeps, Log } from '../connector.ts';
import { ConnectorError } from '../errors.ts';

/** A file as a run found it. `id` changes whenever the file is written or replaced. */
export interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly id: string;
}

/** A short, stable hash: for versions and fingerprints, not for secrets. */
export function fingerprint(...parts: readonly (string | Uint8Array)[]): string {
  if (parts.length === 1) return hash('sha1', parts[0] as string | Uint8Array, 'base64url');
  return hash(
    'sha1',
    parts.map((part) => (typeof part === 'string' ? part : hash('sha1', part, 'base64url'))).join('\0'),
    'base64url',
  );
}

/** What the file system says, as the catalogue's error: never an empty answer. */
export function fileError(source: string, path: string, cause: unknown): ConnectorError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ConnectorError('MISCONFIGURED', `${source}: there is no ${path}; set \`path\` to where the data lies`, {
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ConnectorError(
      'FORBIDDEN',
      `${source}: ${path} may not be read; give Atrium's user the right to read it`,
      { cause },
    );
  }
  return new ConnectorError('UNAVAILABLE', `${source}: ${path} cannot be read (${code ?? 'unknown reason'})`, {
    cause,
  });
}

/**
 * The file at `path`, or, when that is a folder, the files directly in it that end in one of `extensions`, by name.
 * @throws ConnectorError when there is nothing to read.
 */
export async function findFiles(
  path: string,
  extensions: readonly string[],
  deps: ConnectorDeps,
): Promise<FoundFile[]> {
  const full = resolve(deps.baseDir, path);
  try {
    const at = await stat(full, { bigint: true });
    if (!at.isDirectory()) return [await foundFile(full)];
    const names = (await readdir(full))
      .filter((name) => extensions.some((end) => name.toLowerCase().endsWith(end)))
      .sort();
    if (names.length > 0) return await Promise.all(names.map((name) => foundFile(join(full, name))));
  } catch (cause) {
    throw fileError(deps.source, full, cause);
  }
  throw new ConnectorError(
    'MISCONFIGURED',
    `${deps.source}: ${full} holds no file ending in ${extensions.join(' or ')}; set \`path\` to where the data lies`,
  );
}

/** A regular file as it is now. @throws what the file system does. */
export async function foundFile(path: string): Promise<FoundFile> {
  const at = await stat(path, { bigint: true });
  if (!at.isFile()) throw Object.assign(new Error(`${path} is not a file`), { code: 'not a regular file' });
  // ctime sees what `rsync -t` and `cp -p` hide: new content of the same size under the old modification time.
  return { path, name: basename(path), size: Number(at.size), id: `${at.ino}-${at.size}-${at.mtimeNs}-${at.ctimeNs}` };
}

/** The state of all files together: equal means that nothing was written in between. */
export function idOf(files: readonly FoundFile[], ...settings: readonly string[]): string {
  return fingerprint(...files.map((file) => `${file.path}\0${file.id}`), ...settings);
}

/** One line of a file; `bytes` ends before the line break and is empty when the line was `tooLong`. */
export interface Line {
  readonly bytes: Buffer;
  /** Where it begins, and where the next one does. */
  readonly start: number;
  readonly end: number;
  /** From 1, as editors count. */
  readonly number: number;
  readonly tooLong: boolean;
}

const CHUNK = 1 << 20;

/** Lines of a file as bytes, however large it is: a file of mixed encodings has lines before it has characters. */
export function linesOf(file: FoundFile, maxBytes: number, source: string, call: Call): AsyncGenerator<Line[]> {
  return splitLines(chunksOf(file, source, call), maxBytes);
}

/** A file piece by piece, from a byte on to its size when it was found. Ends early, with CANCELLED, when the call does. */
export async function* chunksOf(file: FoundFile, source: string, call: Call, from = 0): AsyncGenerator<Buffer> {
  let handle;
  try {
    handle = await open(file.path, 'r');
  } catch (cause) {
    throw fileError(source, file.path, cause);
  }
  try {
    for (let position = from; position < file.size;) {
      stopIfCancelled(call, source);
      const length = Math.min(CHUNK, file.size - position);
      const chunk = Buffer.allocUnsafe(length);
      let bytesRead: number;
      try {
        ({ bytesRead } = await handle.read(chunk, 0, length, position));
      } catch (cause) {
        throw fileError(source, file.path, cause);
      }
      if (bytesRead === 0) break;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/**
 * The lines of a stream of bytes, a chunk's worth at a time.
 * @param begin where the first byte lies, and the number of its line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  begin: { readonly start: number; readonly number: number } = { start: 0, number: 1 },
): AsyncGenerator<Line[]> {
  let { start, number } = begin;
  let position = start;
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const chunk of chunks) {
    const base = position - rest.length;
    position += chunk.length;
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Line[] = [];
    let from = 0;
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, from)) {
      const tooLong = skipping || at - from > maxBytes;
      const until = at > from && data[at - 1] === 13 ? at - 1 : at;
      const end = base + at + 1;
      const bytes = tooLong ? data.subarray(0, 0) : data.subarray(from, until);
      lines.push({ bytes, start, end, number: number++, tooLong });
      skipping = false;
      start = end;
      from = at + 1;
    }
    rest = data.subarray(from);
    if (rest.length > maxBytes) {
      // A line beyond the cap is not kept while its end is looked for.
      skipping = true;
      rest = rest.subarray(rest.length);
    }
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0 || skipping) {
    yield [{ bytes: skipping ? rest.subarray(0, 0) : rest, start, end: position, number, tooLong: skipping }];
  }
}

/** Ends a run that nobody waits for any more. */
export function stopIfCancelled(call: Call, source: string): void {
  if (call.signal.aborted)
    throw new ConnectorError('CANCELLED', `${source}: the sync was ended`, { cause: call.signal.reason });
}

/**
 * Bytes as text: by byte order mark, else `charset` (an Encoding Standard label), else UTF-8, else Windows-1252, which
 * takes any bytes.
 */
export function decodeBytes(bytes: Uint8Array, charset?: string): string {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (marked === undefined && isUtf8(bytes)) return new TextDecoder().decode(bytes);
  try {
    return new TextDecoder(marked ?? charset ?? 'windows-1252').decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Calls back once a file or folder has been quiet for half a second after a change; returns how to stop. */
export function watchPath(path: string, isFolder: boolean, log: Log, onChange: () => void): () => void {
  // Editors replace files, so a file is watched through its folder.
  const folder = isFolder ? path : dirname(path);
  const name = isFolder ? undefined : basename(path);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchFs(folder, { recursive: isFolder, persistent: false }, (_event, changed) => {
    if (name !== undefined && changed !== null && changed !== name) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, 500).unref();
  });
  // Polling goes on without it.
  watcher.on('error', (error) => log.warn({ path, error: String(error) }, 'watching for changes has stopped'));
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
