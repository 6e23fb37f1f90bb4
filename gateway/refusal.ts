import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode } from '../subgraphs/kit/errors.ts';

/** What a refusal may say besides its code. */
export interface RefusalDetails {
  /** In place of the catalogue's sentence. */
  readonly message?: string;
  /** The configured limit that was passed. */
  readonly limit?: number;
  /** When to try again, in seconds. */
  readonly retryAfterSeconds?: number;
}

/** A refusal at the front door: GraphQL's form of an error, with the status and headers of its answer. */
export function refusal(code: ErrorCode, details: RefusalDetails = {}): GraphQLError {
  const { message = ERROR_CATALOGUE[code].meaning, limit, retryAfterSeconds } = details;
  const headers = new HeaderMap();
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  return new GraphQLError(message, {
    extensions: {
      code,
      ...(limit !== undefined && { limit }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      http: { status: ERROR_CATALOGUE[code].status, headers },
    },
  });
}

/** The status and headers of a refusal, which are no part of its body; undefined for any other error. */
export function httpOf(error: unknown): { readonly status: number; readonly headers: HeaderMap } | undefined {
  if (!(error instanceof GraphQLError)) return undefined;
  const { status, headers } = (error.extensions['http'] ?? {}) as { status?: number; headers?: HeaderMap };
  return status === undefined ? undefined : { status, headers: headers ?? new HeaderMap() };
}

/** The body of a refused request that never becomes an operation. */
export function refusalBody({ message, extensions: { http: _http, ...extensions } }: GraphQLError): object {
  return { errors: [{ message, extensions }] };
}
