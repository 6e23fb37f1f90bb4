import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { GraphQLError } from 'graphql';
import type { Log } from '../../subgraphs/kit/connector.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../../subgraphs/kit/errors.ts';
import { httpOf, refusal, refusalBody } from '../refusal.ts';
import { pathOf } from './path.ts';

/** What GraphQL is asked by. */
const METHODS = 'GET, HEAD, POST, OPTIONS';

/** Codes of requests that Fastify refuses by itself; other 4xx are `BAD_REQUEST`. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'HEADERS_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
};

/** Requests that never become an operation are refused in the same form as operations that fail: GraphQL errors. */
export function registerRefusals(http: FastifyInstance, bodyBytes: number, log: Log): void {
  http.addHook('onRequest', (request, reply, done) => {
    // Before the body is read: whatever it is, it is not taken.
    if (!request.is404 || pathOf(request) !== '/graphql') return done();
    reply.header('allow', METHODS);
    send(reply, refusal('METHOD_NOT_ALLOWED'));
  });
  http.setNotFoundHandler((_request, reply) =>
    send(reply, refusal('NOT_FOUND', { message: 'Nothing is served here; GraphQL is at /graphql.' })),
  );
  http.setErrorHandler<FastifyError>((error, request, reply) => {
    if (httpOf(error)) return send(reply, error as unknown as GraphQLError);
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      const code = CODES[status] ?? 'BAD_REQUEST';
      return send(reply, refusal(code, code === 'PAYLOAD_TOO_LARGE' ? { limit: bodyBytes } : {}));
    }
    log.error({ err: error, requestId: request.id }, 'a request failed');
    return send(reply, refusal('INTERNAL_SERVER_ERROR'));
  });
}

/** Answers with a refusal. */
export function send(reply: FastifyReply, error: GraphQLError): FastifyReply {
  const { status, headers } = httpOf(error) ?? { status: 500, headers: [] };
  for (const [name, value] of headers) reply.header(name, value);
  return reply.status(status).type('application/json; charset=utf-8').send(refusalBody(error));
}

/** Answers what is no HTTP, or came too slowly: there is no request yet to reply to. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'REQUEST_TIMEOUT'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'HEADERS_TOO_LARGE'
        : 'BAD_REQUEST';
  const body = JSON.stringify(refusalBody(refusal(code)));
  socket.end(
    `HTTP/1.1 ${ERROR_CATALOGUE[code].status} ${code}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Cache-Control: no-store\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
