import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError } from '../errors.ts';
import { signRequest } from '../signing/signature.ts';
import { NOBODY } from '../viewer.ts';
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
      const path = `/identities?after=${cursor}`;
      const request = { subgraph: 'directory', method: 'GET', path, body: '', viewer: NOBODY, requestId: randomUUID() };
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
      try {
        const response = await fetch(new URL(path, address), {
          headers: signRequest(request, secret),
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
