import Fastify, { type FastifyInstance } from 'fastify';
import { isLoopback } from '../config/loopback.ts';
import type { Config } from '../config/schema.ts';
import { WITHOUT_SCHEMAS } from '../../subgraphs/kit/without-schemas.ts';

/** Figures in Prometheus' text format. */
export interface Figures {
  readonly contentType: string;
  text(): Promise<string>;
}

/**
 * Serves `/metrics` on the gateway's port, unless they have one of their own, and only while nobody from outside can
 * reach it: they name sources and codes, which are not everybody's business.
 */
export function registerMetrics(gateway: FastifyInstance, { metrics, listen }: Config, figures: Figures): void {
  if (metrics.port === undefined && isLoopback(listen.host)) serve(gateway, figures);
}

/** Serves `/metrics` on a port of their own, where one is configured. */
export async function listenForMetrics(
  { metrics: { host, port } }: Config,
  figures: Figures,
): Promise<FastifyInstance | undefined> {
  if (port === undefined) return undefined;
  const own = Fastify({ logger: false, schemaController: WITHOUT_SCHEMAS });
  serve(own, figures);
  await own.listen({ host, port });
  return own;
}

function serve(http: FastifyInstance, figures: Figures): void {
  http.get('/metrics', async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(figures.contentType)
      .send(await figures.text()),
  );
}
