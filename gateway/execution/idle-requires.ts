import type { FetchNode } from '@apollo/query-planner';
import { isInterfaceType, isObjectType, Kind, visit, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import { collectFields, switchNames, type Switches } from './fields.ts';
import type { Joins } from './joins.ts';
import { compileRepresenter, type Representer } from './representations.ts';
import { forSwitches } from './switches.ts';

/**
 * Compiles what a fetch requires, for each combination of its `@skip`s and `@include`s.
 *
 * One fetch asks for fields under different conditions. What only fields require that are left out this time was not
 * asked for either: that it is missing is no reason to call it null.
 */
export function compileRepresenters(
  node: FetchNode,
  selection: SelectionSetNode,
  schema: GraphQLSchema,
  joins: Joins,
): (coerced: Readonly<Record<string, unknown>>) => Representer {
  const subgraph = node.serviceName;
  const selectionSet = entitySelection(selection);
  const always = visit(selectionSet, { Directive: () => null });
  return forSwitches(switchNames({ selectionSet }, {}), (switches) => {
    const isIdle = (typename: string, path: string): boolean =>
      pathsFor(always, typename, switches).has(path) && !pathsFor(selectionSet, typename, switches).has(path);
    return compileRepresenter(node.requires ?? [], subgraph, schema, joins, switches.size === 0 ? undefined : isIdle);
  });

  /** What the fields asked of entities of a type require: paths of field names. */
  function pathsFor(selection: SelectionSetNode, typename: string, switches: Switches): Set<string> {
    const type = schema.getType(typename);
    const faces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().map(({ name }) => name) : [];
    const paths = new Set<string>();
    for (const [field] of collectFields([selection], typename, schema, {}, switches).values()) {
      for (const owner of field ? [typename, ...faces] : []) {
        const required = joins.requires(subgraph, owner, field?.name.value ?? '');
        if (required) addPaths(required, '', paths);
      }
    }
    return paths;
  }
}

/** What is asked of the entities: all there is in an operation that fetches them. */
function entitySelection({ selections }: SelectionSetNode): SelectionSetNode {
  const [entities] = selections;
  const isField = entities?.kind === Kind.FIELD && entities.selectionSet;
  return isField ? entities.selectionSet : { kind: Kind.SELECTION_SET, selections: [] };
}

function addPaths({ selections }: SelectionSetNode, above: string, to: Set<string>): void {
  for (const selection of selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) addPaths(selection.selectionSet, above, to);
    if (selection.kind !== Kind.FIELD) continue;
    const path = `${above}${selection.name.value}`;
    to.add(path);
    if (selection.selectionSet) addPaths(selection.selectionSet, `${path}.`, to);
  }
}
