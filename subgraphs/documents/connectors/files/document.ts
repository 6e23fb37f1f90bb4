import type { Account, Reader } from '../../../kit/content/item.ts';
import type { Call, Problem } from '../../../kit/connector.ts';
import { toAccounts, toReaders } from '../../../kit/text/accounts.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { decodeBytes } from '../../../kit/text/files.ts';
import { readHtml } from '../../../kit/text/html.ts';
import { FrontMatterError, readMarkdown, splitFrontMatter } from '../../../kit/text/markdown.ts';
import { addressesIn, cleanLine, tidy, webAddress } from '../../../kit/text/plain.ts';
import type { DocumentItem, DocumentRole, DocumentStatus } from '../../connector.ts';
import { within } from './fence.ts';
import { readOffice } from './office.ts';
import { extensionOf } from './paths.ts';
import { readPdf } from './pdf.ts';

/** Media types (IANA) of the files that can be read. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  txt: 'text/plain',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  odt: 'application/vnd.oasis.opendocument.text',
  odp: 'application/vnd.oasis.opendocument.presentation',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  pdf: 'application/pdf',
};

/** A file to be made a document. */
export interface SourceFile {
  readonly key: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  /** The fence of its folder. */
  readonly readers: readonly Reader[];
  readonly space: string;
  /** Its address by the option `url`. */
  readonly url: string | undefined;
  /** Its modification time, where that is to count. */
  readonly modified: string | undefined;
  /** What it is called where its content does not say; without it, its name. */
  readonly title?: string | undefined;
}

interface Content {
  readonly title?: string;
  readonly author?: string;
  readonly authors?: readonly string[];
  readonly canonical?: string;
  readonly created?: string;
  readonly updated?: string;
  readonly keywords?: readonly string[];
  readonly text: string;
  readonly links: readonly string[];
}

const STATUSES: ReadonlyMap<string, DocumentStatus> = new Map([
  ['current', 'CURRENT'],
  ['outdated', 'OUTDATED'],
  ['archived', 'ARCHIVED'],
]);
const NO_FIELDS: ReadonlyMap<string, unknown> = new Map();

/**
 * Makes a document of a file; undefined, with a problem, when it cannot be read or it is not certain who may read it.
 */
export async function toDocument(file: SourceFile, call: Call, problems: Problem[]): Promise<DocumentItem | undefined> {
  const complain = (reason: string, line?: number): void =>
    void problems.push({ place: line === undefined ? file.key : `${file.key}:${line}`, reason });
  let fields = NO_FIELDS;
  let content: Content;
  const extension = extensionOf(file.key);
  let url = file.url;
  try {
    if (extension === 'md' || extension === 'markdown') {
      const parts = splitFrontMatter(decodeBytes(file.bytes));
      fields = parts.fields;
      url = urlOf(fields.get('url'), complain) ?? url;
      content = readMarkdown(parts.body, url);
    } else {
      content = await readOther(file, extension, url, call);
      url = content.canonical ?? url;
    }
  } catch (error) {
    if (call.signal.aborted) throw error;
    if (error instanceof FrontMatterError)
      complain(`${error.message}; the page is left out, as it could say who may read it`, error.line);
    else complain(`the file cannot be read as .${extension}: ${cleanLine((error as Error).message).slice(0, 200)}`);
    return undefined;
  }

  const readers = readersOf(fields, file, complain, problems);
  if (readers === undefined) return undefined;
  const text = (name: string): string =>
    typeof fields.get(name) === 'string' || typeof fields.get(name) === 'number'
      ? cleanLine(String(fields.get(name)))
      : '';
  const date = (...names: string[]): string | undefined => {
    for (const name of names) {
      const written = fields.get(name);
      if (written === undefined || written === null) continue;
      const iso = toIso(written);
      if (iso !== undefined) return iso;
      complain(`\`${name}\` is not a date; write it as 2026-01-31`);
    }
    return undefined;
  };
  const status = fields.get('status') === undefined ? 'CURRENT' : STATUSES.get(text('status').toLowerCase());
  if (status === undefined) complain(`the status "${text('status')}" is not one of current, outdated and archived`);
  const title = text('title') || content.title || file.title || titleFromName(file.key);
  const createdAt = date('date', 'created') ?? toIso(content.created);
  const updatedAt = date('updated', 'lastmod') ?? toIso(content.updated) ?? createdAt ?? file.modified;
  return {
    key: file.key,
    version: file.version,
    ...(url === undefined ? {} : { url }),
    title,
    body: withoutTitle(content.text, title),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    tags: tagsOf(fields.get('tags'), content.keywords ?? []),
    links: content.links,
    readers,
    space: text('space') || file.space,
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    status: status ?? 'CURRENT',
    accounts: accountsOf(fields, content.authors ?? content.author?.split(';') ?? []),
  };
}

