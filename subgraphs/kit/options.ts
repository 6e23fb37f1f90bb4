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
