/** Options that many connectors have; what each of them means is described where it is used. */
import { z } from 'zod';
import { toReader } from './text/accounts.ts';

/** Who may read something, as a configuration names them. */
export const Readers = z
  .array(z.string().refine((text) => toReader(text) !== undefined, 'must be everyone, group:<name> or person:<handle>'))
  .min(1);

/** A key or token: it is sent as a header. */
export const Printable = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be of ASCII letters, digits and signs, without blanks');

/**
 * The address a tool is asked at. Paths are added to it, so that nothing may follow it; what somebody logs in by has
 * options of its own, which are kept out of logs.
 */
export function toolUrl(message = 'must be an address alone, without user, `?` and `#`') {
  return z.url({ protocol: /^https?$/, abort: true }).refine(
    (url) => {
      const { username, password, search, hash } = new URL(url);
      return `${username}${password}${search}${hash}` === '';
    },
    { message, abort: true },
  );
}

/** What is done about items of which the tool cannot be asked whether the viewer may still read them. */
export type OnUnverifiable = 'hide' | 'show';

/** How a tool that lets a service act as somebody is asked whether they may still read what is restricted. */
export interface ConfirmOptions {
  readonly seconds: number;
  readonly onUnverifiable: OnUnverifiable;
  readonly waitMs: number;
  readonly perMinute: number;
}

/** The options of live confirmation. @param perMinute what the tool's own limits leave room for */
export function confirmOptions(perMinute: number) {
  return z
    .strictObject({
      seconds: z
        .int()
        .min(0)
        .max(3_600)
        .default(60)
        .describe(
          'Ask the tool live, in the viewer’s name, whether they may still read what is restricted, and rely on its word for so many seconds; 0 for never: then a right withdrawn there counts from the next sync on.',
        ),
      onUnverifiable: z
        .enum(['hide', 'show'])
        .default('hide')
        .describe(
          'Whether restricted items are shown, to those who could read them at the last sync, when the tool cannot be asked, or the viewer has no account there.',
        ),
      waitMs: z
        .int()
        .min(50)
        .max(60_000)
        .default(2_000)
        .describe('An answer waits so many milliseconds for the tool’s word; a later one counts for the next answer.'),
      perMinute: z
        .int()
        .positive()
        .default(perMinute)
        .describe('Such questions a minute at most, for all viewers; each takes some of the requests of `perMinute`.'),
    })
    .prefault({})
    .describe('Live confirmation of rights.');
}
