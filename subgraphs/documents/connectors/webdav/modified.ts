import type { Call, Known } from '../../../kit/connector.ts';
import type { DocumentItem } from '../../connector.ts';
import { extensionOf } from '../files/paths.ts';
import type { Access } from './access.ts';
import type { DavClient } from './client.ts';
import type { DavFiles } from './files.ts';
import { modifiedSince } from './search.ts';

/** What the documents are looked for with. */
export interface ModifiedOptions {
  readonly client: DavClient;
  readonly extensions: ReadonlySet<string>;
  readonly access: Access;
  readonly files: DavFiles;
  /** In seconds since 1970. */
  readonly since: number;
  readonly known: Known;
}

/** Documents modified since that the store has not as they are now. Their problems are left to the walk that follows. */
export async function* modifiedDocuments(options: ModifiedOptions, call: Call): AsyncGenerator<DocumentItem> {
  const { client, extensions, access, files, since, known } = options;
  for await (const file of modifiedSince(client, since, call)) {
    if (!extensions.has(extensionOf(file.name))) continue;
    if (file.path.split('/').some((name) => name.startsWith('.'))) continue;
    const readers = access.ofFound(file);
    if (readers.length === 0) continue;
    const { item } = await files.read(file, readers, known, call, []);
    if (item !== undefined) yield item;
  }
}
