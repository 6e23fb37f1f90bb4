import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Log } from './connector.ts';
import type { SubgraphExecutor } from './execute.ts';
import type { SharedNonces } from './signing/nonces.ts';
import { REQUEST_ID_HEADER } from './signing/signature.ts';
import { requireSignature } from './signing/signed-routes.ts';
import { Verifier } from './signing/verifier.ts';
import { TIME_LEFT_HEADER, timeLeft } from './time-left.ts';
import { registerWebhooks, type WebhookReceiver } from './webhooks.ts';
import { WITHOUT_SCHEMAS } from './without-schemas.ts';

/** What a subgraph's own server is built of. */
export interface SubgraphServerParts {
  readonly name: string;
  readonly executor: SubgraphExecutor;
  /** Requests that are not signed with it are refused. */
  readonly secret: string;
  /** The secret before this one: good as well, while it is being changed. */
  readonly previousSecret?: string | undefined;
  /** Where other instances behind the same address remember which requests were made; each for itself without it. */
  readonly sharedNonces?: SharedNonces | undefined;
  readonly log: Log;
  /** What changed in the identity map since a cursor: the directory tells the other subgraphs. */
  readonly identities?: ((cursor: number) => object) | undefined;
  /** Takes what tools send to webhooks; without it nobody does. */
  readonly receive?: WebhookReceiver | undefined;
}

const Body = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

/** Representations of a large page of entities; the gateway is the only client. */
const BODY_LIMIT = 10_485_760;

/** Who asks is in a header, with all their groups. */
const HEADERS_LIMIT = 196_608;

/** A request that has not come by then is given up; the gateway itself waits less. */
const REQUEST_MS = 15_000;

/**
 * A subgraph as an HTTP server of its own, not yet listening: GraphQL for the gateway, and for nobody else; webhooks
 * for tools.
 */
export function createSubgraphServer(parts: SubgraphServerParts): FastifyInstance {
  const { log } = parts;
  const server = Fastify({
    schemaController: WITHOUT_SCHEMAS,
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestIdHeader: REQUEST_ID_HEADER,
    requestTimeout: REQUEST_MS,
    return503OnClosing: false,
    http: { maxHeaderSize: HEADERS_LIMIT },
  });
  server.get('/live', async () => ({ status: 'live' }));
  void server.register(async (routes) => registerSigned(routes, parts));
  registerWebhooks(server, parts.receive);
  server.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) log.error({ err: error, requestId: request.id, subgraph: parts.name }, 'a request failed');
    const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    void reply.status(status).send(refusal(code, 'The request could not be handled.'));
  });
  return server;
}

/** What comes of the work in time; undefined when it takes longer, or nothing of the time is left to begin with. */
async function within<Result>(work: () => Promise<Result>, ms: number): Promise<Result | undefined> {
  if (ms <= 0) return undefined;
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the gateway asks, and other subgraphs. */
function registerSigned(routes: FastifyInstance, parts: SubgraphServerParts): void {
  const { name, executor, secret, previousSecret, sharedNonces, log, identities } = parts;
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  const verifier = new Verifier(name, secrets, sharedNonces);
  const viewerOf = requireSignature(routes, { verifier, subgraph: name, log });
  routes.post('/graphql', async (request, reply) => {
    const body = Body.safeParse(readJson(request.body));
    if (!body.success) return reply.status(400).send(refusal('BAD_REQUEST', 'The body is no GraphQL request.'));
    const { query, variables, operationName } = body.data;
    const work = async () =>
      executor.execute(
        {
          query,
          variables: variables ?? undefined,
          operationName: operationName ?? undefined,
          requestId: request.id,
        },
        await executor.contextFor(viewerOf(request)),
      );
    const left = timeLeft(request.headers[TIME_LEFT_HEADER]);
    const answer = left === undefined ? await work() : await within(work, left - reply.elapsedTime);
    return answer ?? reply.status(504).send(refusal('SUBGRAPH_TIMEOUT', 'Nobody waits for this any more.'));
  });
  if (!identities) return;
  routes.get<{ Querystring: { after?: string } }>('/identities', async (request) => {
    const cursor = Number(request.query.after ?? 0);
    return identities(Number.isSafeInteger(cursor) && cursor >= 0 ? cursor : 0);
  });
}

function readJson(bytes: unknown): unknown {
  try {
    return Buffer.isBuffer(bytes) ? JSON.parse(bytes.toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

function refusal(code: string, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}
