import { Kind, visit, type DocumentNode, type FieldNode, type OperationDefinitionNode } from 'graphql';
import type { Joins } from './joins.ts';
import type { Path } from './run.ts';

/** What the fields of an operation are called while it is planned and run. */
export interface PlannedNames {
  /** The document as it is planned: its fields have these names. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The name a field has in plans and in what subgraphs send. */
  readonly of: (field: FieldNode) => string;
  /** A path of such names, as the client knows it. */
  readonly asAsked: (path: Path) => Path;
}

/**
 * Keeps what the client names apart from what plans fetch for keys and `@requires`.
 *
 * The planner merges both by name alone: with `{ price: title }` or `{ price(currency: "EUR") }` asked for, and `price`
 * required beside it, one of the two is fetched and taken for both. The client would get wrong values, or hand a
 * subgraph a key of its own choice. Names that can clash so are changed before planning, and back in the answer.
 */
export function planNames(document: DocumentNode, operation: OperationDefinitionNode, joins: Joins): PlannedNames {
  const all = new Set(joins.required);
  let clashes = false;
  const isClash = (field: FieldNode): boolean => {
    const name = responseName(field);
    return joins.required.has(name) && (name !== field.name.value || joins.withArguments.has(name));
  };
  visit(document, {
    Field(field) {
      all.add(responseName(field));
      clashes ||= isClash(field);
    },
  });
  if (!clashes) return { document, operation, of: responseName, asAsked: (path) => path };

  let prefix = 'asked_';
  while ([...all].some((name) => name.startsWith(prefix))) prefix = `asked_${prefix}`;
  const of = (field: FieldNode): string => (isClash(field) ? prefix : '') + responseName(field);
  let planned = operation;
  const definitions = document.definitions.map((definition) => {
    const changed = visit(definition, {
      Field: {
        leave: (field) => (isClash(field) ? { ...field, alias: { kind: Kind.NAME, value: of(field) } } : undefined),
      },
    });
    if (definition === operation) planned = changed as OperationDefinitionNode;
    return changed;
  });
  return {
    document: { ...document, definitions },
    operation: planned,
    of,
    asAsked: (path) =>
      path.map((step) => (typeof step === 'string' && step.startsWith(prefix) ? step.slice(prefix.length) : step)),
  };
}

/** The name a field has in the answer. */
export function responseName({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value;
}
