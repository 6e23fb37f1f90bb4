import type { ApolloServerPlugin } from '@apollo/server';
import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isObjectType,
  isInterfaceType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** Most objects an answer may have, as its page sizes promise; reports read pages of 100 with pages inside. */
const MAX_OBJECTS = 100_000;

/** What a field at the root counts as: each is a question of its own. */
const ROOT_COST = 500;

/** Deepest nesting of fields. */
const MAX_DEPTH = 25;

/** Refuses operations whose answers could grow beyond all measure: pages inside pages multiply. */
export function sizeLimit(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, document, schema, request }) {
          if (operation) new Measure(schema, document, request.variables ?? {}).check(operation);
        },
      };
    },
  };
}

class Measure {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, { readonly selectionSet: SelectionSetNode; readonly type: string }>;
  readonly #variables: Readonly<Record<string, unknown>>;
  #objects = 0;

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
    this.#schema = schema;
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((each) =>
        each.kind === Kind.FRAGMENT_DEFINITION
          ? [[each.name.value, { selectionSet: each.selectionSet, type: each.typeCondition.name.value }] as const]
          : [],
      ),
    );
  }

  /** @throws QUERY_TOO_LARGE */
  check(operation: OperationDefinitionNode): void {
    const root = this.#schema.getRootType(operation.operation);
    if (root) this.#visit(operation.selectionSet, root, 1, 1, 1);
  }

  /** @param times how often the selection is answered; @param page how many items the connection around it has */
  #visit({ selections }: SelectionSetNode, type: GraphQLNamedType, times: number, page: number, depth: number): void {
    if (depth > MAX_DEPTH) refuse(`nests fields deeper than ${MAX_DEPTH}`);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        this.#field(selection, type, times, page, depth);
        continue;
      }
      // Whoever spreads a fragment pays for it again: each visit counts.
      this.#count(1);
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      const condition = fragment && ('type' in fragment ? fragment.type : fragment.typeCondition?.name.value);
      const inner = condition === undefined ? type : this.#schema.getType(condition);
      if (fragment && inner) this.#visit(fragment.selectionSet, inner, times, page, depth);
    }
  }

  #field(node: FieldNode, type: GraphQLNamedType, times: number, page: number, depth: number): void {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    const inner = field && getNamedType(field.type);
    this.#count(depth === 1 ? ROOT_COST : 0);
    if (!node.selectionSet || !field || !isCompositeType(inner)) return;
    const isEdges = node.name.value === 'edges';
    const many = times * (isEdges ? page : 1);
    this.#count(many);
    this.#visit(node.selectionSet, inner, many, this.#pageOf(node, field) ?? 1, depth + 1);
  }

  /** How many items a connection is asked for. */
  #pageOf(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const argument = field.args.find(({ name }) => name === 'first');
    if (!argument) return undefined;
    const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const value =
      given?.kind === Kind.VARIABLE
        ? this.#variables[given.name.value]
        : given?.kind === Kind.INT
          ? Number(given.value)
          : undefined;
    return Math.min(100, Math.max(1, Number(value ?? argument.defaultValue ?? 100) || 100));
  }

  #count(objects: number): void {
    this.#objects += objects;
    if (this.#objects > MAX_OBJECTS)
      refuse(`could have an answer of more than ${MAX_OBJECTS} objects: ask for smaller pages`);
  }
}

function refuse(why: string): never {
  throw new GraphQLError(`The operation ${why}.`, { extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400 } } });
}
