import {
  Kind,
  parse,
  valueFromASTUntyped,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
} from 'graphql';

/** How long the list of a field may be (`@listSize` of the cost specification). */
export interface ListSize {
  readonly assumedSize?: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

/** What the schema says of its fields' cost: `@cost` and `@listSize`, by `Type.field`, types by their name. */
export interface PriceList {
  readonly weights: ReadonlyMap<string, number>;
  readonly sizes: ReadonlyMap<string, ListSize>;
}

const COST_SPECIFICATION = 'https://specs.apollo.dev/cost/';

/** Reads the prices out of a supergraph, where composition keeps them; without them, all is at its default. */
export function readPriceList(supergraph: string): PriceList {
  const document = parse(supergraph, { noLocation: true });
  const { cost, listSize } = directiveNames(document);
  const weights = new Map<string, number>();
  const sizes = new Map<string, ListSize>();
  for (const definition of document.definitions) {
    if (!('name' in definition) || !definition.name || !('directives' in definition)) continue;
    const type = definition.name.value;
    const weight = argumentsOf(definition.directives, cost)?.['weight'];
    if (typeof weight === 'number') weights.set(type, weight);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      readField(`${type}.${field.name.value}`, field);
    }
  }
  return { weights, sizes };

  function readField(key: string, field: FieldDefinitionNode): void {
    const weight = argumentsOf(field.directives, cost)?.['weight'];
    if (typeof weight === 'number') weights.set(key, weight);
    const size = argumentsOf(field.directives, listSize);
    if (size) sizes.set(key, size);
  }
}

/** What the two directives are called in this supergraph. */
function directiveNames(document: DocumentNode): { cost: string; listSize: string } {
  const directives = document.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? [])
      : [],
  );
  const links = directives.map((directive) => argumentsOf([directive], 'link') ?? {});
  const link = links.find(({ url }) => typeof url === 'string' && url.startsWith(COST_SPECIFICATION));
  const namespace = typeof link?.['as'] === 'string' ? link['as'] : 'cost';
  const imported = (name: string, otherwise: string): string => {
    for (const each of Array.isArray(link?.['import']) ? (link['import'] as unknown[]) : []) {
      if (each === `@${name}`) return name;
      const { name: of, as = of } = (each ?? {}) as { name?: string; as?: string };
      if (of === `@${name}` && as !== undefined) return as.slice(1);
    }
    return otherwise;
  };
  return { cost: imported('cost', namespace), listSize: imported('listSize', `${namespace}__listSize`) };
}

function argumentsOf(
  directives: readonly DirectiveNode[] | undefined,
  name: string,
): Record<string, unknown> | undefined {
  const found = directives?.find((each) => each.name.value === name);
  if (!found) return undefined;
  return Object.fromEntries((found.arguments ?? []).map((each) => [each.name.value, valueFromASTUntyped(each.value)]));
}
