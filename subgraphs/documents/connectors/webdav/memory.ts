interface Remembered {
  readonly etag: string;
  /** Keys of the documents in it. */
  readonly files: string[];
  /** Paths of the folders in it. */
  readonly folders: string[];
}

/**
 * What a walk saw in each folder, for the next one: where a folder's ETag tells of everything below it, one that has
 * kept it need not be looked into. It lives as long as the process; without it everything is listed.
 */
export class FolderMemory {
  /** What else the folders' content depends on: options and shares. */
  readonly state: string;
  /** When everything was last listed: tags change no ETag. */
  readonly wholeAt: number;
  readonly #folders = new Map<string, Remembered>();

  constructor(state: string, wholeAt: number) {
    this.state = state;
    this.wholeAt = wholeAt;
  }

  /** A folder is gone through. */
  enter(path: string, etag: string | undefined): void {
    const up = path.lastIndexOf('/');
    if (path !== '') this.#folders.get(up === -1 ? '' : path.slice(0, up))?.folders.push(path);
    // Without an ETag there is nothing to know it by: it is never left out.
    this.#folders.set(path, { etag: etag ?? '', files: [], folders: [] });
  }

  /** A document was found in a folder. */
  file(folder: string, key: string): void {
    this.#folders.get(folder)?.files.push(key);
  }

  /** Something in a folder was of no use, and has to be looked at again. */
  forget(folder: string): void {
    this.#folders.delete(folder);
  }

  /** Keys of the documents in and below a folder that is as it was; undefined when it has to be looked into. */
  below(path: string, etag: string | undefined): readonly string[] | undefined {
    const folder = this.#folders.get(path);
    return folder === undefined || folder.etag === '' || folder.etag !== etag ? undefined : this.#keysOf(path);
  }

  /** Takes over what another memory has of a folder and all below it. */
  keep(other: FolderMemory, path: string): void {
    const folder = other.#folders.get(path);
    if (folder === undefined) return;
    this.enter(path, folder.etag);
    for (const key of folder.files) this.file(path, key);
    for (const child of folder.folders) this.keep(other, child);
  }

  #keysOf(path: string): string[] | undefined {
    const folder = this.#folders.get(path);
    if (folder === undefined) return undefined;
    const keys = [...folder.files];
    for (const child of folder.folders) {
      const below = this.#keysOf(child);
      if (below === undefined) return undefined;
      for (const key of below) keys.push(key);
    }
    return keys;
  }
}
