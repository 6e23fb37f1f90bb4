import type { Random } from './random.ts';

/** One hour and one day in milliseconds. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** "Today" of the sample; nothing is younger. */
export const TODAY = Date.UTC(2026, 10, 20);
const LAST = TODAY - 6 * HOUR;

/** First day of the sample and the day the former colleagues had left by. */
export const START = Date.UTC(2023, 0, 9);
export const LEFT = Date.UTC(2025, 4, 30);

/** Moves a moment into office hours of a working day and before "today". */
export function office(at: number, random: Random): number {
  let day = Math.floor(Math.min(at, LAST) / DAY) * DAY;
  while ([0, 6].includes(new Date(day).getUTCDay())) day -= DAY;
  return Math.min(day + (7 * 60 + random.int(0, 10 * 60)) * 60_000 + random.int(0, 59) * 1000, LAST);
}

/** A moment between two others, the later ones likelier. */
export function between(low: number, high: number, random: Random): number {
  return office(low + (high - low) * Math.pow(random.next(), 0.75), random);
}

/** A moment a little after another, never past "today". */
export function after(at: number, random: Random, maxHours = 30): number {
  const then = at + random.int(8, maxHours * 60) * 60_000;
  // Few people write at night.
  const awake = new Date(then).getUTCHours() < 6 ? then + 7 * HOUR : then;
  return Math.min(awake, LAST + random.int(0, 3600) * 1000);
}

/** ISO 8601 without milliseconds. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** ISO 8601 date. */
export function isoDay(at: number): string {
  return iso(at).slice(0, 10);
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The earliest moment at which a text that names years can have been written, between two bounds. */
export function since(text: string, low: number, high: number): number {
  let bound = low;
  for (const [, month, digits] of text.matchAll(/(?:\b([A-Z][a-z]+) )?\b(20[12]\d)\b/g)) {
    const year = Number(digits);
    if (year > 2027) continue;
    const named = MONTHS.indexOf(month ?? '');
    // A year without a month: most were written in its second half.
    // Plans for next year are made in this one.
    const at = year === 2027 ? Date.UTC(2026, 3, 1) : named >= 0 ? Date.UTC(year, named + 1, 5) : Date.UTC(year, year === 2026 ? 2 : 6, 1);
    bound = Math.max(bound, at);
  }
  return Math.max(low, Math.min(bound, high - 8 * DAY));
}
