import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from '../subgraphs/kit/connector.ts';
import { ERROR_CATALOGUE } from '../subgraphs/kit/errors.ts';

/** Longest message a client is shown; validation errors can quote whole documents. */
const MAX_MESSAGE = 300;

/** What of an error a client gets: message, place and code of known ones; of others that there was one. */
export function formatError(log: Log): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const code = formatted.extensions?.['code'];
    if (typeof code === 'string' && code in ERROR_CATALOGUE && code !== 'INTERNAL_SERVER_ERROR') {
      const subgraph = formatted.extensions?.['serviceName'] ?? formatted.extensions?.['subgraph'];
      return {
        message: shortened(formatted.message),
        ...(formatted.locations && { locations: formatted.locations }),
        ...(formatted.path && { path: formatted.path }),
        extensions: { code, ...(typeof subgraph === 'string' && { subgraph }) },
      };
    }
    if (isBadRequest(error)) {
      return { message: 'The request is not one of GraphQL over HTTP.', extensions: { code: 'BAD_REQUEST' } };
    }
    const cause = unwrapResolverError(error);
    // What subgraphs say of themselves was logged where it happened.
    if (!(cause instanceof GraphQLError) || code !== 'INTERNAL_SERVER_ERROR') {
      log.error({ err: cause }, 'an operation failed');
    }
    return {
      message: 'Something went wrong on our side; the request id in the response header finds it in the log.',
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

/** Whether the server refused the request as the client's mistake, in words that are not in the catalogue. */
function isBadRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const status = (error.extensions['http'] as { status?: number } | undefined)?.status;
  return status !== undefined && status >= 400 && status < 500;
}

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)} …` : message;
}
