import { InvalidAsn1Error, MessageParserError, ResultCodeError } from 'ldapts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';

/** Result codes of RFC 4511, section 4.1.9, that are told apart. */
export const RESULT = { sizeLimitExceeded: 4, noSuchObject: 32 } as const;

/** The result code of what the library threw; undefined when no server answered. */
export function resultCode(error: unknown): number | undefined {
  return error instanceof ResultCodeError ? error.code : undefined;
}

const BY_RESULT: Readonly<Record<number, readonly [code: ConnectorErrorCode, sentence: string]>> = {
  1: ['UNAUTHORIZED', 'the server asks for a login first; set `bindDn` and `password`'],
  3: ['UNAVAILABLE', 'the server took longer than it allows itself for a search'],
  7: ['MISCONFIGURED', 'the server takes no passwords this way'],
  8: ['MISCONFIGURED', 'the server wants an encrypted connection; set `startTls`, or an ldaps:// address as `url`'],
  10: ['MISCONFIGURED', 'what is asked for lies on another server; set `url` to that one, referrals are not followed'],
  11: ['MISCONFIGURED', 'the server allows only smaller pages; lower `pageSize`'],
  13: ['MISCONFIGURED', 'the server wants an encrypted connection; set `startTls`, or an ldaps:// address as `url`'],
  34: ['MISCONFIGURED', 'a DN is not written as one; look at `bindDn`, `baseDn` and `groupsBaseDn`'],
  48: ['UNAUTHORIZED', 'the server lets nobody in this way; set `bindDn` and `password`'],
  49: ['UNAUTHORIZED', 'the server refuses `bindDn` with this `password`'],
  50: ['FORBIDDEN', 'the account lacks the right to read here'],
  51: ['UNAVAILABLE', 'the server is busy'],
  52: ['UNAVAILABLE', 'the server is shutting down'],
  53: ['FORBIDDEN', 'the server is unwilling to do what is asked for with this account'],
};

const BY_NETWORK: Readonly<Record<string, readonly [code: ConnectorErrorCode, sentence: string]>> = {
  ENOTFOUND: ['MISCONFIGURED', 'there is no such host; look at `url`'],
  ECONNREFUSED: ['UNAVAILABLE', 'nothing answers at `url`: the server is down, or the port another'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['MISCONFIGURED', 'the certificate is for another name than the one in `url`'],
  CERT_HAS_EXPIRED: ['MISCONFIGURED', 'the server’s certificate has expired'],
};

/** Certificates that nobody here vouches for. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED/;

/** What went wrong between us and the server, as the catalogue's error. `base` is the DN that was searched. */
export function toConnectorError(source: string, cause: unknown, base?: string): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const error = (code: ConnectorErrorCode, sentence: string) =>
    new ConnectorError(code, `${source}: ${sentence}`, { cause });
  const result = resultCode(cause);
  if (result === RESULT.noSuchObject) {
    // OpenLDAP hides what may not be read behind the same answer.
    const option = 'set `baseDn` (or `groupsBaseDn`) to an entry that is there';
    return error('MISCONFIGURED', `there is no "${base ?? ''}" here, or the account may not see it; ${option}`);
  }
  const known = result === undefined ? undefined : BY_RESULT[result];
  if (known !== undefined) return error(...known);
  if (result !== undefined) return error('BAD_RESPONSE', `the server answered with result code ${result}`);
  // A fault of types is the library's, given an answer to something else than was asked.
  if ([InvalidAsn1Error, MessageParserError, TypeError].some((kind) => cause instanceof kind))
    return error('BAD_RESPONSE', 'the server answered with something that does not fit the question');
  const code = (cause as { code?: unknown } | null)?.code;
  if (typeof code === 'string') {
    if (UNTRUSTED.test(code)) {
      return error('MISCONFIGURED', 'the server’s certificate is signed by nobody known here; set `caFile`');
    }
    const network = BY_NETWORK[code];
    if (network !== undefined) return error(...network);
  }
  const isLate = cause instanceof Error && /tim(?:ed ?|e)out/i.test(cause.message);
  return error('UNAVAILABLE', isLate ? 'the server did not answer in time' : 'the connection broke');
}
