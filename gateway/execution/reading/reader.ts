import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { assign } from '../own.ts';
import { CLOSE_LIST, CLOSE_OBJECT, unquoted, type JsonCursor } from './cursor.ts';

/**
 * Reads the `data` of a subgraph's answer: objects and lists as such, leaves as their JSON text, which is what the
 * client gets in the end. Only `__typename` is read as what it says; null is null.
 */
export type DataReader = (cursor: JsonCursor) => unknown;

/** Reads the value of a field; how many lists it knows leaves to lie in. */
interface FieldReader {
  readonly name: string;
  /** The key as it mostly comes: `"name":` */
  readonly token: string;
  readonly lists: number;
  /** What is selected of it; undefined for a leaf. */
  readonly selected: SelectionSetNode[] | undefined;
  readonly types: Set<GraphQLNamedType | undefined>;
  read: DataReader;
}

/**
 * Compiles the reading of what an operation selects.
 * @returns undefined where fragments select, under one name, what cannot be read alike: such answers are parsed whole
 */
export function compileReader(
  selection: SelectionSetNode,
  schema: GraphQLSchema,
  root: string,
): DataReader | undefined {
  return compileObject([selection], new Set([schema.getType(root)]), schema);
}

function compileObject(
  selections: readonly SelectionSetNode[],
  types: ReadonlySet<GraphQLNamedType | undefined>,
  schema: GraphQLSchema,
): DataReader | undefined {
  const fields = new Map<string, FieldReader>();
  for (const each of selections) {
    for (const type of types) if (!collect(each, type, schema, fields)) return undefined;
  }
  for (const field of fields.values()) {
    const read = field.selected ? compileObject(field.selected, field.types, schema) : readLeaf(field);
    if (!read) return undefined;
    field.read = read;
  }
  return readObject([...fields.values()]);
}

/** @returns false where a field is selected in two ways that cannot be read alike. */
function collect(
  { selections }: SelectionSetNode,
  type: GraphQLNamedType | undefined,
  schema: GraphQLSchema,
  fields: Map<string, FieldReader>,
): boolean {
  return selections.every((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      const inner = condition === undefined ? type : schema.getType(condition);
      return collect(selection.selectionSet, inner, schema, fields);
    }
    const name = selection.alias?.value ?? selection.name.value;
    const of = typeOf(selection.name.value, type);
    const lists = selection.selectionSet || !of ? 0 : listsAround(of);
    let field = fields.get(name);
    if (!field) {
      const selected = selection.selectionSet && [];
      field = { name, token: `${JSON.stringify(name)}:`, lists, selected, types: new Set(), read: () => null };
      fields.set(name, field);
    }
    if (field.lists !== lists || (field.selected === undefined) !== (selection.selectionSet === undefined))
      return false;
    if (selection.selectionSet) field.selected?.push(selection.selectionSet);
    field.types.add(of && getNamedType(of));
    return true;
  });
}

function typeOf(field: string, type: GraphQLNamedType | undefined): GraphQLOutputType | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[field]?.type : undefined;
}

function listsAround(type: GraphQLOutputType): number {
  const inner = getNullableType(type);
  return isListType(inner) ? 1 + listsAround(inner.ofType) : 0;
}

function readLeaf({ name, lists }: FieldReader): DataReader {
  if (name === '__typename') {
    return (cursor) => {
      const text = cursor.value();
      return text?.startsWith('"') === true ? unquoted(text) : text;
    };
  }
  let read: DataReader = (cursor) => cursor.value();
  for (let each = 0; each < lists; each++) read = listOf(read);
  return read;
}

/** A list, or what is in its place. */
function listOf(element: DataReader): DataReader {
  return (cursor) => {
    if (!cursor.isList) return cursor.value();
    const list: unknown[] = [];
    if (cursor.open(CLOSE_LIST)) {
      do list.push(element(cursor));
      while (cursor.goesOn(CLOSE_LIST));
    }
    return list;
  };
}

function readObject(fields: readonly FieldReader[]): DataReader {
  const byName = new Map(fields.map((field, index) => [field.name, { field, index }]));
  const read: DataReader = (cursor) => {
    if (cursor.isList) return cursor.nested(list);
    if (!cursor.isObject) return cursor.value();
    const object: Record<string, unknown> = {};
    if (!cursor.open(CLOSE_OBJECT)) return object;
    // Fields mostly come as they were asked for.
    let next = 0;
    do {
      const expected = fields[next];
      if (expected !== undefined && cursor.takes(expected.token)) {
        next++;
        assign(object, expected.name, expected.read(cursor));
        continue;
      }
      const known = byName.get(cursor.key());
      if (known) {
        next = known.index + 1;
        assign(object, known.field.name, known.field.read(cursor));
      } else cursor.value();
    } while (cursor.goesOn(CLOSE_OBJECT));
    return object;
  };
  const list = listOf(read);
  return read;
}
