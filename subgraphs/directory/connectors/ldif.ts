import { z } from 'zod';
import {
  defineConnector,
  type Call,
  type Connector,
  type ConnectorDeps,
  type Known,
  type Problem,
} from '../../kit/connector.ts';
import { linesOf, type FoundFile } from '../../kit/text/files.ts';
import { fileConnector, settingsOf, type FileReader, type Step } from '../../kit/text/runs.ts';
import type { DirectoryItem } from '../connector.ts';
import { normaliseDn } from './dn.ts';
import { AttributeMap } from './attribute-map.ts';
import { entryMapping } from './inet-org-person.ts';
import { Entries } from './ldif/entries.ts';
import { recordsOf } from './ldif/records.ts';
import { PhotoUrl } from './photo.ts';

const Options = z.strictObject({
  path: z.string().min(1).describe('The LDIF file, or a folder of `*.ldif` files read in the order of their names.'),
  attributes: AttributeMap.prefault({}).describe('Which attribute holds what; every part has a default.'),
  photoUrl: PhotoUrl,
});

/**
 * An export of any LDAP directory: LDIF content and change records (RFC 2849).
 *
 * - Change records are applied in the order of the files' names; what would change an entry that is not there is a
 *   problem. All files are read anew when one of them changes, and all entries are in memory meanwhile.
 * - Entries are keyed by `attributes.key`, so that a new DN changes nobody: an export without operational attributes
 *   (`entryUUID`) goes by user names, and whoever gets a new one is somebody else.
 * - Bytes of photos (`jpegPhoto`) are not shown, values at addresses (`attr:< file:…`) not fetched; language tags and
 *   other options of attributes are not told apart.
 * - Raw UTF-8 is read, which the RFC forbids and most exports have. A line beyond 16 MB is left out, with a problem.
 */
export const ldif = defineConnector<DirectoryItem, typeof Options>({
  name: 'ldif',
  summary: 'People and groups from an LDIF file (RFC 2849), as every LDAP server exports it.',
  options: Options,
  async open(options, deps): Promise<Connector<DirectoryItem>> {
    const toItem = entryMapping(options.attributes, normaliseDn, options.photoUrl);
    const files = { path: options.path, extensions: ['.ldif', '.ldf'] };
    const reader: Omit<FileReader<DirectoryItem>, 'find'> = {
      settings: settingsOf(options, 2),
      noun: 'people and groups',
      read: (found, _from, known, call) => read(found, toItem, known, call, deps),
    };
    return fileConnector(files, reader, deps);
  },
});

async function* read(
  files: readonly FoundFile[],
  toItem: ReturnType<typeof entryMapping>,
  known: Known,
  call: Call,
  deps: ConnectorDeps,
): AsyncGenerator<Step<DirectoryItem>> {
  // Change records may touch any entry before them, so nothing is handed over until the last line was read.
  const entries = new Entries();
  const problems: Problem[] = [];
  for (const file of files) {
    const complain = (number: number, reason: string): void =>
      void problems.push({ place: `${file.name}:${number}`, reason });
    for await (const record of recordsOf(linesOf(file, 16 * 1024 * 1024, deps.source, call), complain))
      entries.apply(record, file.name, complain);
  }
  let at = 0;
  for (const problem of problems) yield { at: at++, problem };
  const seen = new Map<string, string>();
  for (const entry of entries.all()) {
    const place = `${entry.place.file}:${entry.place.number}`;
    const { item, reasons } = toItem(entry);
    for (const reason of reasons) yield { at, problem: { place, reason } };
    if (item !== undefined) {
      const first = seen.get(item.key);
      if (first !== undefined) {
        yield {
          at,
          problem: { place, reason: `the key ${item.key} belongs to ${first} already; this entry is left out` },
        };
      } else {
        seen.set(item.key, entry.dn);
        yield known(item.key) === item.version ? { at, unchanged: item.key } : { at, item };
      }
    }
    at++;
  }
}
