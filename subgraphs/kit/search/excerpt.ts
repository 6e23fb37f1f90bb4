import { analyze, type Token } from './analyze.ts';
import type { Question } from './question.ts';

/** The words around the best place of a match; `marks` are places in `text`. */
export interface Excerpt {
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

const LENGTH = 280;

/** Texts are looked at up to here: the best place of a book is not worth reading all of it. */
const MAX_TEXT = 60_000;

/** The stretch of the text in which most of the question's terms stand; its beginning if there is none. */
export function excerptOf(text: string, question: Question): Excerpt {
  const body = text.slice(0, MAX_TEXT);
  const matches = analyze(body).filter((token) => question.terms.has(token.term));
  const from = matches.length > 0 ? bestStart(body, matches, question) : 0;
  return cut(body, from, matches);
}

/** The beginning of a text, cut at a word. */
export function summaryOf(text: string): string {
  return cut(text.slice(0, 2_000), 0, []).text;
}

/** Where the window with the highest sum of different terms' weights begins. */
function bestStart(text: string, matches: readonly Token[], question: Question): number {
  let best = { score: -1, start: 0 };
  for (const [index, token] of matches.entries()) {
    const seen = new Map<string, number>();
    for (let i = index; i < matches.length; i++) {
      const next = matches[i];
      if (!next || next.end - token.start > LENGTH - 40) break;
      // A term said again counts a little: two different ones beat it.
      const times = seen.get(next.term) ?? 0;
      seen.set(next.term, times + 1);
    }
    let score = 0;
    for (const [term, times] of seen) score += (question.terms.get(term) ?? 0) * (1 + 0.1 * Math.min(times - 1, 3));
    if (score > best.score) best = { score, start: token.start };
  }
  // A place near the end, a list of links mostly, is shown with what leads to it.
  const start = Math.min(best.start, Math.max(0, text.trimEnd().length - LENGTH));
  return sentenceStart(text, start);
}

/** The beginning of the sentence or line, if it is near; else a few words before. */
function sentenceStart(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - 100), at);
  const edge = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('. ') + 1, before.lastIndexOf('? ') + 1);
  if (edge > 0 || at <= 100) return at - before.length + Math.max(edge, 0);
  const blank = before.indexOf(' ', 50);
  return blank < 0 ? at : at - before.length + blank;
}

function cut(text: string, from: number, matches: readonly Token[]): Excerpt {
  let start = from;
  while (start < text.length && /\s/.test(text[start] ?? '')) start++;
  let end = Math.min(text.length, start + LENGTH);
  if (end < text.length) {
    const blank = text.lastIndexOf(' ', end);
    if (blank > start + LENGTH / 2) end = blank;
  }
  const lead = start > 0 ? '… ' : '';
  const piece = text.slice(start, end).toWellFormed();
  // One blank for one white-space character: places stay what they are.
  const flat = piece.replaceAll(/\s/g, ' ').trimEnd();
  const marks: { start: number; end: number }[] = [];
  for (const token of matches) {
    if (token.start < start || token.end > start + flat.length) continue;
    const mark = { start: token.start - start + lead.length, end: token.end - start + lead.length };
    const last = marks.at(-1);
    if (last && mark.start < last.end) last.end = Math.max(last.end, mark.end);
    else marks.push(mark);
  }
  return { text: `${lead}${flat}${end < text.length ? ' …' : ''}`, marks };
}
