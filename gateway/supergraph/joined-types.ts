import {
  Kind,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { hasFields, readGraphs, selectionOf, textOf } from '../execution/joins.ts';

/** The object types and interfaces of a supergraph, by name. */
export type JoinedTypes = ReadonlyMap<string, JoinedType>;

/** A type of a supergraph, and which subgraphs have what part in it. */
export interface JoinedType {
  readonly name: string;
  readonly isObject: boolean;
  readonly interfaces: ReadonlySet<string>;
  readonly subgraphs: readonly string[];
  readonly keys: readonly { readonly subgraph: string; readonly fields: string; readonly resolvable: boolean }[];
  /** Subgraphs to which this interface is an object. */
  readonly interfaceObjectIn: readonly string[];
  readonly fields: ReadonlyMap<string, JoinedField>;
}

/** A field of a supergraph. */
export interface JoinedField {
  readonly name: string;
  readonly node: FieldDefinitionNode;
  /** The subgraphs that resolve it; all of the type's where it does not say. */
  readonly joins: readonly { readonly subgraph: string; readonly requires?: SelectionSetNode | undefined }[];
}

/** Reads the types of a supergraph with their join directives. */
export function readTypes(supergraph: DocumentNode): JoinedTypes {
  const { names } = readGraphs(supergraph);
  const types = new Map<string, JoinedType>();
  for (const definition of supergraph.definitions) {
    if (!hasFields(definition)) continue;
    const joins = (definition.directives ?? []).filter(({ name }) => name.value === 'join__type');
    const subgraphs = [...new Set(joins.map(subgraphOf))];
    const keys = joins.flatMap((join) => {
      const fields = textOf(join, 'key');
      return fields === undefined
        ? []
        : [{ subgraph: subgraphOf(join), fields, resolvable: flag(join, 'resolvable') !== false }];
    });
    types.set(definition.name.value, {
      name: definition.name.value,
      isObject: definition.kind === Kind.OBJECT_TYPE_DEFINITION,
      interfaces: new Set((definition.interfaces ?? []).map(({ name }) => name.value)),
      subgraphs,
      keys,
      interfaceObjectIn: [...new Set(joins.filter((join) => flag(join, 'isInterfaceObject') === true).map(subgraphOf))],
      fields: new Map((definition.fields ?? []).map((node) => [node.name.value, readField(node, subgraphs)])),
    });
  }
  return types;

  function readField(node: FieldDefinitionNode, all: readonly string[]): JoinedField {
    const directives = (node.directives ?? []).filter(({ name }) => name.value === 'join__field');
    const joins = directives.flatMap((join) => {
      if (textOf(join, 'graph') === undefined || flag(join, 'external') === true) return [];
      const requires = textOf(join, 'requires');
      return [{ subgraph: subgraphOf(join), ...(requires !== undefined && { requires: selectionOf(requires) }) }];
    });
    const isEverywhere = directives.length === 0;
    return { name: node.name.value, node, joins: isEverywhere ? all.map((subgraph) => ({ subgraph })) : joins };
  }

  function subgraphOf(join: ConstDirectiveNode): string {
    const name = textOf(join, 'graph') ?? '';
    return names.get(name) ?? name;
  }
}

function flag(directive: ConstDirectiveNode, name: string): boolean | undefined {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}
