import { z } from 'zod';

/** Where a sync goes on. */
export interface Cursor {
  /** Fingerprint of the options that the items were made with. */
  readonly settings: string;
  /** Changes before this moment, by the wiki's clock, are in the store. */
  readonly since: string;
  /** When the last whole walk began, by the wiki's clock. */
  readonly walkedAt?: string | undefined;
  /** There were pages. */
  readonly had: boolean;
  /** A walk cut short, and where: in which namespace, from which title on. */
  readonly walk?: Walk | undefined;
}

/** How far a walk has come. */
export interface Walk {
  readonly space: number;
  readonly from?: string | undefined;
  /** It has seen a page; it has seen one that may be read. */
  readonly any: boolean;
  readonly read: boolean;
}

const Shape = z.object({
  settings: z.string(),
  since: z.iso.datetime(),
  walkedAt: z.iso.datetime().optional(),
  had: z.boolean(),
  walk: z.object({ space: z.int(), from: z.string().optional(), any: z.boolean(), read: z.boolean() }).optional(),
});

/** The cursor as the store keeps it. */
export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor);
}

/** Undefined for none, and for one of another release: everything is read anew. */
export function readCursor(cursor: string | undefined): Cursor | undefined {
  try {
    return Shape.safeParse(JSON.parse(cursor ?? 'null')).data;
  } catch {
    return undefined;
  }
}
