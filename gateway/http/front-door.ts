import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { ShortWay } from '../answering/short-way.ts';
import type { Config } from '../config/schema.ts';
import type { GatewayContext } from '../context.ts';
import type { KnownOperations } from '../operations/known.ts';
import { refusal } from '../refusal.ts';
import { registerBody } from './body.ts';
import { registerCors } from './cors.ts';
import { couldBeForged } from './csrf.ts';
import { readEnvelope, readQuestion } from './envelope.ts';
import { watchLoad } from './load.ts';
import { MediaTypes } from './media-types.ts';
import { Pace } from './pace.ts';
import { pathOf } from './path.ts';
import type { Rate } from './rate.ts';
import { countedAddress } from './rate-limit.ts';
import { refuseConnection, registerRefusals, send } from './refusals.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import { WITHOUT_SCHEMAS } from '../../subgraphs/kit/without-schemas.ts';

/** How often the server looks for clients that are too slow, in ms. */
const LOOK_EVERY_MS = 500;

/** Asked by those who watch and route to this process, and by tools that sign what they send. */
const UNCOUNTED = /^\/(?:live|ready|state|metrics|webhooks\/)/;

/** Most characters of an id in an address. */
const MAX_PARAM = 200;

/** How requests are counted: a rate of its own for each name. */
export type RateOf = (name: string, limit: number) => Rate;

/**
 * The server before anything is served: how long it waits for a request, how much of it it takes, how it refuses.
 * `first` adds what sees requests before all of that.
 */
export function openFrontDoor<First>(
  config: Config,
  rateOf: RateOf,
  log: Log,
  first: (http: FastifyInstance) => First,
): { readonly http: FastifyInstance; readonly first: First } {
  const { limits, listen } = config;
  const http = Fastify({
    schemaController: WITHOUT_SCHEMAS,
    bodyLimit: limits.bodyBytes,
    logger: false,
    // What still comes on connections that are open is answered: see life.ts.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    trustProxy: listen.proxies.length > 0 ? listen.proxies : false,
    routerOptions: { maxParamLength: MAX_PARAM },
    requestTimeout: limits.requestMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: LOOK_EVERY_MS },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, _request, reply) =>
      void send(reply, refusal(error.statusCode === 414 ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST')),
  });
  const made = first(http);
  const addresses = rateOf('address', limits.requestsPerAddress);
  http.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  registerSecurityHeaders(http);
  http.addHook('onRequest', async (request) => {
    if (!UNCOUNTED.test(pathOf(request))) await addresses.take(countedAddress(request.ip));
  });
  registerCors(http, config.cors);
  registerRefusals(http, limits.bodyBytes, log);
  registerBody(http, limits.nesting);
  return { http, first: made };
}

/** What answers GraphQL. */
export interface GraphQLRoute {
  readonly config: Config;
  readonly rateOf: RateOf;
  readonly known: KnownOperations;
  readonly apollo: ApolloServer<GatewayContext>;
  /** For what the server answered before; undefined for: ask the server each time. */
  readonly shortWay: ShortWay | undefined;
  /** Establishes who asks. */
  readonly contextFor: (request: FastifyRequest, reply: FastifyReply) => Promise<GatewayContext>;
  /** The page a browser gets in the place of an answer; undefined for what is no browser. */
  readonly pageFor: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | undefined;
  /** Request headers that say who asks: answers differ by them. */
  readonly identityHeaders: readonly string[];
}

/** Serves `/graphql`. */
export function registerGraphQL(http: FastifyInstance, route: GraphQLRoute): void {
  const { limits, operations } = route.config;
  const pace = new Pace();
  const load = watchLoad(limits.eventLoopMs, pace);
  http.addHook('onClose', async () => load.stop());
  const viewers = route.rateOf('viewer', limits.requestsPerViewer);
  const envelope = { known: route.known, isKnownOnly: operations === 'known', nesting: limits.nesting };
  const vary = ['Accept', 'Origin', ...route.identityHeaders].join(', ');
  const mediaTypes = new MediaTypes();

  /** Who asks, counted: nobody in particular is counted by the address alone. */
  async function contextFor(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> {
    const context = await route.contextFor(request, reply);
    const { person, service } = context.viewer;
    const who = person ?? (service === undefined ? undefined : `service:${service}`);
    if (who !== undefined) await viewers.take(who);
    return context;
  }

  async function askServer(request: FastifyRequest, reply: FastifyReply, context: () => Promise<GatewayContext>) {
    const httpGraphQLRequest = readEnvelope(request, envelope);
    const answer = await route.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context });
    const { headers, body, status = 200 } = answer;
    if (status === 200) mediaTypes.learn(request.headers.accept, headers.get('content-type'));
    for (const [name, value] of headers) reply.header(name, value);
    // Nothing is ever answered in parts here.
    reply.status(status);
    return body.kind === 'complete' ? body.string : '';
  }

  http.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    onRequest(_request, reply, done) {
      if (load.isOver()) send(reply, refusal('OVERLOADED', { retryAfterSeconds: 1 }));
      else done();
    },
    async handler(request, reply) {
      const page = route.pageFor(request, reply);
      if (page) return page;
      reply.header('vary', vary);
      if (couldBeForged(request)) return send(reply, refusal('CSRF_REFUSED'));
      const turn = pace.turn();
      if (turn) {
        await turn;
        if (reply.raw.destroyed) return reply.hijack();
      }
      const { shortWay } = route;
      const mediaType = shortWay && mediaTypes.of(request.headers.accept);
      const question = mediaType === undefined ? undefined : readQuestion(request, envelope);
      if (!shortWay || mediaType === undefined || !question || !shortWay.mayKnow(question)) {
        return askServer(request, reply, () => contextFor(request, reply));
      }
      // Made once, whoever answers. If it cannot be made, the server says why.
      const context = contextFor(request, reply);
      const answer = await context.then(
        (made) => shortWay.answer(question, made),
        () => undefined,
      );
      if (!answer) return askServer(request, reply, () => context);
      reply.headers(answer.headers).header('content-type', mediaType);
      return answer.body;
    },
  });
}

/** The client's request id where it is a plain one, so that its log and ours can be read together; else our own. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}
