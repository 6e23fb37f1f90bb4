import type { Found } from './searcher.ts';

/** How many of the best items vote for people. */
const VOTING_ITEMS = 200;

/** How fast votes fall with the score: an item with nine tenths of the best score has a vote of 1/e. */
const STEEPNESS = 10;

/**
 * The votes of what was found: per item, in the order of the hits. The best item's vote is the quality of the search,
 * so that an area that knows little of the question has little to say; the others' fall steeply with their scores,
 * relative to the best, so that a long question is treated as a short one.
 */
export function votesOf({ hits, quality }: Found): ReadonlyMap<number, number> {
  const best = hits[0]?.score ?? 1;
  return new Map(
    hits.slice(0, VOTING_ITEMS).map(({ item, score }) => [item, quality * Math.exp(STEEPNESS * (score / best - 1))]),
  );
}
