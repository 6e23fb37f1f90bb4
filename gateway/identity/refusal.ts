import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';

/** Somebody who did not show who they are: 401, with what would be taken instead (RFC 6750). */
export function unauthenticated(message: string, error?: 'invalid_token' | 'invalid_request'): GraphQLError {
  const more =
    error === undefined ? '' : `, error="${error}", error_description="${message.replaceAll(/["\\]/g, "'")}"`;
  return refusal('UNAUTHENTICATED', 401, message, ['www-authenticate', `Bearer realm="atrium"${more}`]);
}

/** Nobody can tell who it is at the moment: 503. */
export function signInUnavailable(): GraphQLError {
  return refusal('SIGN_IN_UNAVAILABLE', 503, 'Who is asking cannot be established at the moment; ask again soon.', [
    'retry-after',
    '5',
  ]);
}

function refusal(code: string, status: number, message: string, header: [string, string]): GraphQLError {
  const headers = new HeaderMap();
  headers.set(...header);
  return new GraphQLError(message, { extensions: { code, http: { status, headers } } });
}
