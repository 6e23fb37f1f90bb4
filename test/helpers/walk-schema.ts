import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** A walk from one field of `Query`: all that can be reached from there in a few steps. */
export interface Walk {
  /** The field. */
  readonly field: string;
  readonly query: string;
  /** The variables it takes, named like the field's arguments. */
  readonly variables: readonly string[];
}

/** How many items of a list within a list are looked at. */
const NESTED = 2;

/**
 * Writes, for each field of `Query`, an operation that selects every field that can be reached from it in at most `steps`
 * steps from thing to thing; what is between (connections, edges) is no step.
 * @returns the operations, and every field they select as `Type.field`.
 */
export function walkSchema(schema: GraphQLSchema, steps: number): { walks: Walk[]; selected: Set<string> } {
  const selected = new Set<string>();

  function selectionOf(type: GraphQLCompositeType, left: number): string {
    if (isAbstractType(type)) {
      const parts = schema
        .getPossibleTypes(type)
        // Fields of one name but of different types must not meet: each is named after its type as well.
        .map((each) => `... on ${each.name} { ${fieldsOf(each, left, `${each.name}_`)} }`);
      return `__typename ${parts.join(' ')}`;
    }
    return isObjectType(type) ? fieldsOf(type, left, '') : '__typename';
  }

  function fieldsOf(type: GraphQLObjectType, left: number, prefix: string): string {
    const texts = Object.values(type.getFields()).flatMap((field) => {
      const inner = getNamedType(field.type);
      const alias = prefix === '' ? '' : `${prefix}${field.name}: `;
      if (!isCompositeType(inner)) {
        selected.add(`${type.name}.${field.name}`);
        return [`${alias}${field.name}${pageOf(field)}`];
      }
      const rest = isThing(inner) ? left - 1 : left;
      if (rest < 0) return [];
      selected.add(`${type.name}.${field.name}`);
      return [`${alias}${field.name}${pageOf(field)} { ${selectionOf(inner, rest)} }`];
    });
    // What leads to nothing but things too far away still is something.
    return ['__typename', ...texts].join(' ');
  }

  const query = schema.getQueryType();
  const walks = Object.values(query?.getFields() ?? {}).map((field): Walk => {
    selected.add(`Query.${field.name}`);
    const args = field.args.filter(({ name }) => name !== 'after');
    const declared = args.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
    const given = args.map(({ name }) => `${name}: $${name}`).join(', ');
    const inner = getNamedType(field.type);
    const selection = isCompositeType(inner) ? ` { ${selectionOf(inner, steps)} }` : '';
    return {
      field: field.name,
      variables: args.map(({ name }) => name),
      query: `query Walk${declared && `(${declared})`} { ${field.name}${given && `(${given})`}${selection} }`,
    };
  });
  return { walks, selected };

  function isThing(type: GraphQLCompositeType): boolean {
    if (isAbstractType(type)) return true;
    return type.getInterfaces().some(({ name }) => name === 'Node');
  }
}

function pageOf(field: GraphQLField<unknown, unknown>): string {
  return field.args.some(({ name }) => name === 'first') ? `(first: ${NESTED})` : '';
}
