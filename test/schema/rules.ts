import {
  isTypeSystemExtensionNode,
  Kind,
  parse,
  print,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  type StringValueNode,
  type TypeNode,
} from 'graphql';

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

const CAMEL = /^[a-z][a-z0-9]*([A-Z][a-z0-9]*)*$/;

/** Lists of objects that are no connections, because they cannot grow. */
export const SHORT_LISTS: ReadonlyMap<string, string> = new Map([
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
  return [
    ...undescribed(subgraph, document),
    ...misnamed(document),
    ...unpaged(document),
    ...unsafe(subgraph, document),
    ...misrequired(document),
    ...conflicting(document),
  ];
}

function undescribed(subgraph: string, document: DocumentNode): string[] {
  const faults: string[] = [];
  const missing = (
    what: string,
    node: {
      readonly description?: StringValueNode | undefined;
      readonly directives?: readonly DirectiveNode[] | undefined;
    },
  ) => {
    if ((node.description?.value ?? '').trim() === '') faults.push(`${what} has no description`);
    const deprecated = node.directives?.find((each) => each.name.value === 'deprecated');
    if (deprecated && deprecated.arguments?.length !== 1) faults.push(`${what} is deprecated without a reason`);
  };
  visit(document, {
    enter(node) {
      if (isTypeSystemExtensionNode(node) || !('name' in node) || !('kind' in node)) return;
      switch (node.kind) {
        case Kind.OBJECT_TYPE_DEFINITION:
          // Query, and another subgraph's entity, are described where they live.
          if (node.name.value !== 'Query' && (HOME[node.name.value] ?? subgraph) === subgraph)
            missing(node.name.value, node);
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

/** Names are spelled as all of GraphQL spells them; edges and pages as Relay does. */
function misnamed(document: DocumentNode): string[] {
  const faults: string[] = [];
  const spelled = (name: string, style: RegExp, place = name) => {
    if (!style.test(name)) faults.push(`${place} is not spelled like its kind`);
  };
  for (const definition of document.definitions) {
    if ('name' in definition && definition.name) spelled(definition.name.value, /^([A-Z][a-z0-9]*)+$/);
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
      for (const { name } of definition.values ?? []) {
        spelled(name.value, /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, `${definition.name.value}.${name.value}`);
      }
    }
    if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      for (const { name } of definition.fields ?? []) {
        spelled(name.value, CAMEL, `${definition.name.value}.${name.value}`);
      }
    }
  }
  for (const [place, field] of fieldsOf(document)) {
    spelled(field.name.value, CAMEL, place);
    for (const { name } of field.arguments ?? []) spelled(name.value, CAMEL, `${place}(${name.value}:)`);
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
  for (const type of objectsOf(document)) {
    if (!type.name.value.endsWith('Edge')) continue;
    const fields = new Set((type.fields ?? []).map((field) => field.name.value));
    for (const wanted of ['cursor', 'node']) {
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
      // Of `Sources` each area is null by itself.
      const isRoot = type.name.value === 'Query' && field.name.value !== 'sources';
      if ((isForeign || isRoot || directive(field, 'requires')) && !isKey && field.type.kind === Kind.NON_NULL_TYPE) {
        faults.push(`${place} depends on another subgraph and is not nullable`);
      }
    }
    const isEntity = type.directives?.some((each) => each.name.value === 'key') ?? false;
    if (isEntity && home === undefined)
      faults.push(`${type.name.value} is an entity without a home: say in HOME where`);
    const hasId = (type.fields ?? []).some((field) => field.name.value === 'id');
    const isNode = (type.interfaces ?? []).some((each) => each.name.value === 'Node');
    if (home === subgraph && hasId && !isNode) faults.push(`${type.name.value} has an id and is no Node`);
  }
  return faults;
}

/** What one type requires by several fields has to be the same in all: what differs costs a fetch of its own. */
function conflicting(document: DocumentNode): string[] {
  const faults: string[] = [];
  for (const type of objectsOf(document)) {
    const required = new Map<string, { readonly text: string; readonly by: string }>();
    for (const field of type.fields ?? []) {
      const fields = directive(field, 'requires')?.arguments?.[0]?.value;
      if (fields?.kind !== Kind.STRING) continue;
      const [operation] = parse(`{ ${fields.value} }`).definitions;
      if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
      for (const selection of operation.selectionSet.selections) {
        const name = 'name' in selection ? (selection.name?.value ?? '') : '';
        const entry = { text: print(selection), by: field.name.value };
        const before = required.get(name) ?? entry;
        required.set(name, before);
        if (before.text !== entry.text) {
          faults.push(`${type.name.value}.${before.by} and ${entry.by} require "${name}" differently`);
        }
      }
    }
  }
  return faults;
}

/** The planner mistakes arguments inside @requires and keys; composition knows federation up to 2.11 only. */
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
    for (const link of definition.directives ?? []) {
      const url = link.arguments?.find((argument) => argument.name.value === 'url')?.value;
      const version = url?.kind === Kind.STRING ? Number(/federation\/v2\.(\d+)$/.exec(url.value)?.[1]) : Number.NaN;
      if (!(version <= 11)) faults.push('the schema links a federation newer than 2.11');
    }
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
