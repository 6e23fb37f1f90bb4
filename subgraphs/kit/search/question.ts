import { analyze, fold } from './analyze.ts';
import { stem } from './stem.ts';

/** What to look for: terms with weights, and pairs of terms that should stand side by side. */
export interface Question {
  readonly terms: ReadonlyMap<string, number>;
  readonly pairs: readonly { readonly first: string; readonly second: string; readonly weight: number }[];
}

/** More words than this are not looked at: a page pasted into the search box would else be a heavy query. */
const MAX_TERMS = 32;

/** A synonym counts less than the words that were said. */
const SYNONYM_WEIGHT = 0.5;

/** Words that say nothing on a topic. Looked for only when there is nothing else: "The Who". */
const STOP_WORDS = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being but by can could did do ' +
    'does doing during each either for from get got had has have having he her here hers him his how i if in into is ' +
    'it its just let like may me might more most must my need no nor not of off on once one only or other our out over ' +
    'own please same shall she should so some such than that the their them then there these they this those through ' +
    'to too under until up us use very was we were what when where which while who whom why will with would you your'
  )
    .split(' ')
    .map((word) => stem(fold(word))),
);

/** A question out of what somebody typed, and other names of the same topic. Any input is a question, if an empty one. */
export function toQuestion(text: string, synonyms: readonly string[] = []): Question {
  const terms = new Map<string, number>();
  const pairs: { first: string; second: string; weight: number }[] = [];
  add(text, 1);
  for (const synonym of synonyms) add(synonym, SYNONYM_WEIGHT);
  return { terms, pairs };

  function add(words: string, weight: number): void {
    const all = analyze(words.slice(0, 4_000)).slice(0, 200);
    const telling = all.filter((token) => !STOP_WORDS.has(token.term));
    const tokens = telling.length > 0 ? telling : all;
    for (const [index, token] of tokens.entries()) {
      if (terms.size >= MAX_TERMS && !terms.has(token.term)) return;
      terms.set(token.term, Math.max(terms.get(token.term) ?? 0, weight));
      const next = tokens[index + 1];
      if (next && next.position === token.position + 1 && terms.size < MAX_TERMS) {
        pairs.push({ first: token.term, second: next.term, weight });
      }
    }
  }
}

/** What somebody typed, fit to be stored and shown: well-formed Unicode, no control characters, blanks folded. */
export function tidyQuery(text: string): string {
  return (
    text
      .slice(0, 20_000)
      .toWellFormed()
      .normalize('NFC')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 500)
      .toWellFormed()
  );
}
