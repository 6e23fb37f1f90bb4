import { Kind, parse, visit, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** What an operation of a plan selects. Plans name what is long or recurs as fragments: these are written out. */
export function selectionOf(query: string): SelectionSetNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let selection: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };
  for (const definition of parse(query, { noLocation: true }).definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) selection = definition.selectionSet;
  }
  return visit(selection, {
    // What is put in the place of a spread is looked through as well.
    FragmentSpread: ({ name, directives = [] }) => {
      const fragment = fragments.get(name.value);
      return fragment && { ...fragment, kind: Kind.INLINE_FRAGMENT, directives };
    },
  });
}
