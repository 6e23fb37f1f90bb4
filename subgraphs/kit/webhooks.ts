import type { FastifyInstance, FastifyReply } from 'fastify';
import type { WebhookMessage } from './connector.ts';
import type { WebhookOutcome } from './sync/scheduler.ts';

/** Hands a message to whoever fills the source's store. */
export type WebhookReceiver = (source: string, message: WebhookMessage) => Promise<WebhookOutcome>;

const BODY_LIMIT = 1024 ** 2;

/** So many messages to one source may be under way; more are refused, for whatever they tell the next sync finds. */
const MAX_UNDER_WAY = 16;

const ANSWERS: Readonly<Record<WebhookOutcome | 'large' | 'flooded' | 'broken', readonly [number, string]>> = {
  accepted: [202, 'Accepted.'],
  refused: [401, 'The signature is missing or wrong.'],
  unknown: [404, 'No source of this name takes webhooks here.'],
  large: [413, 'The message is too large.'],
  flooded: [429, 'Too many messages at once.'],
  away: [503, 'Messages to this source cannot be taken now.'],
  broken: [400, 'The message cannot be read.'],
};

/**
 * Serves `POST /webhooks/:source`: tools tell of changes there. Who sends a message proves it by the tool's signature,
 * made over the raw body; that is the connector's to check.
 */
export function registerWebhooks(http: FastifyInstance, receive: WebhookReceiver = async () => 'away'): void {
  void http.register(async (routes) => {
    const underWay = new Map<string, number>();
    // Whatever it is, the signature is over its bytes.
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    routes.setErrorHandler((error, _request, reply) => {
      const { statusCode = 500 } = error as { statusCode?: number };
      if (statusCode >= 500) throw error;
      return answer(reply, statusCode === 413 ? 'large' : 'broken');
    });
    routes.route<{ Params: { source: string } }>({
      url: '/webhooks/:source',
      method: 'POST',
      bodyLimit: BODY_LIMIT,
      // Before the body is read: what is refused takes no memory.
      onRequest: async ({ params: { source } }, reply) => {
        const others = underWay.get(source) ?? 0;
        if (others >= MAX_UNDER_WAY) return answer(reply, 'flooded');
        underWay.set(source, others + 1);
        reply.raw.once('close', () => {
          const left = (underWay.get(source) ?? 1) - 1;
          if (left === 0) underWay.delete(source);
          else underWay.set(source, left);
        });
      },
      handler: async ({ params, headers, body }, reply) => {
        const message = {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
          ),
          body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
        };
        return answer(reply, await receive(params.source, message));
      },
    });
  });
}

function answer(reply: FastifyReply, outcome: keyof typeof ANSWERS): FastifyReply {
  const [status, message] = ANSWERS[outcome];
  if (outcome === 'flooded' || outcome === 'away') reply.header('retry-after', '30');
  return reply.status(status).send({ status: outcome, message });
}
