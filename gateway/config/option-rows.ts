import { z } from 'zod';
import { branchesOf, coreOf, isSecret, layersOf } from './zod-tree.ts';

/** One option, as a manual names it. */
export interface OptionRow {
  /** With what it is in: `listen.port`. */
  readonly name: string;
  /** `text`, `whole number, 1 to 100`, `list of text`. */
  readonly type: string;
  /** The value it has when nothing is written; undefined for none. */
  readonly fallback: unknown;
  readonly isRequired: boolean;
  readonly about: string;
}

/** All options of a schema, those of mappings inside it by their full names. */
export function optionRows(schema: z.ZodType, prefix = ''): OptionRow[] {
  return branchesOf(schema).flatMap((branch) =>
    branch instanceof z.ZodObject
      ? Object.entries(branch.shape as Record<string, z.ZodType>).flatMap(([key, each]) =>
          rowsOf(`${prefix}${key}`, each),
        )
      : [],
  );
}

function rowsOf(name: string, schema: z.ZodType): OptionRow[] {
  if (coreOf(schema) instanceof z.ZodObject) return optionRows(schema, `${name}.`);
  const layers = layersOf(schema);
  const fallback = layers.find((layer) => layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault);
  return [
    {
      name,
      type: typeOf(schema) + (isSecret(schema) ? ', secret' : ''),
      fallback: fallback && (fallback as z.ZodDefault)._zod.def.defaultValue,
      isRequired: !schema.isOptional(),
      about: layers.map((layer) => layer.description).find((text) => text !== undefined) ?? '',
    },
  ];
}

function typeOf(schema: z.ZodType): string {
  const core = coreOf(schema);
  if (core instanceof z.ZodUnion) return [...new Set(branchesOf(core).map(typeOf))].join(' or ');
  if (core instanceof z.ZodArray) return `list of ${listed(core.element as z.ZodType)}`;
  if (core instanceof z.ZodRecord) return `mapping to ${listed(core.valueType as z.ZodType)}`;
  if (core instanceof z.ZodEnum) return core.options.map((option) => `\`${option}\``).join(', ');
  if (core instanceof z.ZodLiteral) return [...core.values].map((value) => `\`${String(value)}\``).join(', ');
  if (core instanceof z.ZodBoolean) return 'true or false';
  if (core instanceof z.ZodNumber) return numberType(core);
  if (core instanceof z.ZodURL) return 'address';
  if (core instanceof z.ZodString || core instanceof z.ZodStringFormat) return 'text';
  if (core instanceof z.ZodObject) return 'mapping';
  return 'any';
}

function listed(schema: z.ZodType): string {
  const type = typeOf(schema);
  // Said in the text, not in the table: what sources are takes a chapter of its own.
  return type === 'any' ? 'sources' : type;
}

function numberType(schema: z.ZodNumber): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = z.toJSONSchema(schema);
  const step = type === 'integer' ? 1 : 0;
  const from = limit(minimum ?? beyond(exclusiveMinimum, step));
  const to = limit(maximum ?? beyond(exclusiveMaximum, -step));
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (from !== undefined && to !== undefined) return `${kind}, ${from} to ${to}`;
  if (from !== undefined) return `${kind}, at least ${from}`;
  return to === undefined ? kind : `${kind}, at most ${to}`;
}

/** The first number inside an exclusive limit; among fractions there is none, and the limit must do. */
function beyond(exclusive: number | boolean | undefined, step: number): number | undefined {
  return typeof exclusive === 'number' ? exclusive + step : undefined;
}

/** Whole numbers have the smallest and largest exact ones as limits, which says nothing. */
function limit(value: number | undefined): number | undefined {
  return value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}
