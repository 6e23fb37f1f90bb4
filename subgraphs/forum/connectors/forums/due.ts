/** Listing everything may take this part of the budget. */
const PART = 1 / 10;

/**
 * Whether listing everything again keeps within its part of the budget.
 * @param fewPages so many pages are listed with every run
 */
export function isDue(
  { listedAt, pages }: { readonly listedAt: number; readonly pages: number },
  perMinute: number,
  fewPages: number,
): boolean {
  return pages <= fewPages || Date.now() - listedAt >= (pages / perMinute / PART) * 60_000;
}
