import { Lexer, type Token } from 'marked';
import { parse as parseYaml } from 'yaml';
import { decodeEntities, readHtml } from './html.ts';
import { addressesIn, clean, cleanLine, MAX_TEXT, tidy, webAddresses } from './plain.ts';
import { TookTooLong, withinTime } from './within-time.ts';

/** What is worth keeping of a Markdown text. */
export interface MarkdownText {
  /** The first level-one heading. It is part of `text` as well. */
  readonly title?: string;
  readonly text: string;
  readonly links: readonly string[];
}

/** A text in two parts, see `splitFrontMatter`. */
export interface FrontMatter {
  /** A Map, so that a key named `__proto__` is only a key. Empty without front matter. */
  readonly fields: ReadonlyMap<string, unknown>;
  readonly body: string;
}

/** Front matter that is not usable, and the line of the file where. */
export class FrontMatterError extends Error {
  override readonly name = 'FrontMatterError';
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const MAX_FRONT_MATTER = 64 * 1024;

/** What is not longer cannot take long, whatever it holds. */
const QUICK = 2_000;
/** A megabyte of links takes two seconds; as much of `_a_` would take hours. */
const PARSE_MS = 10_000;

/**
 * Takes YAML 1.2 front matter (a first line `---` up to the next `---` or `...`) off a text.
 * @throws FrontMatterError when there is some and it is not a YAML mapping: who may read the page might stand in it.
 */
export function splitFrontMatter(source: string): FrontMatter {
  const text = source.replace(/^\uFEFF/, '');
  if (!/^---[ \t]*\r?\n/.test(text)) return { fields: new Map(), body: text };
  const end = /\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text.slice(3));
  // A lone `---` on top is a thematic break (CommonMark 4.1), but one followed by `readers:` is a forgotten end.
  if (end === null) {
    if (/^---[ \t]*\r?\n\s*[\w-]+[ \t]*:/.test(text))
      throw new FrontMatterError('the front matter has no closing ---', 1);
    return { fields: new Map(), body: text };
  }
  const yaml = text.slice(3, 3 + end.index);
  const body = text.slice(3 + end.index + end[0].length);
  if (yaml.length > MAX_FRONT_MATTER) throw new FrontMatterError('the front matter is larger than 64 KiB', 1);
  let value: unknown;
  try {
    value = parseYaml(yaml, { mapAsMap: true, maxAliasCount: 20, logLevel: 'error' });
  } catch (cause) {
    const at = (cause as { linePos?: [{ line: number }] }).linePos?.[0].line ?? 1;
    const reason =
      cause instanceof Error
        ? (cause.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
        : 'unreadable';
    throw new FrontMatterError(`the front matter is not YAML: ${reason}`, at);
  }
  if (value === null || value === undefined) return { fields: new Map(), body };
  if (!(value instanceof Map)) throw new FrontMatterError('the front matter is not a list of `key: value` lines', 1);
  return { fields: new Map([...value].filter(([key]) => typeof key === 'string')), body };
}

/**
 * Markdown (CommonMark with GitHub's extensions, tokenised by marked) as text: markup dropped, blocks kept apart,
 * embedded HTML read as HTML. Relative links count where `base` makes them absolute.
 */
export function readMarkdown(source: string, base?: string): MarkdownText {
  const markdown = clean(source.length > MAX_TEXT ? source.slice(0, MAX_TEXT) : source)
    // Thousands of nested quotes are only ever an attack on the parser's stack.
    .replace(/^(?:[ \t]*>){32,}/gm, '> ');
  const state: State = { out: [], hrefs: [] };
  const parse = () => block(new Lexer({ gfm: true }).lex(markdown), state);
  try {
    if (markdown.length <= QUICK) parse();
    else withinTime(parse, PARSE_MS);
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof TookTooLong)) throw cause;
    // Nested too deeply to parse, or nothing but the beginnings of markup: its words are still worth finding.
    return { text: tidy(markdown), links: addressesIn(markdown) };
  }
  const text = tidy(state.out.join(''));
  return {
    ...(state.title ? { title: state.title } : {}),
    text,
    links: webAddresses(state.hrefs, base),
  };
}

interface State {
  readonly out: string[];
  readonly hrefs: string[];
  title?: string;
}

function block(tokens: readonly Token[], state: State): void {
  for (const token of tokens) {
    switch (token.type) {
      case 'heading': {
        const text = inline(token.tokens ?? [], state);
        if (token['depth'] === 1) state.title ??= cleanLine(text);
        state.out.push(text, '\n\n');
        break;
      }
      case 'paragraph':
        state.out.push(inline(token.tokens ?? [], state), '\n\n');
        break;
      case 'code':
        state.out.push(String(token['text']), '\n\n');
        break;
      case 'list':
        for (const item of token['items'] as { tokens: Token[] }[]) block(item.tokens, state);
        state.out.push('\n');
        break;
      case 'text':
        state.out.push(
          token.tokens === undefined ? decodeEntities(String(token['text'])) : inline(token.tokens, state),
          '\n',
        );
        break;
      case 'table':
        for (const row of [token['header'], ...token['rows']] as { tokens: Token[] }[][]) {
          state.out.push(row.map((cell) => inline(cell.tokens, state)).join(' '), '\n');
        }
        state.out.push('\n');
        break;
      case 'html': {
        const html = readHtml(String(token['text']));
        state.hrefs.push(...html.links);
        if (html.text !== '') state.out.push(html.text, '\n\n');
        break;
      }
      case 'blockquote':
        block(token.tokens ?? [], state);
        break;
      default: // space, hr, def, checkbox: nothing to read
    }
  }
}

function inline(tokens: readonly Token[], state: State): string {
  let text = '';
  for (const token of tokens) {
    switch (token.type) {
      case 'link':
        state.hrefs.push(decodeEntities(String(token['href'])));
        text += inline(token.tokens ?? [], state);
        break;
      case 'image':
        text += decodeEntities(String(token['text']));
        break;
      case 'br':
        text += '\n';
        break;
      case 'codespan':
      case 'escape':
        text += String(token['text']);
        break;
      case 'html':
        if (/^<br\b/i.test(token.raw)) text += '\n';
        break;
      case 'checkbox':
        break;
      default:
        text +=
          'tokens' in token && token.tokens !== undefined
            ? inline(token.tokens, state)
            : decodeEntities('text' in token ? String(token.text) : '');
    }
  }
  return text;
}
