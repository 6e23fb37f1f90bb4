import {
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ErrorCode } from '../../subgraphs/kit/errors.ts';
import { refusal } from '../refusal.ts';
import type { OperationLimits } from './limits.ts';
import { countMerges } from './merges.ts';

/** What a selection comes to with its fragments spread out. */
interface Extent {
  readonly selections: number;
  readonly aliases: number;
  /** Fields at its top. */
  readonly fields: number;
  /** Levels of fields. */
  readonly depth: number;
}

const NOTHING: Extent = { selections: 0, aliases: 0, fields: 0, depth: 0 };

/** Fields about the schema itself; validation has limits of its own for what is below them. */
const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type']);

/**
 * Refuses a document by its shape alone, before it is validated. Each fragment is measured once, however often it is
 * spread: fragments that double cost no more than their text.
 * @throws TOO_MANY_OPERATIONS, TOO_MANY_FRAGMENTS, TOO_MANY_DIRECTIVES, TOO_MANY_SELECTIONS, TOO_MANY_ALIASES,
 * TOO_MANY_ROOT_FIELDS, TOO_MANY_MERGES, QUERY_TOO_DEEP, GRAPHQL_VALIDATION_FAILED
 */
export function checkShape(document: DocumentNode, limits: OperationLimits): void {
  const operations: OperationDefinitionNode[] = [];
  const fragments = new Map<string, FragmentDefinitionNode>();
  let fragmentCount = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    fragmentCount++;
    fragments.set(definition.name.value, definition);
  }
  atMost(limits.operations, operations.length, 'TOO_MANY_OPERATIONS');
  atMost(limits.fragments, fragmentCount, 'TOO_MANY_FRAGMENTS');
  atMost(limits.directives, countDirectives(document), 'TOO_MANY_DIRECTIVES');
  const measure = new Measure(fragments);
  // Fragments nobody spreads are measured too: validation walks through them before it says that they are not used.
  for (const [name, { selectionSet }] of fragments) {
    atMost(limits.selections, measure.fragment(name).selections, 'TOO_MANY_SELECTIONS');
    atMost(limits.merges, countMerges([selectionSet], fragments), 'TOO_MANY_MERGES');
  }
  for (const { selectionSet } of operations) {
    const { selections, aliases, fields, depth } = measure.selectionSet(selectionSet);
    atMost(limits.selections, selections, 'TOO_MANY_SELECTIONS');
    atMost(limits.aliases, aliases, 'TOO_MANY_ALIASES');
    atMost(limits.rootFields, fields, 'TOO_MANY_ROOT_FIELDS');
    atMost(limits.depth, depth, 'QUERY_TOO_DEEP');
    atMost(limits.merges, countMerges([selectionSet], fragments), 'TOO_MANY_MERGES');
  }
}

/** Whether an operation asks about the schema itself. */
export function asksForSchema(document: DocumentNode): boolean {
  let found = false;
  visit(document, { Field: ({ name }) => void (found ||= INTROSPECTION.has(name.value)) });
  return found;
}

function atMost(limit: number, actual: number, code: ErrorCode): void {
  if (actual > limit) throw refusal(code, { limit });
}

function countDirectives(document: DocumentNode): number {
  let count = 0;
  visit(document, { Directive: () => void count++ });
  return count;
}

/** Measures selections; numbers grow beyond all measure with fragments that double, and are none the worse for it. */
class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, Extent>();
  /** Fragments being measured. */
  readonly #open = new Set<string>();

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#fragments = fragments;
  }

  fragment(name: string): Extent {
    const known = this.#known.get(name);
    if (known) return known;
    // Validation would say the same, but only after it has gone round and round.
    if (this.#open.has(name)) throw refusal('GRAPHQL_VALIDATION_FAILED', { message: 'A fragment spreads itself.' });
    this.#open.add(name);
    const fragment = this.#fragments.get(name);
    const extent = fragment ? this.selectionSet(fragment.selectionSet) : NOTHING;
    this.#open.delete(name);
    this.#known.set(name, extent);
    return extent;
  }

  selectionSet({ selections }: SelectionSetNode): Extent {
    let sum = NOTHING;
    for (const selection of selections) {
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? this.fragment(selection.name.value)
          : selection.selectionSet
            ? this.selectionSet(selection.selectionSet)
            : NOTHING;
      const isField = selection.kind === Kind.FIELD;
      const depth = isField ? 1 + (INTROSPECTION.has(selection.name.value) ? 0 : inner.depth) : inner.depth;
      sum = {
        selections: sum.selections + 1 + inner.selections,
        aliases: sum.aliases + inner.aliases + Number(isField && selection.alias !== undefined),
        fields: sum.fields + (isField ? 1 : inner.fields),
        depth: Math.max(sum.depth, depth),
      };
    }
    return sum;
  }
}
