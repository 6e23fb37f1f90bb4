import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '../connector.ts';
import type { Viewer } from '../viewer.ts';
import { REQUEST_ID_HEADER, SIGNATURE_HEADER } from './signature.ts';
import type { Refusal, SignedRequest, Verifier } from './verifier.ts';

const MESSAGES: Readonly<Record<Refusal | 'changed', string>> = {
  unsigned: 'Requests must be signed by the gateway.',
  old: 'The signature is too old, or from the future: do the clocks differ?',
  replayed: 'The signature was used before.',
  flooded: 'There were more requests than can be told from repeated ones.',
  changed: 'The body is not the one that was signed.',
};

/**
 * Has all routes of this scope answer nobody but the gateway: what is not signed is refused before its body is read.
 * Bodies reach handlers as the bytes they are.
 * @returns who asks, by the request.
 */
export function requireSignature(
  routes: FastifyInstance,
  parts: { readonly verifier: Verifier; readonly subgraph: string; readonly log: Log },
): (request: FastifyRequest) => Viewer {
  const { verifier, subgraph, log } = parts;
  const signed = new WeakMap<FastifyRequest, SignedRequest>();
  // The signature is over the bytes, whatever they are called.
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  routes.addHook('onRequest', async (request, reply) => {
    const { method, headers, raw } = request;
    const requestId = headers[REQUEST_ID_HEADER];
    const line = { method, path: raw.url ?? '', requestId: typeof requestId === 'string' ? requestId : '' };
    const result = await verifier.verify(line, headers[SIGNATURE_HEADER]);
    if (typeof result !== 'string') {
      signed.set(request, result);
      return undefined;
    }
    // What a stranger sends must not fill the log.
    if (result !== 'unsigned') log.warn({ subgraph, requestId: request.id }, MESSAGES[result]);
    return reply.status(401).send(refusal(result));
  });
  routes.addHook('preHandler', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return signed.get(request)?.isBody(body) ? undefined : reply.status(401).send(refusal('changed'));
  });
  return (request) => {
    const found = signed.get(request);
    if (!found) throw new Error('A request without a signature came through.');
    return found.viewer;
  };
}

function refusal(why: keyof typeof MESSAGES) {
  return { errors: [{ message: MESSAGES[why], extensions: { code: 'UNAUTHENTICATED' } }] };
}
