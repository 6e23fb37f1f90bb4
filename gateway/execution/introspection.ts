import {
  executeSync,
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** Answers fields about the schema itself, `__schema` and `__type`, out of what clients may see of it. */
export function introspect(
  schema: GraphQLSchema,
  fields: readonly FieldNode[],
  operation: OperationDefinitionNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  const used = new Set<string>();
  const collect = { Variable: ({ name }: { name: { value: string } }) => void used.add(name.value) };
  for (const field of fields) visit(field, collect);
  for (const fragment of Object.values(fragments)) visit(fragment, collect);
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: operation.operation,
        variableDefinitions: (operation.variableDefinitions ?? []).filter((each) => used.has(each.variable.name.value)),
        selectionSet: { kind: Kind.SELECTION_SET, selections: fields },
      },
      ...Object.values(fragments),
    ],
  };
  const [first] = fields;
  const { data } = executeSync({ schema, document, rootValue: {}, variableValues: { ...variables } });
  return first && data ? data[first.alias?.value ?? first.name.value] : null;
}
