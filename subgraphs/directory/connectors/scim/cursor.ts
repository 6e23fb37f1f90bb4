import { z } from 'zod';

const Mark = z.object({
  /** How many there were when all were last listed. */
  count: z.int().nonnegative(),
  /** The latest change that was seen, by the server's clock. */
  newest: z.iso.datetime().nullable(),
});
const Cursor = z.object({
  users: Mark,
  groups: Mark,
  /** When everything was last read, and when all ids were last listed: by our clock, in milliseconds. */
  fullAt: z.number(),
  sweptAt: z.number(),
  /** Whether the run has yet to come to its end. */
  isOpen: z.boolean(),
});

/** What the last run found, and when. */
export type Cursor = z.output<typeof Cursor>;
/** What the last run found of users or of groups. */
export type Mark = z.output<typeof Mark>;

/** Before the first run; read as open, it makes one start over. */
export const START: Cursor = {
  users: { count: 0, newest: null },
  groups: { count: 0, newest: null },
  fullAt: 0,
  sweptAt: 0,
  isOpen: true,
};

/** The cursor as it was written; undefined for none, and `START` for what is no cursor of ours. */
export function readCursor(cursor: string | undefined): Cursor | undefined {
  if (cursor === undefined) return undefined;
  try {
    return Cursor.safeParse(JSON.parse(cursor)).data ?? START;
  } catch {
    return START;
  }
}
