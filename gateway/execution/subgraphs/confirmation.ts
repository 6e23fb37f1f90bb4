import { z } from 'zod';
import type { ConfirmationNote } from '../../../subgraphs/kit/live/confirmation.ts';
import { SubgraphFailure } from './client.ts';

const Note = z.object({
  unconfirmed: z.array(z.string()).max(1_000),
  seconds: z.number().min(0).optional(),
});

/**
 * What one of our subgraphs says of tools that it asked live; undefined when it asked none.
 * @throws SubgraphFailure when it cannot be understood: the answer may be good for less long than others.
 */
export function readConfirmation(extensions: unknown): ConfirmationNote | undefined {
  const said = (extensions as { confirmation?: unknown } | null | undefined)?.confirmation;
  if (said === undefined || said === null) return undefined;
  const { data } = Note.safeParse(said);
  if (!data) throw new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', 'What was confirmed cannot be understood.');
  return { unconfirmed: data.unconfirmed, seconds: data.seconds };
}
