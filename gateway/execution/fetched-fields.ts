import type { FetchNode } from '@apollo/query-planner';
import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  visit,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { responseName } from './planned-names.ts';

/** A field of a type that is required with several sets of arguments at one place: an alias for each of these. */
export interface Conflict {
  readonly path: readonly string[];
  readonly type: string;
  readonly field: string;
  readonly aliases: ReadonlyMap<string, { readonly alias: string; readonly node: FieldNode }>;
}

/** Thrown where a conflict cannot be told apart; the plan is left as it is, to be refused. */
export const TANGLED = new Error('The fields cannot be told apart.');

/** Asks for the field with each set of arguments, wherever a selection asks for it with one. */
export function withAliases(
  { selections, ...set }: SelectionSetNode,
  type: GraphQLNamedType | undefined,
  [step, ...steps]: readonly string[],
  conflict: Conflict,
  schema: GraphQLSchema,
): SelectionSetNode {
  const inner = (below: SelectionSetNode, of: GraphQLNamedType | undefined, rest: readonly string[]) =>
    withAliases(below, of, rest, conflict, schema);
  return {
    ...set,
    selections: selections.flatMap((each): SelectionNode[] => {
      if (each.kind === Kind.INLINE_FRAGMENT) {
        const of = each.typeCondition ? schema.getType(each.typeCondition.name.value) : type;
        const rest = step === undefined ? [] : [step, ...steps];
        return [{ ...each, selectionSet: inner(each.selectionSet, of, rest) }];
      }
      if (each.kind !== Kind.FIELD) return [each];
      const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[each.name.value] : undefined;
      if (step !== undefined) {
        if (responseName(each) !== step || !each.selectionSet) return [each];
        return [
          { ...each, selectionSet: inner(each.selectionSet, definition && getNamedType(definition.type), steps) },
        ];
      }
      if (responseName(each) !== conflict.field) return [each];
      // Of an interface's field it is not known of which type it will be.
      if (!isObjectType(type)) throw TANGLED;
      if (type.name !== conflict.type) return [each];
      const { directives = [] } = each;
      return [...conflict.aliases.values()].map(({ alias, node }) => ({
        ...node,
        alias: { kind: Kind.NAME as const, value: alias },
        directives,
      }));
    }),
  };
}

/** A fetch's selection with some of the fields of its entities, each given as `Type.field`. */
export function onlyFields(
  { selections, ...set }: SelectionSetNode,
  fields: ReadonlySet<string>,
  type?: string,
  isEntity = false,
): SelectionSetNode {
  return {
    ...set,
    selections: selections.flatMap((each): SelectionNode[] => {
      if (each.kind === Kind.FIELD && !isEntity) {
        return each.selectionSet
          ? [{ ...each, selectionSet: onlyFields(each.selectionSet, fields, undefined, true) }]
          : [each];
      }
      if (each.kind === Kind.FIELD) return fields.has(`${type}.${each.name.value}`) ? [each] : [];
      if (each.kind !== Kind.INLINE_FRAGMENT) return [each];
      const selectionSet = onlyFields(each.selectionSet, fields, each.typeCondition?.name.value ?? type, isEntity);
      return selectionSet.selections.length > 0 ? [{ ...each, selectionSet }] : [];
    }),
  };
}

/** The fetch of another selection, with the variables that this uses. */
export function withSelection(node: FetchNode, selectionSet: SelectionSetNode): FetchNode {
  const used = new Set<string>();
  visit(selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  const operation = parse(node.operation, { noLocation: true }).definitions.find(
    (each) => each.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw TANGLED;
  const variableDefinitions = (operation.variableDefinitions ?? []).filter(({ variable }) =>
    used.has(variable.name.value),
  );
  return {
    ...node,
    operation: print({ ...operation, variableDefinitions, selectionSet }),
    variableUsages: (node.variableUsages ?? []).filter((name) => used.has(name)),
  };
}
