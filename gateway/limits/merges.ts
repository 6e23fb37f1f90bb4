import { Kind, type FieldNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/**
 * How many pairs of fields have the same place in the answer, so that each has to be compared with each other:
 * validation does that, in a time that grows with the square of how often a field is repeated. No fragment may spread
 * itself.
 */
export function countMerges(
  selectionSets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const each of selectionSets) collect(each);
  let merges = 0;
  for (const nodes of fields.values()) {
    merges += (nodes.length * (nodes.length - 1)) / 2;
    const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    if (below.length > 0) merges += countMerges(below, fragments);
  }
  return merges;

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const same = fields.get(key);
        if (same) same.push(selection);
        else fields.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  }
}
