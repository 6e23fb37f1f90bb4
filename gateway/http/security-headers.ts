import type { FastifyInstance } from 'fastify';

/** What every answer carries; a page brings its own policy. */
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  // Whatever may be kept says so itself.
  'cache-control': 'no-store',
} as const;

/** Sets the headers by which browsers hold other pages off. */
export function registerSecurityHeaders(http: FastifyInstance): void {
  http.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
}
