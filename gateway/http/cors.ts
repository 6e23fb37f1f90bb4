import type { FastifyInstance } from 'fastify';
import { refusal } from '../refusal.ts';
import { send } from './refusals.ts';
import { isFor } from './path.ts';

/** How long a browser need not ask again whether it may, in seconds. */
const MAX_AGE = '7200';

/** Headers a page may send, and see. */
const SENT =
  'accept, authorization, content-type, apollo-require-preflight, x-apollo-operation-name, x-request-id, x-atrium-viewer';
const SEEN = 'retry-after, x-request-id';

/**
 * Lets pages of the listed origins ask, and no others. Nothing is allowed that a browser adds by itself, such as
 * cookies: who asks is said by a header.
 */
export function registerCors(http: FastifyInstance, allowed: readonly string[]): void {
  const origins = new Set(allowed.map((origin) => origin.toLowerCase()));
  http.addHook('onRequest', (request, reply, done) => {
    if (!isFor(request, '/graphql')) return done();
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && origins.has(origin.toLowerCase());
    if (isAllowed) {
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': SEEN,
        'cross-origin-resource-policy': 'cross-origin',
      });
    }
    if (request.method !== 'OPTIONS') return done();
    if (origin !== undefined && !isAllowed) return void send(reply, refusal('ORIGIN_REFUSED'));
    reply
      .headers({
        allow: 'GET, HEAD, POST, OPTIONS',
        ...(isAllowed && {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': SENT,
          'access-control-max-age': MAX_AGE,
        }),
      })
      .status(204)
      .send();
  });
}
