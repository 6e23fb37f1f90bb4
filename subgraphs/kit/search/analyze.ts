import { stem } from './stem.ts';

/** A word of a text: its index term, and where it stands. */
export interface Token {
  readonly term: string;
  /** Place in the original text, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Counts words; parts of one compound (`node.js`) follow each other, the compound itself shares its last part's place. */
  readonly position: number;
}

/** Longest term kept; longer ones are hashes and encoded data nobody searches for. */
const MAX_TERM = 40;

/**
 * Words. In this order: names that live from their signs (C++, C#, .NET); words with inner points, hyphens,
 * underscores or apostrophes (node.js, on-call, user's); plain words.
 */
const WORDS =
  /(?<![\p{L}\p{N}])(?:[a-z]\+\+|[a-z]#|\.net)(?![\p{L}\p{N}])|[\p{L}\p{N}\p{M}]+(?:[.'’_\-/+][\p{L}\p{N}\p{M}]+)*/giu;

const SIGNS: Readonly<Record<string, string>> = { '+': 'plus', '#': 'sharp', '.': 'dot' };

/** Scripts that put no blanks between words: pairs of characters stand for words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const FOLDED: Readonly<Record<string, string>> = { ß: 'ss', ł: 'l', ø: 'o', đ: 'd', æ: 'ae', œ: 'oe', ı: 'i', þ: 'th' };

/** The words of a text as index terms: folded (case, accents), stemmed, compounds both whole and in parts. */
export function analyze(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (const match of text.matchAll(WORDS)) {
    const word = match[0];
    const start = match.index;
    if (/^(?:[a-z]\+\+|[a-z]#|\.net)$/i.test(word)) {
      const term = word.toLowerCase().replaceAll(/[+#.]/g, (sign) => SIGNS[sign] ?? '');
      tokens.push({ term, start, end: start + word.length, position: position++ });
      continue;
    }
    position = addWord(tokens, word, start, position);
  }
  return tokens;
}

/** The terms of a text in order, without places; for queries and tests. */
export function termsOf(text: string): string[] {
  return analyze(text).map((token) => token.term);
}

/** A word without case, accents and ligatures. */
export function fold(word: string): string {
  // Plain ASCII is nearly all there is, and needs none of the work below.
  // oxlint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(word)) return word.toLowerCase();
  return word
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[ßłøđæœıþ]/g, (letter) => FOLDED[letter] ?? letter);
}

function addWord(tokens: Token[], word: string, start: number, position: number): number {
  if (!/[.'’_\-/+]/.test(word)) return addPart(tokens, word, start, position);
  const parts = [...word.matchAll(/[^.'’_\-/+]+/g)];
  const possessive = /['’]/.test(word);
  let next = position;
  for (const part of parts) {
    // user's, don't: what follows the apostrophe is no word of its own.
    if (possessive && part.index > 0 && part[0].length <= 2) continue;
    next = addPart(tokens, part[0], start + part.index, next);
  }
  if (!possessive && parts.length <= 3) {
    const term = fold(parts.map((part) => part[0]).join(''));
    if (term !== '' && term.length <= MAX_TERM) {
      tokens.push({ term, start, end: start + word.length, position: next - 1 });
    }
  }
  return next;
}

/** Terms by word as written. Few words make up most of any text. */
const TERMS = new Map<string, string>();
const MAX_REMEMBERED = 50_000;

function termOf(part: string): string {
  let term = TERMS.get(part);
  if (term === undefined) {
    term = stem(fold(part));
    if (TERMS.size >= MAX_REMEMBERED) TERMS.clear();
    if (part.length <= MAX_TERM) TERMS.set(part, term);
  }
  return term;
}

function addPart(tokens: Token[], part: string, start: number, position: number): number {
  if (UNSPACED.test(part)) {
    const characters = Array.from(part);
    let at = start;
    for (let i = 0; i < characters.length; i++) {
      const pair = characters.slice(i, i + 2).join('');
      if (i === 0 || i < characters.length - 1) {
        tokens.push({ term: fold(pair), start: at, end: at + pair.length, position: position + i });
      }
      at += characters[i]?.length ?? 1;
    }
    return position + characters.length;
  }
  const term = termOf(part);
  // A word of nothing but accents folds to nothing.
  if (term !== '' && term.length <= MAX_TERM) tokens.push({ term, start, end: start + part.length, position });
  return position + 1;
}
