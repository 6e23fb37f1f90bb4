import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { refusal } from '../refusal.ts';
import type { ListSize, PriceList } from './price-list.ts';

/** A list whose length the schema says nothing of. */
const UNKNOWN_SIZE = 10;

/** What a question about the schema itself costs: its answer is as large as the schema. */
const INTROSPECTION_COST = 1_000;

/** What an operation is measured by. */
export interface CostParts {
  readonly schema: GraphQLSchema;
  readonly prices: PriceList;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced: with their defaults, and of the right types. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Largest page. */
  readonly pageSize: number;
}

/**
 * What an operation may cost at most, by the cost specification: an object 1 and a plain value 0 where the schema gives
 * no weight, lists as often as they may be long.
 * @throws PAGE_SIZE when a page is asked for that nobody gets.
 */
export function costOf(parts: CostParts): number {
  const root = parts.schema.getRootType(parts.operation.operation);
  return root ? new Estimate(parts).selectionSet(parts.operation.selectionSet, root, undefined) : 0;
}

/** The fields that have the size of the page around them. */
interface Page {
  readonly fields: readonly string[];
  readonly size: number;
}

class Estimate {
  readonly #parts: CostParts;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;

  constructor(parts: CostParts) {
    this.#parts = parts;
    this.#fragments = new Map(
      parts.document.definitions.flatMap((each) =>
        each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
      ),
    );
  }

  selectionSet({ selections }: SelectionSetNode, type: GraphQLNamedType, page: Page | undefined): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        cost += this.#field(selection, type, page);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      const inner = condition === undefined ? type : this.#parts.schema.getType(condition);
      if (fragment && inner) cost += this.selectionSet(fragment.selectionSet, inner, page);
    }
    return cost;
  }

  #field(node: FieldNode, type: GraphQLNamedType, page: Page | undefined): number {
    const name = node.name.value;
    if (name === '__schema' || name === '__type') return INTROSPECTION_COST;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    if (!field) return 0;
    const { weights, sizes } = this.#parts.prices;
    const key = `${type.name}.${name}`;
    const inner = getNamedType(field.type);
    const sizing = sizes.get(key);
    const asked = this.#askedSize(node, field, sizing);
    const isList = isListType(getNullableType(field.type));
    const times = !isList
      ? 1
      : page?.fields.includes(name)
        ? page.size
        : (asked ?? sizing?.assumedSize ?? UNKNOWN_SIZE);
    const below = sizing?.sizedFields && asked !== undefined ? { fields: sizing.sizedFields, size: asked } : undefined;
    const children =
      node.selectionSet && isCompositeType(inner) ? this.selectionSet(node.selectionSet, inner, below) : 0;
    const each = (weights.get(inner.name) ?? Number(isCompositeType(inner))) + children;
    // A field's own weight is for asking it at all, whatever it brings.
    return (weights.get(key) ?? 0) + times * each;
  }

  /** How long a list is asked for by its arguments: the longest of them. */
  #askedSize(node: FieldNode, field: GraphQLField<unknown, unknown>, sizing: ListSize | undefined): number | undefined {
    let size: number | undefined;
    for (const name of sizing?.slicingArguments ?? []) {
      const given = node.arguments?.find((each) => each.name.value === name)?.value;
      const value: unknown = given && valueFromASTUntyped(given, this.#parts.variables);
      const limit = this.#parts.pageSize;
      if (typeof value === 'number' && (value < 1 || value > limit)) {
        throw refusal('PAGE_SIZE', { message: `"${name}" must be from 1 to ${limit}, not ${value}.`, limit });
      }
      const asked = value ?? field.args.find((each) => each.name === name)?.defaultValue;
      if (typeof asked !== 'number') continue;
      size = Math.max(size ?? 0, asked);
    }
    return size;
  }
}
