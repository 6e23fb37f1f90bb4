import type { ApolloServerPlugin } from '@apollo/server';
import { acceptQuality } from '../http/accept.ts';

/** What GraphQL over HTTP answers by 200 to clients that want plain JSON: the document was no good. */
const LENIENT: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

const STRICT_TYPE = 'application/graphql-response+json';

/**
 * Answers documents that cannot be executed by 200 where the client asks for `application/json` by name, as GraphQL
 * over HTTP recommends for old clients; by 400 for all others. Refusals at the front door are 4xx for everybody.
 */
export function lenientStatus(): ApolloServerPlugin {
  return {
    async requestDidStart({ request }) {
      return {
        async willSendResponse({ response, errors = [] }) {
          if (response.http.status !== 400 || errors.length === 0) return;
          const accept = request.http?.headers.get('accept');
          const quality = acceptQuality(accept, 'application/json');
          if (quality === 0 || quality < acceptQuality(accept, STRICT_TYPE)) return;
          if (errors.every(({ extensions }) => LENIENT.has(extensions['code']))) response.http.status = 200;
        },
      };
    },
  };
}
