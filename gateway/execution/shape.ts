import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Access } from './access-rules.ts';
import { collectFields, type Switches } from './fields.ts';
import { introspect } from './introspection.ts';
import { named, type Form, type NamedField } from './form.ts';
import { reader } from './own.ts';
import { isOfType } from './rewrites.ts';
import type { Entity, Run } from './run.ts';

/** Makes the client's answer out of what subgraphs sent: what was asked for, of the right types, in the right order. */
export type Shaper = (root: Entity, run: Run) => { readonly data: unknown; readonly errors: GraphQLError[] };

/** An operation to shape answers of. */
export interface ShapedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly switches: Switches;
  /** What subgraphs' answers are made of, and the client's is. */
  readonly form: Form;
  /** What a field is called in what subgraphs sent. */
  readonly plannedName: (field: FieldNode) => string;
  /** What whoever asks may not have. */
  readonly access: Access;
  /** The fields nobody was asked for, and why. */
  readonly refused: ReadonlyMap<FieldNode, string>;
}

/** A field that is refused is told of so many times in one answer; in the rest of a long list it is plainly null. */
const MAX_REFUSALS = 20;

/** Null in the place of a value whose fault has been reported already. */
const FAILED = Symbol('failed');

/** The way to where the shaper is, and what it has found wrong on it. */
interface Shaping {
  readonly run: Run;
  readonly path: (string | number)[];
  readonly errors: GraphQLError[];
  /** How often each refused field was told of. */
  readonly refusals: Map<FieldNode, number>;
}

/** The value as the client gets it; null where there is none; FAILED where a fault was reported. */
type Completer = (value: unknown, shaping: Shaping) => unknown;

/** A field of an object's answer. */
interface Field extends NamedField {
  /** Its name in what subgraphs sent. */
  readonly planned: string;
  readonly isNonNull: boolean;
  readonly value: (source: Entity, typename: string, shaping: Shaping) => unknown;
}

