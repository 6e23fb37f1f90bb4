import { GraphQLError } from 'graphql';
import type { ErrorCode } from './errors.ts';

/** A failure the client can do something about: its message is shown as it is. */
export function requestError(code: ErrorCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
