import { z } from 'zod';

/** A schema and all it wraps, outermost first: `optional`, `default` and their like. */
export function layersOf(schema: z.ZodType): z.ZodType[] {
  const layers = [schema];
  for (let layer = innerOf(schema); layer; layer = innerOf(layer)) layers.push(layer);
  return layers;
}

/** The schema without what it is wrapped in. */
export function coreOf(schema: z.ZodType): z.ZodType {
  return layersOf(schema).at(-1)!;
}

function innerOf(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodLazy
  ) {
    return schema.unwrap() as z.ZodType;
  }
  // What is written in the file is what goes into a transformation, unless it only prepares it.
  if (schema instanceof z.ZodPipe) return (schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType;
  return undefined;
}

/** Whether a schema is marked `.meta({ secret: true })`, on whatever layer. */
export function isSecret(schema: z.ZodType): boolean {
  return layersOf(schema).some((layer) => layer.meta()?.['secret'] === true);
}

/** The schema itself or, for a union, what it may be. */
export function branchesOf(schema: z.ZodType): z.ZodType[] {
  const core = coreOf(schema);
  return core instanceof z.ZodUnion ? (core.options as z.ZodType[]).flatMap(branchesOf) : [core];
}

/** The schemas that a value's part at `step` may have; none where the schema has no such part. */
function partsOf(schema: z.ZodType, step: string | number): z.ZodType[] {
  return branchesOf(schema).flatMap((branch): z.ZodType[] => {
    if (branch instanceof z.ZodObject) {
      const shape = branch.shape as Record<string, z.ZodType>;
      return Object.hasOwn(shape, step) ? [shape[step]!] : [];
    }
    if (branch instanceof z.ZodArray) return typeof step === 'number' ? [branch.element as z.ZodType] : [];
    if (branch instanceof z.ZodRecord) return [branch.valueType as z.ZodType];
    return [];
  });
}

/** The schemas at the end of a path. */
export function schemasAt(schema: z.ZodType, path: readonly (string | number)[]): z.ZodType[] {
  return path.reduce<z.ZodType[]>((schemas, step) => schemas.flatMap((each) => partsOf(each, step)), [schema]);
}

/** The keys a mapping of this schema may have. */
export function keysOf(schema: z.ZodType): string[] {
  return branchesOf(schema).flatMap((branch) => (branch instanceof z.ZodObject ? Object.keys(branch.shape) : []));
}

/**
 * Rebuilds a value with every text in it replaced by what `replace` gives for it.
 * @param replace is told whether the text is secret, and whether the schema knows of it at all.
 */
export function mapTexts(
  value: unknown,
  schemas: readonly z.ZodType[],
  replace: (text: string, at: { path: (string | number)[]; secret: boolean; known: boolean }) => string,
  path: (string | number)[] = [],
  inherited = false,
): unknown {
  const secret = inherited || schemas.some((schema) => branchesOf(schema).some(isSecret) || isSecret(schema));
  const part = (each: unknown, step: string | number) =>
    mapTexts(
      each,
      schemas.flatMap((schema) => partsOf(schema, step)),
      replace,
      [...path, step],
      secret,
    );
  if (typeof value === 'string') return replace(value, { path, secret, known: schemas.length > 0 });
  if (Array.isArray(value)) return value.map(part);
  if (typeof value !== 'object' || value === null) return value;
  // Entries and not assignments: a key `__proto__` must stay a key.
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, part(each, key)]));
}
