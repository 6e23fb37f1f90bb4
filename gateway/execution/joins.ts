import { Kind, parse, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/** What a supergraph says of how its subgraphs meet. */
export interface Joins {
  /** Whether a field is part of a key by which a subgraph knows a type: without it, it cannot be asked. */
  isKey(subgraph: string, type: string, field: string): boolean;
  /** The subgraphs by name, with the address the supergraph has for them. */
  readonly subgraphs: ReadonlyMap<string, string>;
}

/** Reads the join directives of a supergraph (https://specs.apollo.dev/join/). */
export function readJoins(supergraph: DocumentNode): Joins {
  const names = new Map<string, string>();
  const subgraphs = new Map<string, string>();
  const keys = new Set<string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const { name, directives } of definition.values ?? []) {
      const graph = (directives ?? []).find((each) => each.name.value === 'join__graph');
      if (!graph) continue;
      const subgraph = textOf(graph, 'name') ?? name.value;
      names.set(name.value, subgraph);
      subgraphs.set(subgraph, textOf(graph, 'url') ?? '');
    }
  }
  for (const definition of supergraph.definitions) {
    if (!('directives' in definition) || !('name' in definition)) continue;
    for (const directive of definition.directives ?? []) {
      if (directive.name.value !== 'join__type') continue;
      const key = textOf(directive as ConstDirectiveNode, 'key');
      const graph = textOf(directive as ConstDirectiveNode, 'graph');
      if (key === undefined || graph === undefined) continue;
      for (const field of fieldsOf(key)) {
        keys.add(JSON.stringify([names.get(graph), definition.name?.value, field]));
      }
    }
  }
  return {
    subgraphs,
    isKey: (subgraph, type, field) => keys.has(JSON.stringify([subgraph, type, field])),
  };
}

function textOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** All field names of a selection such as `id organisation { id }`. */
function fieldsOf(selection: string): Set<string> {
  const fields = new Set<string>();
  visit(parse(`{ ${selection} }`, { noLocation: true }), { Field: ({ name }) => void fields.add(name.value) });
  return fields;
}
