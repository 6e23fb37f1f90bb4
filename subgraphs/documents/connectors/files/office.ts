import { unzipSync } from 'fflate';
import { Parser, type Handler } from 'htmlparser2';
import { decodeBytes } from '../../../kit/text/files.ts';
import { MAX_NESTING } from '../../../kit/text/html.ts';
import { cleanLine, MAX_TEXT, tidy, webAddresses } from '../../../kit/text/plain.ts';

/** Text and metadata of an office or PDF file. */
export interface OfficeText {
  readonly title?: string;
  readonly author?: string;
  readonly created?: string;
  readonly updated?: string;
  readonly keywords: readonly string[];
  readonly text: string;
  readonly links: readonly string[];
}

/** Unpacked size of all parts together; a few kilobytes of zip can unpack to gigabytes. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/** The parts with text, in reading order, per kind of package (ECMA-376 part 1; ODF 1.3 part 2). */
const PARTS: Record<string, RegExp> = {
  docx: /^word\/(?:document|footnotes|endnotes|comments)\.xml$/,
  pptx: /^ppt\/(?:slides|notesSlides)\/[a-z]+(\d+)\.xml$/i,
  xlsx: /^xl\/(?:sharedStrings|workbook|worksheets\/sheet\d+)\.xml$/,
  odt: /^content\.xml$/,
  odp: /^content\.xml$/,
  ods: /^content\.xml$/,
};
const METADATA = /^(?:docProps\/core|meta)\.xml$/;
const RELATIONS = /\.rels$/;

/**
 * Text of a docx, pptx, xlsx, odt, odp or ods file. Only the XML parts that hold text are unpacked; macros, embedded
 * objects and external references are never looked at, and entities of a DTD are not expanded.
 * @throws Error when the file is not such a package, encrypted, or unpacks to too much
 */
export function readOffice(bytes: Uint8Array, extension: string): OfficeText {
  const wanted = PARTS[extension];
  if (wanted === undefined) throw new Error(`no reader for .${extension}`);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) throw new Error('it is encrypted, or of the format before 2007');
  let unpacked = 0;
  const parts = unzipSync(bytes, {
    filter: (part) => {
      if (!wanted.test(part.name) && !METADATA.test(part.name) && !RELATIONS.test(part.name)) return false;
      unpacked += part.originalSize;
      if (unpacked > MAX_UNPACKED) throw new Error('it unpacks to more than 64 MiB');
      return true;
    },
  });
  const names = Object.keys(parts);
  const texts = names.filter((name) => wanted.test(name)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (texts.length === 0) throw new Error(`it holds nothing that a .${extension} has`);
  const xml = (name: string): string => decodeBytes(parts[name] as Uint8Array);
  const meta = metadataOf(
    names
      .filter((name) => METADATA.test(name))
      .map(xml)
      .join(''),
  );
  const links = names.filter((name) => RELATIONS.test(name)).flatMap((name) => hrefsOf(xml(name), 'Target'));
  const own = extension.startsWith('od') ? hrefsOf(texts.map(xml).join(''), 'xlink:href') : [];
  return {
    ...meta,
    text: tidy(texts.map((name) => textOf(xml(name))).join('\n\n')),
    links: webAddresses([...links, ...own]),
  };
}

/** Slides in the order of their numbers, notes after their slide. */
function rank(name: string): number {
  const number = Number(/(\d+)\.xml$/.exec(name)?.[1] ?? 0);
  return number * 2 + (name.includes('notes') ? 1 : 0);
}

// Elements whose text is text: w:t, a:t, x's t and inline strings; in OpenDocument all text lies below text:p and text:h.
const TEXT = new Set(['w:t', 'a:t', 't', 'text:p', 'text:h']);
const LINES = new Set(['w:p', 'a:p', 'si', 'text:p', 'text:h', 'row', 'table:table-row', 'w:tr']);
const GAPS = new Set([
  'w:tab',
  'w:br',
  'a:br',
  'text:tab',
  'text:s',
  'text:line-break',
  'c',
  'table:table-cell',
  'w:tc',
]);

function textOf(xml: string): string {
  const out: string[] = [];
  let inText = 0;
  let length = 0;
  parse(xml, {
    onopentag(name, attributes) {
      if (TEXT.has(name)) inText++;
      else if (GAPS.has(name)) out.push(' ');
      // A workbook's sheets are known by their names only here.
      else if (name === 'sheet' && attributes['name']) out.push(attributes['name'], '\n');
    },
    ontext(text) {
      if (inText === 0 || length > MAX_TEXT) return;
      out.push(text);
      length += text.length;
    },
    onclosetag(name) {
      if (TEXT.has(name)) inText--;
      if (LINES.has(name)) out.push('\n');
    },
  });
  return out
    .join('')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ +/gm, '');
}

const META_FIELDS: Record<string, 'title' | 'author' | 'created' | 'updated' | 'keywords' | undefined> = {
  'dc:title': 'title',
  'dc:creator': 'author',
  'meta:initial-creator': 'author',
  'dcterms:created': 'created',
  'meta:creation-date': 'created',
  'dcterms:modified': 'updated',
  'dc:date': 'updated',
  'cp:keywords': 'keywords',
  'meta:keyword': 'keywords',
};

function metadataOf(xml: string): Omit<OfficeText, 'text' | 'links'> {
  const found: Record<string, string[]> = Object.create(null);
  let field: string | undefined;
  parse(xml, {
    onopentag: (name) => void (field = META_FIELDS[name]),
    ontext: (text) => void (field !== undefined && (found[field] ??= []).push(text)),
    onclosetag: () => void (field = undefined),
  });
  const line = (name: string): Record<string, string> => {
    const text = cleanLine((found[name] ?? []).join(''));
    return text === '' ? {} : { [name]: text };
  };
  const keywords = (found['keywords'] ?? [])
    .flatMap((words) => words.split(/[,;]/))
    .map(cleanLine)
    .filter((word) => word !== '');
  return { ...line('title'), ...line('author'), ...line('created'), ...line('updated'), keywords };
}

function hrefsOf(xml: string, attribute: string): string[] {
  const hrefs: string[] = [];
  parse(xml, {
    onopentag: (_name, attributes) => void (attributes[attribute] && hrefs.push(attributes[attribute])),
  });
  return hrefs;
}

/** @throws Error for what nests deeper than any file does */
function parse(xml: string, handler: Partial<Handler> & Pick<Handler, 'onopentag'>) {
  let depth = 0;
  const parser = new Parser(
    {
      ...handler,
      onopentag(...tag) {
        if (++depth > MAX_NESTING) throw new Error(`it nests more than ${MAX_NESTING} deep`);
        handler.onopentag(...tag);
      },
      onclosetag(...tag) {
        depth--;
        handler.onclosetag?.(...tag);
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
}
