const VOWEL = /[aeiouy]/;

/**
 * The stem of an English word, lightly: plurals, -ed, -ing, -ly, -er, -ment, -ation and their like are taken off, so
 * that `rotating`, `rotation` and `rotates` meet. Lighter than Porter (1980): what it leaves is never shorter than
 * three letters and no two words of different meaning should meet in it.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  return finish(derivation(inflection(word)));
}

/** Plural and verb endings. */
function inflection(word: string): string {
  if (word.endsWith('sses') || word.endsWith('xes') || word.endsWith('ches') || word.endsWith('shes')) {
    return word.slice(0, -2);
  }
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (word.endsWith('s') && !/(ss|us|is|as)$/.test(word)) return inflection(word.slice(0, -1));
  if (word.endsWith('ing')) return stripped(word, 3);
  if (word.endsWith('ied')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (word.endsWith('ed')) return word.endsWith('eed') ? word : stripped(word, 2);
  return word;
}

/** Takes an ending off if a syllable stays, and undoubles: `running` → `run`. */
function stripped(word: string, length: number): string {
  const base = word.slice(0, -length);
  if (base.length < 3 || !VOWEL.test(base)) return word;
  return /([bdfgmnprt])\1$/.test(base) ? base.slice(0, -1) : base;
}

const DERIVATIONS: readonly (readonly [ending: string, replacement: string])[] = [
  ['ization', 'iz'],
  ['isation', 'iz'],
  ['ations', 'at'],
  ['ation', 'at'],
  ['ator', 'at'],
  ['ment', ''],
  ['ness', ''],
  ['able', ''],
  ['ible', ''],
  ['ally', 'al'],
  ['ly', ''],
  ['ions', ''],
  ['ion', ''],
  ['er', ''],
  ['or', ''],
];

/** Endings that make one kind of word out of another. */
function derivation(word: string): string {
  for (const [ending, replacement] of DERIVATIONS) {
    if (!word.endsWith(ending)) continue;
    const base = word.slice(0, -ending.length) + replacement;
    return base.length >= 4 && VOWEL.test(base) ? base : word;
  }
  return word;
}

/** Spellings that mean the same: a final e goes, a final y becomes i, ise becomes iz. */
function finish(word: string): string {
  if (word.length > 4 && word.endsWith('ise')) return `${word.slice(0, -3)}iz`;
  if (word.length > 3 && word.endsWith('e')) return word.slice(0, -1);
  if (word.length > 3 && word.endsWith('y')) return `${word.slice(0, -1)}i`;
  return word;
}