/** Compiles the shaping of an operation's answers. */
export function compileShaper(shaped: ShapedOperation): Shaper {
  const { schema, operation, fragments, switches, form, plannedName, access, refused } = shaped;
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) throw new GraphQLError(`The schema has no ${operation.operation}.`);
  const completeRoot = completeObject([operation.selectionSet], rootType);

  function completeType(type: GraphQLOutputType, selectionSets: readonly SelectionSetNode[]): Completer {
    if (isListType(type)) return completeList(type.ofType as GraphQLOutputType, selectionSets);
    const named = type as GraphQLNamedType;
    if (isCompositeType(named)) return completeObject(selectionSets, named);
    const told = form.leaf(named as GraphQLLeafType);
    return (value, shaping) => {
      if (value === null || value === undefined) return null;
      return told(value) ?? fail(shaping, `A value is no ${named.name}.`);
    };
  }

  function completeList(of: GraphQLOutputType, selectionSets: readonly SelectionSetNode[]): Completer {
    const isNonNull = isNonNullType(of);
    const complete = completeType(getNullableType(of), selectionSets);
    return (value, shaping) => {
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value)) return fail(shaping, 'A value is no list.');
      const list: unknown[] = [];
      for (let index = 0; index < value.length; index++) {
        shaping.path.push(index);
        let element = complete(value[index], shaping);
        if (element === null && isNonNull) element = fail(shaping, 'An element of a list must not be null.');
        shaping.path.pop();
        if (element === FAILED && isNonNull) return FAILED;
        list.push(element === FAILED ? null : element);
      }
      return form.list(list);
    };
  }

  function completeObject(selectionSets: readonly SelectionSetNode[], type: GraphQLNamedType): Completer {
    const fieldsOf = new Map<string, readonly Field[]>();
    const fieldsFor = (typename: string): readonly Field[] | undefined => {
      let fields = fieldsOf.get(typename);
      // What fits is kept; what does not is a subgraph's word, and of those there is no end.
      if (!fields && isOfType(schema, typename, type.name)) {
        fields = compileFields(selectionSets, typename);
        if (fields) fieldsOf.set(typename, fields);
      }
      return fields;
    };
    return (value, shaping) => {
      if (value === null || value === undefined) return null;
      if (typeof value !== 'object' || Array.isArray(value)) return fail(shaping, 'A value is no object.');
      const source = value as Entity;
      const typename = source['__typename'] ?? type.name;
      const fields = typeof typename === 'string' ? fieldsFor(typename) : undefined;
      if (!fields) return fail(shaping, 'An object is of no type that the schema knows.');
      return completeFields(source, typename as string, fields, shaping, form);
    };
  }

  function compileFields(selectionSets: readonly SelectionSetNode[], typename: string): readonly Field[] | undefined {
    const type = schema.getType(typename);
    if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
    const collected = collectFields(selectionSets, typename, schema, fragments, switches);
    return [...collected].flatMap(([name, nodes]) => {
      const [node] = nodes as [FieldNode, ...FieldNode[]];
      const field = compileField(name, node, nodes, type);
      return field ? [field] : [];
    });
  }

  function compileField(
    name: string,
    node: FieldNode,
    nodes: readonly FieldNode[],
    type: GraphQLNamedType,
  ): Field | undefined {
    const planned = plannedName(node);
    const naming = named(name);
    if (node.name.value === '__typename') {
      // An object of which only an interface is known, from a subgraph that knows no more, has no type to tell.
      const told = isObjectType(type) ? form.value(type.name) : null;
      return { ...naming, planned, isNonNull: true, value: () => told };
    }
    if (node.name.value === '__schema' || node.name.value === '__type') {
      const value = (_: Entity, __: string, { run }: Shaping) =>
        form.value(introspect(schema, nodes, operation, fragments, run.variables));
      return { ...naming, planned, isNonNull: node.name.value === '__schema', value };
    }
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (!definition) return undefined;
    const isNonNull = isNonNullType(definition.type);
    const why =
      access.refusal(type.name, node.name.value) ?? (nodes.every((each) => refused.has(each)) && refused.get(node));
    if (why) return { ...naming, planned, isNonNull, value: (_, __, shaping) => refuse(shaping, node, why) };
    const inner = getNullableType(definition.type);
    const selectionSets = nodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
    const complete = completeType(inner, isCompositeType(getNamedType(inner)) ? selectionSets : []);
    const read = reader(planned);
    return { ...naming, planned, isNonNull, value: (source, _, shaping) => complete(read(source), shaping) };
  }

  return (root, run) => {
    const shaping: Shaping = { run, path: [], errors: [], refusals: new Map() };
    const data = completeRoot(root, shaping);
    return { data: data === FAILED ? null : data, errors: shaping.errors };
  };
}

function completeFields(
  source: Entity,
  typename: string,
  fields: readonly Field[],
  shaping: Shaping,
  form: Form,
): unknown {
  const { path } = shaping;
  let object = form.object();
  for (const field of fields) {
    path.push(field.planned);
    let value = field.value(source, typename, shaping);
    if (value === null && field.isNonNull) {
      // An entity that does not exist, or not for this viewer, is null where it stands: absent is a value.
      if (shaping.run.absent.has(source)) {
        path.pop();
        return null;
      }
      value = fail(shaping, 'A field must not be null.');
    }
    path.pop();
    if (value === FAILED && field.isNonNull) return FAILED;
    object = form.withField(object, field, value === FAILED ? null : value);
  }
  return form.closeObject(object);
}

/** Notes a fault at the present path, unless a subgraph's failure explains it. */
function fail({ run, path, errors }: Shaping, message: string): typeof FAILED {
  if (!run.failed.some((failed) => isRelated(failed, path))) {
    errors.push(
      new GraphQLError(`${message} It is left out.`, {
        path: [...path],
        extensions: { code: 'SUBGRAPH_BAD_RESPONSE' },
      }),
    );
  }
  return FAILED;
}

/** Notes at the present path that a field is not for whoever asks. */
function refuse({ path, errors, refusals }: Shaping, field: FieldNode, why: string): typeof FAILED {
  const told = refusals.get(field) ?? 0;
  if (told < MAX_REFUSALS) errors.push(new GraphQLError(why, { path: [...path], extensions: { code: 'FORBIDDEN' } }));
  refusals.set(field, told + 1);
  return FAILED;
}

/** Whether one path leads to the other, or on from it. */
function isRelated(one: readonly (string | number)[], other: readonly (string | number)[]): boolean {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return false;
  return true;
}
