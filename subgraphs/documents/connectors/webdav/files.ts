import type { Call, Known, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { DocumentItem } from '../../connector.ts';
import { toDocument } from '../files/document.ts';
import type { DavClient } from './client.ts';
import type { Entry } from './entries.ts';
import type { Vendor } from './vendors.ts';
import { reasonOf } from './walk.ts';

/** What reading a file came to: an item, the key of one that is as it was, or nothing. */
export interface Outcome {
  readonly item?: DocumentItem;
  readonly unchanged?: string;
  /** It could not be read just now: it has to be tried again, whatever the folder's ETag says. */
  readonly isKept?: boolean;
}

/** What the files of one source have in common. */
export interface DavFilesOptions {
  readonly client: DavClient;
  readonly vendor: Vendor;
  /** The fingerprint of the options that items depend on. */
  readonly settings: string;
  readonly space: string | undefined;
  readonly source: string;
  readonly maxBytes: number;
}

/** Turns files of listings into documents; what did not change is not fetched. */
export class DavFiles {
  readonly #options: DavFilesOptions;

  constructor(options: DavFilesOptions) {
    this.#options = options;
  }

  /** Under which key a file is handed over: its id where the server has one, which stays when it is moved. */
  keyOf({ path, resource }: Entry): string {
    return this.#options.vendor.id(resource) ?? path;
  }

  /** @throws ConnectorError when the server does not answer */
  async read(
    entry: Entry,
    readers: readonly Reader[],
    known: Known,
    call: Call,
    problems: Problem[],
  ): Promise<Outcome> {
    const { client, vendor, settings, maxBytes } = this.#options;
    const { path, size, etag, modified, title, resource } = entry;
    const key = this.keyOf(entry);
    const owner = vendor.owner(resource);
    const tags = vendor.tags(resource);
    const about = [etag ?? '', String(size), modified ?? '', title ?? '', JSON.stringify([owner, tags])];
    // Where the key outlives a move, the version has to tell of it.
    if (key !== path) about.push(path);
    // Who may read comes first and by itself: what cannot be fetched is kept only for those who might read it before.
    const fence = fingerprint(settings, ...readers);
    const before = known(key);
    const isDated = etag !== undefined || modified !== undefined;
    let version = `${fence}.${fingerprint(...about)}`;
    if (isDated && before === version) return { unchanged: key };
    if (size !== undefined && size > maxBytes) {
      problems.push({ place: path, reason: `larger than maxBytes (${maxBytes}); the file is left out` });
      return {};
    }

    const bytes = await client.get(path, call);
    if (bytes === 'gone') return {};
    if (bytes === 'forbidden') {
      problems.push({ place: path, reason: reasonOf(bytes) });
      return {};
    }
    if (!Buffer.isBuffer(bytes)) {
      const isKept = before?.startsWith(`${fence}.`) === true;
      const reason = `${typeof bytes === 'string' ? reasonOf(bytes) : bytes.unfit}; it is tried again`;
      problems.push({ place: path, reason, ...(isKept ? { item: key } : {}) });
      return { isKept: true, ...(isKept ? { unchanged: key } : {}) };
    }
    if (!isDated) {
      version = `${fence}.${fingerprint(...about, bytes)}`;
      if (before === version) return { unchanged: key };
    }
    const slash = path.indexOf('/');
    const document = await toDocument(
      {
        key: path,
        version,
        bytes,
        readers,
        space: this.#options.space ?? (slash === -1 ? this.#options.source : path.slice(0, slash)),
        url: client.urlOf(path),
        modified: toIso(modified),
        title,
      },
      call,
      problems,
    );
    if (document === undefined) return {};
    const isSigned = document.accounts.some(({ role }) => role === 'AUTHOR');
    return {
      item: {
        ...document,
        key,
        tags: [...new Set([...document.tags, ...tags])].slice(0, 200),
        accounts:
          owner === undefined || isSigned
            ? document.accounts
            : [{ account: owner, role: 'AUTHOR' }, ...document.accounts],
      },
    };
  }
}
