import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Access } from './access-rules.ts';

/** An operation without what somebody may not have. */
export interface Reduced {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The fields that were taken out, and why. */
  readonly refused: ReadonlyMap<FieldNode, string>;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Takes out of an operation what is refused, so that no subgraph is asked for it. */
export function withoutRefused(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  access: Access,
): Reduced {
  const refused = new Map<FieldNode, string>();

  function reduceSet(set: SelectionSetNode, type: GraphQLNamedType | undefined): SelectionSetNode {
    const selections = set.selections.flatMap((selection) => reduce(selection, type));
    // What has nothing left is still asked whether it is there.
    return { ...set, selections: selections.length > 0 ? selections : [TYPENAME] };
  }

  function reduce(selection: SelectionNode, type: GraphQLNamedType | undefined): SelectionNode[] {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type;
      return [{ ...selection, selectionSet: reduceSet(selection.selectionSet, inner) }];
    }
    const name = selection.name.value;
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    if (!type || !definition) return [selection];
    const why = access.refusal(type.name, name);
    if (why !== undefined) {
      refused.set(selection, why);
      return [];
    }
    const { selectionSet } = selection;
    const kept = selectionSet
      ? { ...selection, selectionSet: reduceSet(selectionSet, getNamedType(definition.type)) }
      : selection;
    return isInterfaceType(type) ? whereAllowed(kept, schema.getPossibleTypes(type)) : [kept];
  }

  /** A field of an interface may be refused for some of the types that have it. */
  function whereAllowed(field: FieldNode, types: readonly GraphQLNamedType[]): SelectionNode[] {
    const allowed = types.filter((type) => access.refusal(type.name, field.name.value) === undefined);
    if (allowed.length === types.length) return [field];
    return allowed.map(({ name }) => ({
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
      selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
    }));
  }

  const reduceFragment = (fragment: FragmentDefinitionNode): FragmentDefinitionNode => ({
    ...fragment,
    selectionSet: reduceSet(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value)),
  });
  const root = schema.getRootType(operation.operation) ?? undefined;
  const reduced = { ...operation, selectionSet: reduceSet(operation.selectionSet, root) };
  const definitions = document.definitions.map((each) => {
    if (each === operation) return reduced;
    return each.kind === Kind.FRAGMENT_DEFINITION ? reduceFragment(each) : each;
  });
  return { document: { ...document, definitions }, operation: reduced, refused };
}
