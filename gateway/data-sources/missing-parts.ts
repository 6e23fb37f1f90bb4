import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql';
import { readTypeDefs } from '../../subgraphs/kit/schema.ts';

/** The fields of each type of a subgraph that may be null. */
type Nullable = ReadonlyMap<string, ReadonlySet<string>>;

const known = new Map<string, Nullable>();

/**
 * What stands for the entities of a subgraph that does not answer: null for each field asked for, where all of these may
 * be null; else no entity. Without it the gateway would not ask another subgraph what requires those fields, though it
 * can make something of the rest: people are ranked by the areas that did answer. (Apollo Router does the same.)
 *
 * Undefined for a fetch that is not one of entities.
 */
export function missingEntities(
  subgraph: string,
  query: string | undefined,
  representations: unknown,
): { _entities: (object | null)[] } | undefined {
  if (!Array.isArray(representations) || query === undefined) return undefined;
  const document = parse(query, { noLocation: true });
  const missing = new Map<string, object | null>();
  return {
    _entities: representations.map((representation: { __typename: string }) => {
      const type = representation.__typename;
      if (!missing.has(type)) missing.set(type, missingEntity(type, document, nullableFieldsOf(subgraph)));
      const entity = missing.get(type);
      // The gateway writes on what it gets: each place needs an object of its own.
      return entity ? { ...entity } : null;
    }),
  };
}

function missingEntity(type: string, document: DocumentNode, nullable: Nullable): object | null {
  const fields = nullable.get(type);
  const entity: Record<string, unknown> = {};
  const fragments = new Map(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );

  /** @returns whether all that is selected may be null. */
  function addNulls({ selections }: SelectionSetNode): boolean {
    return selections.every((selection) => {
      if (selection.kind === Kind.FIELD) {
        const name = selection.name.value;
        entity[selection.alias?.value ?? name] = name === '__typename' ? type : null;
        return name === '__typename' || fields?.has(name) === true;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) return false;
      const condition = fragment.typeCondition?.name.value;
      return condition !== undefined && condition !== type ? true : addNulls(fragment.selectionSet);
    });
  }

  const [entities] = document.definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? each.selectionSet.selections : [],
  );
  if (entities?.kind !== Kind.FIELD || !entities.selectionSet) return null;
  return addNulls(entities.selectionSet) ? entity : null;
}

function nullableFieldsOf(subgraph: string): Nullable {
  let nullable = known.get(subgraph);
  if (!nullable) {
    const types = readTypeDefs(subgraph).definitions.flatMap((each) =>
      each.kind === Kind.OBJECT_TYPE_DEFINITION || each.kind === Kind.OBJECT_TYPE_EXTENSION ? [each] : [],
    );
    const fields = Map.groupBy(types, ({ name }) => name.value);
    nullable = new Map(
      [...fields].map(([type, definitions]) => [
        type,
        new Set(
          definitions.flatMap((each) =>
            (each.fields ?? []).flatMap((field) => (field.type.kind === Kind.NON_NULL_TYPE ? [] : [field.name.value])),
          ),
        ),
      ]),
    );
    known.set(subgraph, nullable);
  }
  return nullable;
}
