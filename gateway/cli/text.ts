/** Widest lines printed; a narrower terminal gets narrower ones. */
const MAX_WIDTH = 100;

/** The width to print for. */
export function printWidth(): number {
  // Undefined without a terminal, 0 on one that does not know.
  return Math.max(40, Math.min(MAX_WIDTH, process.stdout.columns || MAX_WIDTH));
}

/**
 * A text from a tool, safe to print: whoever wrote it must not command the reader's terminal, nor turn its direction.
 * As long as before, so that marks still fit.
 */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '\u200b');
}

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /^(\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6])/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += ZERO.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  return width;
}

/** A text in lines of at most `width` columns, broken between words. */
export function wrap(text: string, width: number): string[] {
  return wrapRuns([{ text }], width).map((line) => line.map((run) => run.text).join(''));
}

/** A stretch of text of one look. */
export interface Run {
  readonly text: string;
  readonly isMarked?: boolean;
}

/** As `wrap`, for text that has marks in it. */
export function wrapRuns(runs: readonly Run[], width: number): Run[][] {
  const lines: Run[][] = [[]];
  let used = 0;
  for (const word of wordsOf(runs)) {
    const size = word.reduce((sum, { text }) => sum + displayWidth(text), 0);
    if (used > 0 && used + 1 + size > width) {
      lines.push([]);
      used = 0;
    }
    if (used > 0) lines.at(-1)!.push({ text: ' ' });
    used += (used > 0 ? 1 : 0) + size;
    lines.at(-1)!.push(...word);
  }
  return lines;
}

/** The words of a text; a mark may cover part of one only. */
function wordsOf(runs: readonly Run[]): Run[][] {
  const words: Run[][] = [[]];
  for (const { text, ...look } of runs) {
    for (const [index, part] of text.split(/\s+/).entries()) {
      if (index > 0) words.push([]);
      if (part !== '') words.at(-1)!.push({ text: part, ...look });
    }
  }
  return words.filter((word) => word.length > 0);
}

/** `1,234` */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** `1 item`, `2 items` */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
