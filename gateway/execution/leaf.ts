import { GraphQLEnumType, type GraphQLLeafType } from 'graphql';

const MAX_INT = 2 ** 31 - 1;

/**
 * What clients are told of a value that a subgraph sent in the place of a scalar or enum; undefined for one that is
 * none. Nothing is made to fit (GraphQL, 3.5 and 3.9): only ids are always told as text. Scalars of the schema's own
 * may be any JSON.
 */
export function leafOf(type: GraphQLLeafType): (value: unknown) => unknown {
  if (type instanceof GraphQLEnumType) {
    const names = new Set(type.getValues().map(({ name }) => name));
    return (value) => (typeof value === 'string' && names.has(value) ? value : undefined);
  }
  switch (type.name) {
    case 'Int':
      return (value) =>
        typeof value === 'number' && Number.isInteger(value) && value >= -MAX_INT - 1 && value <= MAX_INT
          ? value
          : undefined;
    case 'Float':
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
    case 'String':
      return (value) => (typeof value === 'string' ? value : undefined);
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? value : undefined);
    case 'ID':
      return (value) => {
        if (typeof value === 'string') return value;
        // Beyond these, numbers were rounded when they were read: another id.
        return Number.isSafeInteger(value) ? String(value) : undefined;
      };
    default:
      return (value) => (isJson(value) ? value : undefined);
  }
}

/** Whether a value is one that JSON has, as far as can be told without looking into it. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'object';
}
