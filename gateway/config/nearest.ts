/** The known word that a wrong one was probably meant to be; undefined when none is near. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  const word = wrong.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length * 0.4)) + 1;
  for (const candidate of known) {
    const other = candidate.toLowerCase();
    // Half a word is as good as a typing error: `thes` for `thesaurus`, `warning` for `warn`.
    const [short, long] = word.length < other.length ? [word, other] : [other, word];
    const isBeginning = short.length >= 3 && long.startsWith(short) && short !== long;
    const distance = isBeginning ? 1 : editDistance(word, other);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(wrong: string, known: Iterable<string>): string {
  const found = nearest(wrong, known);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}

/** Letters to insert, remove, replace or swap with their neighbour to make one word the other. */
function editDistance(a: string, b: string): number {
  // Nobody means a word of 64 letters; keeps the table small whatever is given.
  if (a.length > 64 || b.length > 64) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (beforeLast[j - 2] ?? Infinity) + 1);
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
