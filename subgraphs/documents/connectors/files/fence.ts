import type { Reader } from '../../../kit/content/item.ts';
import type { Problem } from '../../../kit/connector.ts';

/** Who may read what lies in a folder; undefined when the folder is closed because that could not be told. */
export type Fence = readonly Reader[] | undefined;

/**
 * Readers that both lists allow. A list cannot say "in this group and in that one", so what only one of them names is
 * left out: fewer may then read than might, never more.
 */
export function within(outer: readonly Reader[], inner: readonly Reader[], place: string, problems: Problem[]): Fence {
  if (outer.includes('everyone')) return inner;
  const both = inner.includes('everyone') ? outer : inner.filter((reader) => outer.includes(reader));
  if (inner.some((reader) => !outer.includes(reader))) {
    const consequence = both.length === 0 ? 'nobody can be let in' : `only ${both.join(', ')} can be let in`;
    problems.push({
      place,
      reason: `asks for ${inner.join(', ')} where a folder above allows only ${outer.join(', ')}: ${consequence}; name readers that both have`,
    });
  }
  return both.length === 0 ? undefined : both;
}
