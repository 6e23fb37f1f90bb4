/** How well a ranking does against what is known to be relevant (Manning et al., Introduction to IR, ch. 8). */
export interface Measures {
  readonly averagePrecision: number;
  readonly reciprocalRank: number;
  readonly precisionAt5: number;
  readonly precisionAt10: number;
  readonly successAt10: number;
}

/** Measures one ranking. `relevant` must not be empty. */
export function measure(ranking: readonly string[], relevant: ReadonlySet<string>): Measures {
  let found = 0;
  let precisions = 0;
  let first = 0;
  for (const [index, id] of ranking.entries()) {
    if (!relevant.has(id)) continue;
    found++;
    precisions += found / (index + 1);
    if (first === 0) first = index + 1;
  }
  const at = (depth: number) => ranking.slice(0, depth).filter((id) => relevant.has(id)).length;
  return {
    averagePrecision: precisions / relevant.size,
    reciprocalRank: first === 0 ? 0 : 1 / first,
    precisionAt5: at(5) / 5,
    precisionAt10: at(10) / 10,
    successAt10: at(10) > 0 ? 1 : 0,
  };
}

/** The mean of each measure. */
export function meanOf(all: readonly Measures[]): Measures {
  const mean = (pick: (measures: Measures) => number) => all.reduce((sum, each) => sum + pick(each), 0) / all.length;
  return {
    averagePrecision: mean((each) => each.averagePrecision),
    reciprocalRank: mean((each) => each.reciprocalRank),
    precisionAt5: mean((each) => each.precisionAt5),
    precisionAt10: mean((each) => each.precisionAt10),
    successAt10: mean((each) => each.successAt10),
  };
}
