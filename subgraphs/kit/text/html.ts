import { Parser } from 'htmlparser2';
import { addressesIn, cleanLine, tidy, webAddress, webAddresses } from './plain.ts';

/** What is worth keeping of an HTML page. */
export interface HtmlText {
  readonly title?: string;
  readonly text: string;
  readonly links: readonly string[];
  /** Of `meta name=author`, of which a page may have several. */
  readonly authors: readonly string[];
  /** The address the page gives itself: `link rel=canonical`. */
  readonly canonical?: string;
  readonly keywords: readonly string[];
  /** `meta` dates as they stand; `toIso` decides whether they are any. */
  readonly created?: string;
  readonly updated?: string;
}

/** What a caller may want of the reading. */
export interface HtmlOptions {
  /** Relative links start here. Without it they are left out. */
  readonly base?: string;
  /** For mail: leave out what the writer quoted (`blockquote`, Gmail's and Yahoo's quote boxes). */
  readonly dropQuotes?: boolean;
  /** For tools with markup of their own: whether to leave an element out. Not asked about what lies within one. */
  readonly drop?: (name: string, attributes: Readonly<Record<string, string>>) => boolean;
}

/**
 * Elements within one another, many times more than any page has. The parser takes longer for each the deeper it is: a
 * megabyte of nothing but beginnings would take it ten seconds, and ten megabytes a quarter of an hour.
 */
export const MAX_NESTING = 2_000;
const TOO_DEEP = new Error('nested too deep');

const HIDDEN = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'object',
  'canvas',
  'nav',
  'select',
  'textarea',
]);
const BLOCKS = new Set(
  'address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tr ul'.split(
    ' ',
  ),
);
const PARAGRAPHS = new Set('p h1 h2 h3 h4 h5 h6 ul ol pre table blockquote'.split(' '));
const META: Record<string, 'author' | 'keywords' | 'created' | 'updated' | undefined> = Object.assign(
  Object.create(null),
  {
    author: 'author',
    'dc.creator': 'author',
    keywords: 'keywords',
    date: 'created',
    'dc.date': 'created',
    'article:published_time': 'created',
    'dcterms.created': 'created',
    'last-modified': 'updated',
    'article:modified_time': 'updated',
    'dcterms.modified': 'updated',
  },
);

/**
 * HTML as text (WHATWG HTML, tokenised by htmlparser2): scripts, styles and navigation dropped, blocks on lines of
 * their own, entities decoded. Nothing is loaded, nothing executed. Where it nests too deep, it ends.
 */
export function readHtml(html: string, options: HtmlOptions = {}): HtmlText {
  const out: string[] = [];
  const hrefs: string[] = [];
  const authors: string[] = [];
  let canonical: string | undefined;
  const meta: { keywords?: string; created?: string; updated?: string } = {};
  let title = '';
  let heading = '';
  let inTitle = false;
  let inHeading = false;
  let pre = 0;
  // Open elements whose content is left out; the depth counts elements of any name within the first of them.
  let hidden = 0;
  // Line breaks owed before the next word: blocks within blocks ask for theirs only once.
  let breaks = 0;
  let depth = 0;
  const write = (text: string): void => {
    // Also where an element between two blanks is left out.
    const isSpaced = breaks > 0 || out.length === 0 || out.at(-1)?.endsWith(' ') === true;
    const flat = pre > 0 ? text : text.replace(/\s+/g, ' ');
    const shown = pre === 0 && isSpaced ? flat.trimStart() : flat;
    if (shown === '') return;
    out.push('\n'.repeat(breaks), shown);
    breaks = 0;
  };
  const breakAt = (name: string): void => {
    if (BLOCKS.has(name)) breaks = Math.max(breaks, PARAGRAPHS.has(name) ? 2 : 1);
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      if (++depth > MAX_NESTING) throw TOO_DEEP;
      if (hidden > 0) {
        hidden++;
        return;
      }
      const isLeftOut = options.drop?.(name, attributes) === true;
      if (isLeftOut || HIDDEN.has(name) || (options.dropQuotes === true && isQuote(name, attributes))) {
        hidden = 1;
        return;
      }
      if (name === 'title') inTitle = true;
      else if (name === 'h1' && heading === '') inHeading = true;
      else if (name === 'br') breaks++;
      else if (name === 'pre') pre++;
      else if (name === 'td' || name === 'th') write(' ');
      else if (name === 'a' && attributes['href'] !== undefined) hrefs.push(attributes['href']);
      else if (name === 'img' && attributes['alt']) write(attributes['alt']);
      else if (name === 'meta') {
        const field = META[(attributes['name'] ?? attributes['property'] ?? '').toLowerCase()];
        const content = attributes['content'];
        if (field === 'author' && content) authors.push(cleanLine(content));
        else if (field !== undefined && field !== 'author' && content) meta[field] ??= content;
      } else if (name === 'link' && attributes['rel']?.toLowerCase() === 'canonical') {
        canonical ??= webAddress(attributes['href'] ?? '', options.base);
      }
      breakAt(name);
    },
    ontext(text) {
      if (hidden > 0) return;
      if (inTitle) title += text;
      else {
        if (inHeading) heading += text;
        write(text);
      }
    },
    onclosetag(name) {
      depth--;
      if (hidden > 0) {
        hidden--;
        return;
      }
      if (name === 'title') inTitle = false;
      else if (name === 'h1') inHeading = false;
      else if (name === 'pre') pre = Math.max(0, pre - 1);
      breakAt(name);
    },
  });
  try {
    parser.end(html);
  } catch (cause) {
    if (cause !== TOO_DEEP) throw cause;
  }

  const text = tidy(out.join('').replaceAll('\u00A0', ' '));
  const name = cleanLine(title) || cleanLine(heading);
  return {
    ...(name === '' ? {} : { title: name }),
    text,
    links: [...new Set([...webAddresses(hrefs, options.base), ...addressesIn(text)])],
    authors: [...new Set(authors.filter((author) => author !== ''))],
    ...(canonical === undefined ? {} : { canonical }),
    keywords: (meta.keywords ?? '')
      .split(',')
      .map(cleanLine)
      .filter((word) => word !== ''),
    ...(meta.created === undefined ? {} : { created: meta.created }),
    ...(meta.updated === undefined ? {} : { updated: meta.updated }),
  };
}

/** Text with its character references (`&amp;`, `&#8211;`) decoded; tags in it stay as they are. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  let out = '';
  new Parser({ ontext: (part) => void (out += part) }).end(text.replaceAll('<', '&lt;'));
  return out;
}

function isQuote(name: string, attributes: Record<string, string>): boolean {
  return name === 'blockquote' || /\b(?:gmail_quote|yahoo_quoted|moz-cite-prefix)\b/.test(attributes['class'] ?? '');
}
