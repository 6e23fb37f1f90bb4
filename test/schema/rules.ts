import {
  isTypeSystemExtensionNode,
  Kind,
  parse,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type TypeNode,
} from 'graphql';

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

/** Lists of objects that are no connections, because they cannot grow. */
const SHORT_LISTS: ReadonlyMap<string, string> = new Map([
  ['Sources.directory', 'as many as are configured'],
  ['Sources.documents', 'as many as are configured'],
  ['Sources.forum', 'as many as are configured'],
  ['Query.nodes', 'as many as were asked for, at most 100'],
  ['Excerpt.marks', 'within 300 characters'],
  ['ExpertEdge.reasons', 'one an area'],
  ['Reason.evidence', 'at most 3'],
  ['Topic.related', 'at most 20'],
  ['Topic.coverage', 'as many as are configured'],
  ['TopicPart.contributions', 'at most 200, hidden'],
  ['TopicPart.tags', 'at most 50, hidden'],
  ['TopicPart.coverage', 'as many as are configured, hidden'],
  ['Person.accounts', 'a person has a handful'],
  ['Person.documentAccounts', 'a person has a handful, hidden'],
  ['Person.forumAccounts', 'a person has a handful, hidden'],
  ['Person.documentShares', 'at most 100, hidden'],
  ['Person.forumShares', 'at most 100, hidden'],
]);

/** Where an entity lives: there its fields are its own, elsewhere they are contributed. */
const HOME: Readonly<Record<string, string>> = {
  Person: 'directory',
  Group: 'directory',
  Topic: 'directory',
  Document: 'documents',
  Conversation: 'forum',
  Reply: 'forum',
};

/** What is wrong with a subgraph's schema, by the rules that keep the graph one piece. */
export function faultsOf(subgraph: string, sdl: string): string[] {
  const document = parse(sdl);
  return [...undescribed(document), ...unpaged(document), ...unsafe(subgraph, document), ...misrequired(document)];
}

function undescribed(document: DocumentNode): string[] {
  const faults: string[] = [];
  const missing = (what: string, node: { readonly description?: unknown }) => {
    if (!node.description) faults.push(`${what} has no description`);
  };
  visit(document, {
    enter(node) {
      if (isTypeSystemExtensionNode(node) || !('name' in node) || !('kind' in node)) return;
      switch (node.kind) {
        case Kind.OBJECT_TYPE_DEFINITION:
          // Query, and another subgraph's entity, are described where they live.
          if (node.name.value !== 'Query' && !HOME[node.name.value]) missing(node.name.value, node);
          break;
        case Kind.INPUT_OBJECT_TYPE_DEFINITION:
        case Kind.ENUM_TYPE_DEFINITION:
        case Kind.INTERFACE_TYPE_DEFINITION:
        case Kind.SCALAR_TYPE_DEFINITION:
          missing(node.name.value, node);
          break;
        default:
      }
    },
  });
  for (const [place, field] of fieldsOf(document)) {
    missing(place, field);
    for (const argument of field.arguments ?? []) missing(`${place}(${argument.name.value}:)`, argument);
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
      for (const value of definition.values ?? []) missing(`${definition.name.value}.${value.name.value}`, value);
    }
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      for (const field of definition.fields ?? []) missing(`${definition.name.value}.${field.name.value}`, field);
    }
  }
  return faults;
}

/** Lists of objects are connections, connections have pages. */
function unpaged(document: DocumentNode): string[] {
  const faults: string[] = [];
  const scalars = new Set(['String', 'ID', 'Int', 'Float', 'Boolean', 'DateTime']);
  for (const [place, field] of fieldsOf(document)) {
    const { name, isList } = typeOf(field.type);
    if (isList && !scalars.has(name) && !name.endsWith('Edge') && !SHORT_LISTS.has(place)) {
      faults.push(`${place} is a list that can grow: make it a connection`);
    }
    const args = new Set((field.arguments ?? []).map((argument) => argument.name.value));
    if (name.endsWith('Connection') && !(args.has('first') && args.has('after'))) {
      faults.push(`${place} is a connection without "first" and "after"`);
    }
  }
  for (const type of objectsOf(document)) {
    if (!type.name.value.endsWith('Connection')) continue;
    const fields = new Set((type.fields ?? []).map((field) => field.name.value));
    for (const wanted of ['edges', 'pageInfo', 'totalCount']) {
      if (!fields.has(wanted)) faults.push(`${type.name.value} has no "${wanted}"`);
    }
  }
  return faults;
}

/** What another subgraph has a part in may be null: one outage must not blank the page. */
function unsafe(subgraph: string, document: DocumentNode): string[] {
  const faults: string[] = [];
  for (const type of objectsOf(document)) {
    const home = HOME[type.name.value];
    for (const field of type.fields ?? []) {
      const place = `${type.name.value}.${field.name.value}`;
      const isKey = ['id', 'ref'].includes(field.name.value);
      const isForeign = home !== undefined && home !== subgraph && !directive(field, 'external');
      if ((isForeign || directive(field, 'requires')) && !isKey && field.type.kind === Kind.NON_NULL_TYPE) {
        faults.push(`${place} depends on another subgraph and is not nullable`);
      }
    }
    const hasId = (type.fields ?? []).some((field) => field.name.value === 'id');
    const isNode = (type.interfaces ?? []).some((each) => each.name.value === 'Node');
    if (home === subgraph && hasId && !isNode) faults.push(`${type.name.value} has an id and is no Node`);
  }
  return faults;
}

/** The planner mistakes arguments inside @requires, and two @requires of one type that differ cost a fetch each. */
function misrequired(document: DocumentNode): string[] {
  const faults: string[] = [];
  for (const type of objectsOf(document)) {
    const owners = [type, ...(type.fields ?? [])];
    for (const owner of owners) {
      for (const each of owner.directives ?? []) {
        const selection = each.arguments?.find((argument) => argument.name.value === 'fields')?.value;
        if (selection?.kind === Kind.STRING && selection.value.includes('(')) {
          faults.push(`@${each.name.value} on ${type.name.value}.${owner.name.value} has arguments in its selection`);
        }
      }
    }
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    const url = definition.directives?.[0]?.arguments?.find((argument) => argument.name.value === 'url')?.value;
    const version = url?.kind === Kind.STRING ? Number(/v2\.(\d+)$/.exec(url.value)?.[1]) : Number.NaN;
    if (!(version <= 11)) faults.push('the schema links a federation newer than 2.11');
  }
  return faults;
}

function objectsOf(document: DocumentNode): ObjectNode[] {
  return document.definitions.filter(
    (node): node is ObjectNode => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION,
  );
}

function fieldsOf(document: DocumentNode): [place: string, field: FieldDefinitionNode][] {
  return objectsOf(document).flatMap((type) =>
    (type.fields ?? []).map((field): [string, FieldDefinitionNode] => [
      `${type.name.value}.${field.name.value}`,
      field,
    ]),
  );
}

function typeOf(type: TypeNode): { name: string; isList: boolean } {
  if (type.kind === Kind.NAMED_TYPE) return { name: type.name.value, isList: false };
  const inner = typeOf(type.type);
  return { name: inner.name, isList: inner.isList || type.kind === Kind.LIST_TYPE };
}

function directive(field: FieldDefinitionNode, name: string): DirectiveNode | undefined {
  return field.directives?.find((each) => each.name.value === name);
}
