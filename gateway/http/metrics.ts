import Fastify, { type FastifyInstance } from 'fastify';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/schema.ts';
import type { Metrics } from '../observe/metrics.ts';

/**
 * Serves `/metrics`: on a port of their own where one is configured, else on the gateway's while nobody from outside can
 * reach that. They name sources and codes, which are not everybody's business.
 * @returns the further server, where there is one.
 */
export async function serveMetrics(
  { metrics: { host, port }, listen }: Config,
  metrics: Metrics,
  gateway: FastifyInstance,
): Promise<FastifyInstance | undefined> {
  const register = (http: FastifyInstance) =>
    http.get('/metrics', async (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type(metrics.contentType)
        .send(await metrics.text()),
    );
  if (port === undefined) {
    if (isLoopback(listen.host)) register(gateway);
    return undefined;
  }
  const own = Fastify({ logger: false });
  register(own);
  await own.listen({ host, port });
  return own;
}
