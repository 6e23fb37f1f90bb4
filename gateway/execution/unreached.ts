import {
  getNamedType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { PlannedFetch } from './check-plan.ts';
import { responseName, type PlannedNames } from './planned-names.ts';
import { isOfType } from './rewrites.ts';

/** The names that fetches bring, each with those below it. */
type Reached = Map<string, Reached>;

/**
 * The first field asked for that no fetch brings, as a path. Only fields that certainly apply are looked for: below
 * interfaces and unions, and behind `@skip` and `@include`, plans rightly leave out what cannot be.
 */
export function firstUnreached(
  fetches: readonly PlannedFetch[],
  { document, operation }: PlannedNames,
  schema: GraphQLSchema,
): string[] | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  }
  const root = schema.getRootType(operation.operation);
  return root ? search(operation.selectionSet, root, reachedBy(fetches), []) : undefined;

  function search(
    { selections }: SelectionSetNode,
    type: GraphQLObjectType,
    reached: Reached,
    path: readonly string[],
  ): string[] | undefined {
    for (const selection of selections) {
      if ((selection.directives ?? []).length > 0) continue;
      const found = selection.kind === Kind.FIELD ? searchField(selection, type, reached, path) : undefined;
      if (found) return found;
      if (selection.kind === Kind.FIELD) continue;
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition?.name.value ?? type.name;
      const below = fragment && isOfType(schema, type.name, condition);
      const inner = below ? search(fragment.selectionSet, type, reached, path) : undefined;
      if (inner) return inner;
    }
    return undefined;
  }

  function searchField(
    node: FieldNode,
    type: GraphQLObjectType,
    reached: Reached,
    path: readonly string[],
  ): string[] | undefined {
    const field = type.getFields()[node.name.value];
    // What begins with two underscores is answered without subgraphs.
    if (!field) return undefined;
    const here = [...path, responseName(node)];
    const below = reached.get(responseName(node));
    if (!below) return here;
    const inner = getNamedType(field.type);
    return node.selectionSet && isObjectType(inner) ? search(node.selectionSet, inner, below, here) : undefined;
  }
}

function reachedBy(fetches: readonly PlannedFetch[]): Reached {
  const root: Reached = new Map();
  for (const { node, path, selection } of fetches) {
    let at = root;
    for (const step of path) at = below(at, step);
    if (!node.requires) add(selection, at);
    for (const entities of node.requires ? selection.selections : []) {
      if ('selectionSet' in entities && entities.selectionSet) add(entities.selectionSet, at);
    }
  }
  return root;
}

function add({ selections }: SelectionSetNode, to: Reached): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const at = below(to, responseName(selection));
      if (selection.selectionSet) add(selection.selectionSet, at);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) add(selection.selectionSet, to);
  }
}

function below(reached: Reached, name: string): Reached {
  let at = reached.get(name);
  if (!at) {
    at = new Map();
    reached.set(name, at);
  }
  return at;
}
