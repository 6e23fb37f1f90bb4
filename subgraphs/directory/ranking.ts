/** What one area says for one person: the additive numbers of the ranking. */
export interface AreaContribution {
  readonly person: string;
  /** Σ vote × weight of the person's role. */
  readonly mass: number;
  /** Items found in which the person has a role. */
  readonly hits: number;
  /** All items of the area in which the person has a role. */
  readonly total: number;
  readonly lastAt: string | null;
  /** Ids of the items with most weight. */
  readonly evidence: readonly string[];
}

/** What one area says; null when it did not answer. */
export interface AreaPart {
  readonly area: 'DIRECTORY' | 'DOCUMENTS' | 'FORUM';
  readonly contributions: readonly AreaContribution[] | null;
}

/** Why somebody is recommended. */
export interface Reason {
  readonly area: AreaPart['area'];
  readonly share: number;
  readonly hits: number;
  readonly lastAt: string | null;
  readonly evidence: readonly string[];
}

/** Somebody who can help, and why. */
export interface Expert {
  readonly person: string;
  readonly score: number;
  readonly confidence: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly reasons: readonly Reason[];
}

/** λ: how much an area's votes count. What people say of themselves is a claim, what they wrote and answered is proof. */
const AREA_WEIGHTS: Readonly<Record<AreaPart['area'], number>> = { DIRECTORY: 0.5, DOCUMENTS: 1, FORUM: 1 };

/** Many items say more than one, but not as many times more. */
const HITS_EXPONENT = 0.7;

/**
 * Many items that match in one of many words are not much: the author of one item that answers the whole question has a
 * mass of 1.
 */
const MUCH_MASS = 0.4;
const SOME_MASS = 0.1;

/** An area with less than this share of the score says nothing of its own. */
const REAL_SHARE = 0.05;

/**
 * Ranks people by what the areas say for them: expCombMNZ with candidate length normalisation (Macdonald & Ounis
 * 2006, 2008), the votes summed within each area beforehand.
 *
 *     score(p) = Σ λ·mass · (Σ hits)^0.7 · log2(1 + N̄ / Σ total)
 *
 * N̄ is the mean of Σ total over the candidates: who writes everywhere needs more votes for the same score. Ties by
 * person, so that pages are stable.
 */
export function rankPeople(parts: readonly AreaPart[], mayRecommend: (person: string) => boolean): Expert[] {
  const people = new Map<string, { area: AreaPart['area']; contribution: AreaContribution }[]>();
  for (const { area, contributions } of parts) {
    for (const contribution of contributions ?? []) {
      const entries = people.get(contribution.person);
      if (entries) entries.push({ area, contribution });
      else people.set(contribution.person, [{ area, contribution }]);
    }
  }
  const candidates = [...people].filter(([person]) => mayRecommend(person));
  const totals = candidates.map(([, entries]) => sum(entries, ({ contribution }) => contribution.total));
  const meanTotal = totals.reduce((a, b) => a + b, 0) / Math.max(totals.length, 1);
  const isMissing = parts.some(({ contributions }) => contributions === null);

  const experts = candidates.map(([person, entries], index): Expert => {
    const mass = sum(entries, ({ area, contribution }) => AREA_WEIGHTS[area] * contribution.mass);
    const hits = sum(entries, ({ contribution }) => contribution.hits);
    const reasons = entries.map(({ area, contribution }): Reason => {
      const { lastAt, evidence } = contribution;
      const share = mass > 0 ? (AREA_WEIGHTS[area] * contribution.mass) / mass : 0;
      return { area, share, hits: contribution.hits, lastAt, evidence };
    });
    return {
      person,
      score: mass * hits ** HITS_EXPONENT * Math.log2(1 + meanTotal / Math.max(totals[index] ?? 1, 1)),
      confidence: confidenceOf({
        areas: reasons.filter(({ share }) => share >= REAL_SHARE).length,
        hits,
        mass,
        isMissing,
      }),
      reasons: reasons.toSorted((a, b) => b.share - a.share),
    };
  });
  return experts.toSorted((a, b) => b.score - a.score || (a.person < b.person ? -1 : 1));
}

function confidenceOf(evidence: {
  readonly areas: number;
  readonly hits: number;
  readonly mass: number;
  readonly isMissing: boolean;
}): Expert['confidence'] {
  const { areas, hits, mass, isMissing } = evidence;
  if (hits <= 1 || mass < SOME_MASS || isMissing) return 'LOW';
  return areas >= 2 && hits >= 3 && mass >= MUCH_MASS ? 'HIGH' : 'MEDIUM';
}

function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