async function readOther(file: SourceFile, extension: string, url: string | undefined, call: Call): Promise<Content> {
  if (extension === 'html' || extension === 'htm') {
    const charset = /<meta[^>]{0,200}charset=["']?([\w-]{1,40})/i.exec(
      Buffer.from(file.bytes.subarray(0, 2048)).toString('latin1'),
    )?.[1];
    return readHtml(decodeBytes(file.bytes, charset), url === undefined ? {} : { base: url });
  }
  if (extension === 'pdf') return readPdf(file.bytes, call);
  if (extension === 'txt') {
    const text = tidy(decodeBytes(file.bytes));
    // A short line above an empty one is what people put as a title where there is no other way.
    const title = /^([^\n]{1,120})\n\n/.exec(text)?.[1];
    return { ...(title === undefined ? {} : { title: cleanLine(title) }), text, links: addressesIn(text) };
  }
  return readOffice(file.bytes, extension);
}

function urlOf(value: unknown, complain: (reason: string) => void): string | undefined {
  if (value === undefined || value === null) return undefined;
  const url = typeof value === 'string' ? webAddress(value) : undefined;
  if (url === undefined) complain('`url` is not an absolute web address');
  return url;
}

function readersOf(
  fields: ReadonlyMap<string, unknown>,
  file: SourceFile,
  complain: (reason: string) => void,
  problems: Problem[],
): readonly Reader[] | undefined {
  if (!fields.has('readers')) return file.readers;
  const own = toReaders(fields.get('readers'));
  if (own === undefined) {
    complain('`readers` is not a list of everyone, group:<name> or person:<handle>; the page is left out');
    return undefined;
  }
  return within(file.readers, own, file.key, problems);
}

function tagsOf(value: unknown, keywords: readonly string[]): string[] {
  const written = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  const tags = written
    .filter((tag) => typeof tag === 'string' || typeof tag === 'number')
    .map((tag) => cleanLine(String(tag)));
  return [...new Set([...tags, ...keywords].filter((tag) => tag !== ''))].slice(0, 200);
}

function accountsOf(
  fields: ReadonlyMap<string, unknown>,
  fileAuthors: readonly string[],
): { account: Account; role: DocumentRole }[] {
  const authors = toAccounts(fields.get('authors') ?? fields.get('author') ?? fileAuthors);
  const editors = [...toAccounts(fields.get('editors')), ...toAccounts(fields.get('contributors'))];
  const mentioned = toAccounts(fields.get('mentions'));
  const seen = new Set<string>();
  // Each account once per role: an author may well be mentioned, but not be an editor twice.
  return [
    ...authors.map((account) => ({ account, role: 'AUTHOR' as const })),
    ...editors.map((account) => ({ account, role: 'EDITOR' as const })),
    ...mentioned.map((account) => ({ account, role: 'MENTIONED' as const })),
  ].filter(({ account, role }) => !seen.has(`${role} ${account.handle}`) && seen.add(`${role} ${account.handle}`));
}

function titleFromName(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return cleanLine(name.replace(/\.[^.]+$/, '').replace(/[-_]+/g, ' ')) || name;
}

/** The text without a first line that only repeats the title, which is stored and shown by itself. */
function withoutTitle(text: string, title: string): string {
  const end = text.indexOf('\n');
  return cleanLine(end === -1 ? text : text.slice(0, end)) === title
    ? end === -1
      ? ''
      : text.slice(end + 1).replace(/^\n+/, '')
    : text;
}
