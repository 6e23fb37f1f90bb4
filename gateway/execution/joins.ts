import {
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';

/** What a supergraph says of how its subgraphs meet. */
export interface Joins {
  /** Whether a field is part of a key by which a subgraph knows a type: without it, it cannot be asked. */
  isKey(subgraph: string, type: string, field: string): boolean;
  /** What a subgraph requires of others' fields for a field of its own; undefined for nothing. */
  requires(subgraph: string, type: string, field: string): SelectionSetNode | undefined;
  /** The names of all fields that plans fetch unasked: those of keys and of what fields require. */
  readonly required: ReadonlySet<string>;
  /** Those of them that take arguments. */
  readonly withArguments: ReadonlySet<string>;
  /** The subgraphs by name, with the address the supergraph has for them. */
  readonly subgraphs: ReadonlyMap<string, string>;
}

/** A type's or field's join directive, with the subgraph it is about. */
interface Join {
  readonly directive: ConstDirectiveNode;
  readonly subgraph: string | undefined;
}

/** Reads the join directives of a supergraph (https://specs.apollo.dev/join/). */
export function readJoins(supergraph: DocumentNode): Joins {
  const graphs = readGraphs(supergraph);
  const keys = new Set<string>();
  const requires = new Map<string, SelectionSetNode>();
  const required = new Set(['__typename']);
  const withArguments = new Set<string>();
  const types = typesOf(supergraph);
  const readRequired = (type: string, { selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const { name, selectionSet } = selection;
        const field = types.get(type)?.get(name.value);
        required.add(name.value);
        if ((field?.arguments ?? []).length > 0) withArguments.add(name.value);
        if (field && selectionSet) readRequired(nameOf(field.type), selectionSet);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        readRequired(selection.typeCondition?.name.value ?? type, selection.selectionSet);
      }
    }
  };
  const joinsOf = (directives: readonly ConstDirectiveNode[] | undefined, name: string): Join[] =>
    (directives ?? [])
      .filter((each) => each.name.value === name)
      .map((directive) => ({ directive, subgraph: graphs.names.get(textOf(directive, 'graph') ?? '') }));

  const readField = (type: string, { name, directives }: FieldDefinitionNode): void => {
    for (const { directive, subgraph } of joinsOf(directives, 'join__field')) {
      const text = textOf(directive, 'requires');
      if (text === undefined) continue;
      const selection = selectionOf(text);
      requires.set(JSON.stringify([subgraph, type, name.value]), selection);
      readRequired(type, selection);
    }
    for (const context of contextSelections(directives)) {
      for (const each of fieldsOf(selectionOf(context))) required.add(each);
    }
  };
  for (const definition of supergraph.definitions) {
    if (!hasFields(definition)) continue;
    const type = definition.name.value;
    for (const { directive, subgraph } of joinsOf(definition.directives, 'join__type')) {
      const key = textOf(directive, 'key');
      if (key === undefined) continue;
      for (const field of fieldsOf(selectionOf(key))) {
        keys.add(JSON.stringify([subgraph, type, field]));
        required.add(field);
      }
    }
    for (const field of definition.fields ?? []) readField(type, field);
  }
  return {
    subgraphs: graphs.addresses,
    isKey: (subgraph, type, field) => keys.has(JSON.stringify([subgraph, type, field])),
    requires: (subgraph, type, field) => requires.get(JSON.stringify([subgraph, type, field])),
    required,
    withArguments,
  };
}

/** The fields of each object type and interface, by name. */
export function typesOf(schema: DocumentNode): ReadonlyMap<string, ReadonlyMap<string, FieldDefinitionNode>> {
  return new Map(
    schema.definitions
      .filter(hasFields)
      .map(({ name, fields }) => [name.value, new Map((fields ?? []).map((field) => [field.name.value, field]))]),
  );
}

/** Whether a definition is that of an object type or interface. */
export function hasFields(
  definition: DefinitionNode,
): definition is ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

/** The type's name without lists and non-null around it. */
export function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

/** The subgraphs: their names by how directives call them, and their addresses by name. */
export function readGraphs(supergraph: DocumentNode): {
  readonly names: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, string>;
} {
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const { name, directives } of definition.values ?? []) {
      const graph = (directives ?? []).find((each) => each.name.value === 'join__graph');
      if (!graph) continue;
      const subgraph = textOf(graph, 'name') ?? name.value;
      names.set(name.value, subgraph);
      addresses.set(subgraph, textOf(graph, 'url') ?? '');
    }
  }
  return { names, addresses };
}

/** A directive's argument that is a text or a name. */
export function textOf(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** A selection such as `id organisation { id }`. */
export function selectionOf(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`"${text}" is no selection of fields.`);
  return definition.selectionSet;
}

/** All field names of a selection, however deep. */
function fieldsOf(selection: SelectionSetNode): Set<string> {
  const fields = new Set<string>();
  visit(selection, { Field: ({ name }) => void fields.add(name.value) });
  return fields;
}

/** What a field's arguments take of objects around it (`@fromContext`). */
function contextSelections(directives: readonly ConstDirectiveNode[] | undefined): string[] {
  const selections: string[] = [];
  for (const directive of directives ?? []) {
    if (directive.name.value !== 'join__field') continue;
    visit(directive, {
      ObjectField({ name, value }) {
        if (name.value === 'selection' && value.kind === Kind.STRING) selections.push(value.value);
      },
    });
  }
  return selections;
}
