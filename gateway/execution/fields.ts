import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  visit as visitDocument,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { isOfType } from './rewrites.ts';

/** Fields of an operation that share a response name, in the order of their first appearance. */
export type CollectedFields = ReadonlyMap<string, readonly FieldNode[]>;

/** Whether each variable that `@skip` and `@include` go by is true. */
export type Switches = ReadonlyMap<string, boolean>;

/** Collects the fields that apply to an object of a type (GraphQL, 6.3.2), with conditions already decided. */
export function collectFields(
  selectionSets: readonly SelectionSetNode[],
  typename: string,
  schema: GraphQLSchema,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  switches: Switches,
): CollectedFields {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection.directives ?? [], switches)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        const known = fields.get(name);
        if (known) known.push(selection);
        else fields.set(name, [selection]);
        continue;
      }
      let fragment:
        | {
            readonly selectionSet: SelectionSetNode;
            readonly typeCondition?: FragmentDefinitionNode['typeCondition'] | undefined;
          }
        | undefined = selection as never;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
        fragment = fragments[selection.name.value];
      }
      if (!fragment) continue;
      const condition = fragment.typeCondition?.name.value;
      if (condition === undefined || isOfType(schema, typename, condition)) visit(fragment.selectionSet);
    }
  };
  for (const set of selectionSets) visit(set);
  return fields;
}

function isIncluded(directives: readonly DirectiveNode[], switches: Switches): boolean {
  for (const { name, arguments: given } of directives) {
    const condition = given?.find((each) => each.name.value === 'if')?.value;
    if (name.value === GraphQLSkipDirective.name && isOn(condition, switches)) return false;
    if (name.value === GraphQLIncludeDirective.name && !isOn(condition, switches)) return false;
  }
  return true;
}

function isOn(condition: ValueNode | undefined, switches: Switches): boolean {
  if (condition?.kind === Kind.BOOLEAN) return condition.value;
  return condition?.kind === Kind.VARIABLE && switches.get(condition.name.value) === true;
}

/** The variables that `@skip` and `@include` of an operation go by. */
export function switchNames(
  operation: Pick<OperationDefinitionNode, 'selectionSet'>,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): string[] {
  const names = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const { name, arguments: given } of selection.directives ?? []) {
        if (name.value !== 'skip' && name.value !== 'include') continue;
        const condition = given?.find((each) => each.name.value === 'if')?.value;
        if (condition?.kind === Kind.VARIABLE) names.add(condition.name.value);
      }
      if ('selectionSet' in selection && selection.selectionSet) visit(selection.selectionSet);
    }
  };
  visit(operation.selectionSet);
  for (const fragment of Object.values(fragments)) visit(fragment.selectionSet);
  return [...names].sort();
}

/** All names that a document has for the fields of its answer. */
export function responseNames(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  visitDocument(document, { Field: ({ alias, name }) => void names.add((alias ?? name).value) });
  return names;
}
