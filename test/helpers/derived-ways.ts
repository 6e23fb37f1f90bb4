import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import type { Way } from './every-way.ts';
import { walkSchema } from './walk-schema.ts';

/** What is tried for arguments, by their type alone. */
export interface Tried {
  readonly ids: readonly string[];
  readonly texts: readonly string[];
}

/** Of what an argument may narrow, as many values are tried; of what it must say, all. */
const MOST_OPTIONAL = 9;

/** How far ways lead. */
export interface Extent {
  /** From thing to thing. */
  readonly steps: number;
  /** Size of the pages they begin with. */
  readonly page: number;
  /** Most values of one argument; all without it. */
  readonly most?: number;
}

/** A list of ids takes as many. */
const MAX_LIST = 100;

/**
 * Every way through the schema, as the schema itself says: for each field of `Query` an operation that selects all there
 * is within some steps, with each value worth trying for each of its arguments. Nothing is named, so that a field or
 * argument that is new is tried as well; one of a type that is not known here is an error.
 */
export function derivedWays(schema: GraphQLSchema, tried: Tried, extent: Extent): Way[] {
  const query = schema.getQueryType()?.getFields() ?? {};
  return walkSchema(schema, extent.steps).walks.flatMap((walk) => {
    const args = (query[walk.field]?.args ?? []).filter(({ name }) => name !== 'after');
    return combinations(args, tried, extent).map((variables): Way => ({
      name: `${walk.field} ${JSON.stringify(variables).slice(0, 120)}`,
      query: walk.query,
      variables,
    }));
  });
}

/** One argument after another takes all its values, the others the first where they must have one. */
function combinations(
  args: readonly (GraphQLArgument | GraphQLInputField)[],
  tried: Tried,
  extent: Extent,
): Record<string, unknown>[] {
  const { most = Number.POSITIVE_INFINITY } = extent;
  const page = args.some(({ name }) => name === 'first') ? { first: extent.page } : {};
  const base = {
    ...page,
    ...Object.fromEntries(
      args.flatMap(({ name, type }) => (isNonNullType(type) ? [[name, valuesOf(type, tried, extent)[0]]] : [])),
    ),
  };
  const varied = args
    .filter(({ name }) => name !== 'first')
    .flatMap(({ name, type }) =>
      valuesOf(type, tried, extent)
        .slice(0, isNonNullType(type) || isInputObjectType(type) ? most : Math.min(most, MOST_OPTIONAL))
        .map((value) => ({ ...base, [name]: value })),
    );
  return varied.length > 0 ? varied : [base];
}

function valuesOf(type: GraphQLInputType, tried: Tried, extent: Extent): unknown[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const all = valuesOf(nullable.ofType, tried, extent);
    const pages = Math.ceil(all.length / MAX_LIST);
    return Array.from({ length: pages }, (_, page) => all.slice(page * MAX_LIST, (page + 1) * MAX_LIST));
  }
  if (isEnumType(nullable)) return nullable.getValues().map(({ name }) => name);
  if (isInputObjectType(nullable)) return combinations(Object.values(nullable.getFields()), tried, extent);
  switch (getNamedType(nullable).name) {
    case 'ID':
      return [...tried.ids];
    case 'String':
      return [...tried.texts];
    case 'Boolean':
      return [true, false];
    case 'Int':
    case 'Float':
      return [1, 100];
    case 'DateTime':
      return ['2025-01-01T00:00:00Z'];
    default:
      throw new Error(`Nothing is tried for arguments of type ${String(type)}: say here what.`);
  }
}
