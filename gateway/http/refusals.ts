import type { FastifyError, FastifyInstance } from 'fastify';
import type { Log } from '../../subgraphs/kit/connector.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../../subgraphs/kit/errors.ts';

/** Requests that never become an operation are refused in the same form as operations that fail: GraphQL errors. */
export function registerRefusals(http: FastifyInstance, log: Log): void {
  http.setNotFoundHandler((_request, reply) => {
    void reply.status(404).send(refusal('NOT_FOUND', 'Nothing is served here; GraphQL is at /graphql.'));
  });
  http.route({
    url: '/graphql',
    method: ['PUT', 'PATCH', 'DELETE'],
    // Before the body is read: whatever it is, it is not taken.
    onRequest: async (_request, reply) =>
      reply
        .status(405)
        .header('allow', 'GET, HEAD, POST, OPTIONS')
        .send(refusal('METHOD_NOT_ALLOWED', ERROR_CATALOGUE.METHOD_NOT_ALLOWED.meaning)),
    handler: () => undefined,
  });
  http.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) {
      void reply.status(413).send(refusal('PAYLOAD_TOO_LARGE', 'The request body is larger than this server takes.'));
    } else if (status >= 400 && status < 500) {
      void reply.status(status).send(refusal('BAD_REQUEST', 'The body is not the JSON of a GraphQL request.'));
    } else {
      log.error({ err: error, requestId: request.id }, 'a request failed');
      void reply.status(500).send(refusal('INTERNAL_SERVER_ERROR', ERROR_CATALOGUE.INTERNAL_SERVER_ERROR.meaning));
    }
  });
}

function refusal(code: ErrorCode, message: string) {
  return { errors: [{ message, extensions: { code } }] };
}
