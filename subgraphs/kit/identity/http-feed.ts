import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import { NOBODY } from '../viewer.ts';
import { signViewer, VIEWER_HEADER } from '../viewer-token.ts';
import type { IdentityFeed } from './identity.ts';

const Changes = z.object({
  changed: z.array(
    z.object({
      person: z.string(),
      name: z.string(),
      active: z.boolean(),
      mails: z.array(z.string()),
      usernames: z.array(z.string()),
      aliases: z.array(z.object({ source: z.string(), handle: z.string() })),
      groups: z.array(z.string()),
    }),
  ),
  gone: z.array(z.string()),
  cursor: z.number(),
  more: z.boolean(),
});

/** The identity map from the directory's subgraph in its own process. */
export function httpIdentityFeed(address: string, secret: string): IdentityFeed {
  return {
    async changes(cursor, signal) {
      const url = new URL(`/identities?after=${cursor}`, address);
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
      try {
        const response = await fetch(url, {
          headers: { [VIEWER_HEADER]: signViewer(NOBODY, secret) },
          signal: deadline,
          redirect: 'error',
        });
        if (!response.ok) throw new Error(`status ${response.status}`);
        return Changes.parse(await response.json());
      } catch (error) {
        throw new ConnectorError('UNAVAILABLE', 'The directory subgraph does not give its identity map.', {
          cause: error,
        });
      }
    },
    close: () => undefined,
  };
}
