import { z } from 'zod';
import type { Batch, Problem } from '../connector.ts';
import { toIso } from '../text/dates.ts';
import { clean, cleanLine } from '../text/plain.ts';

/** In bytes. Ids are made of keys, and longer ones are taken from no client. */
const MAX_KEY = 2_700;

/** What identifies an item: two of them must not become one by being mended, so that it is right or refused. */
export const Key = z
  .string()
  .min(1)
  .refine((key) => Buffer.byteLength(key) <= MAX_KEY, `is longer than ${MAX_KEY} bytes`)
  // oxlint-disable-next-line no-control-regex
  .refine((key) => key.isWellFormed() && !/[\u0000-\u001F\u007F]/.test(key), 'has characters that no key has');

/** A text on one line, mended where it is not; empty where nothing is left. */
export const Line = z.string().transform(cleanLine);

/** A text on one line that says something. */
export const Name = Line.refine((text) => text !== '', 'is empty');

/** A text of bounded length, without control characters. */
export const Text = z.string().transform(clean);

/** A text that may be absent; absent as well where it is no text. */
export const OptionalLine = Line.optional().catch(undefined);

/** A moment; absent where it is none. */
export const Moment = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? toIso(value) : undefined))
  .optional();

/** A count; 0 where it is none. */
export const Count = z.int().catch(0);

/** An account of a tool. */
export const AccountShape = z.object({ handle: Name, name: OptionalLine, mail: OptionalLine });

/**
 * Takes out of a batch what cannot be stored, each with a problem: connectors mend what tools say, and a fault of theirs
 * must not cost more than the one item. It is not kept as it was either: nobody can say who may read it now.
 */
export function guarded<Item extends { readonly key: string }>(
  batch: Batch<Item>,
  shape: z.ZodType<Item>,
): Batch<Item> {
  const upserts = new Map<string, Item>();
  const refused = new Set<string>();
  const problems: Problem[] = [];
  for (const given of batch.upserts) {
    const { success, data, error } = shape.safeParse(given);
    if (success) {
      upserts.set(data.key, data);
      continue;
    }
    const { data: key } = Key.safeParse((given as { readonly key?: unknown } | null)?.key);
    if (key !== undefined) refused.add(key);
    const [issue] = error.issues;
    const where = issue?.path.map(String).join('.') ?? '';
    problems.push({
      place: key === undefined ? `an item without a usable key (${problems.length + 1})` : cleanLine(key).slice(0, 500),
      reason: cleanLine(`the item cannot be stored: \`${where}\`: ${issue?.message ?? ''}`).slice(0, 500),
    });
  }
  return {
    ...batch,
    upserts: [...upserts.values()],
    deletes: [...batch.deletes, ...[...refused].filter((key) => !upserts.has(key))],
    problems: [...batch.problems, ...problems],
  };
}
