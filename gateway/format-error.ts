import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from '../subgraphs/kit/connector.ts';
import { ERROR_CATALOGUE } from '../subgraphs/kit/errors.ts';
import { httpOf } from './refusal.ts';

/** Longest message a client is shown; validation errors can quote whole documents. */
const MAX_MESSAGE = 200;

/** What graphql-js adds of names that are in the schema to one that is not. */
const SUGGESTION = / ?Did you mean [^]+\?$/;

/** What the planner says of a document that graphql-js takes, and it does not. */
const PLANNER_REFUSED = 'INVALID_GRAPHQL';

/** What else of an error's extensions is for clients: which limit was passed, when to try again. */
const NUMBERS = ['limit', 'retryAfterSeconds'] as const;

/**
 * What of an error a client gets: message, place and code of known ones; of others that there was one.
 * @param suggest whether names of the schema may be suggested to who mistypes one
 */
export function formatError(
  log: Log,
  suggest: boolean,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    const given = formatted.extensions?.['code'];
    const code = given === PLANNER_REFUSED ? 'GRAPHQL_VALIDATION_FAILED' : given;
    if (typeof code === 'string' && code in ERROR_CATALOGUE && code !== 'INTERNAL_SERVER_ERROR') {
      const subgraph = formatted.extensions?.['serviceName'] ?? formatted.extensions?.['subgraph'];
      return {
        message: shortened(suggest ? formatted.message : formatted.message.replace(SUGGESTION, '')),
        ...(formatted.locations && { locations: formatted.locations }),
        ...(formatted.path && { path: formatted.path }),
        extensions: { code, ...numbersOf(formatted), ...(typeof subgraph === 'string' && { subgraph }) },
      };
    }
    const status = httpOf(error)?.status ?? 500;
    // Refused by the server as the client's mistake, in words that are not in the catalogue.
    if (status >= 400 && status < 500) {
      return { message: 'The request is not one of GraphQL over HTTP.', extensions: { code: 'BAD_REQUEST' } };
    }
    const cause = unwrapResolverError(error);
    // What subgraphs say of themselves, by its code, was logged where it happened.
    if (!(cause instanceof GraphQLError) || cause.extensions['code'] !== 'INTERNAL_SERVER_ERROR') {
      log.error({ err: cause }, 'an operation failed');
    }
    return {
      message: 'Something went wrong on our side; the request id in the response header finds it in the log.',
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };
}

function numbersOf({ extensions }: GraphQLFormattedError): Record<string, number> {
  return Object.fromEntries(
    NUMBERS.flatMap((name) => (typeof extensions?.[name] === 'number' ? [[name, extensions[name]]] : [])),
  );
}

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 2)} …` : message;
}
