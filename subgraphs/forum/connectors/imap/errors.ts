import type { ImapFlowError } from 'imapflow';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';

/** Certificates that nobody here vouches for. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED/;

const BY_CODE: Readonly<Record<string, readonly [code: ConnectorErrorCode, sentence: string]>> = {
  ENOTFOUND: ['MISCONFIGURED', 'there is no such host; set `host`'],
  ECONNREFUSED: ['UNAVAILABLE', 'nothing answers there: the server is down, or the `port` another'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['MISCONFIGURED', 'the certificate is for another name; set `host` to that one'],
  CERT_HAS_EXPIRED: ['MISCONFIGURED', 'the server’s certificate has expired'],
  CONNECT_TIMEOUT: ['UNAVAILABLE', 'the server did not answer in time'],
  UPGRADE_TIMEOUT: ['UNAVAILABLE', 'the server did not answer in time'],
  ETIMEOUT: ['UNAVAILABLE', 'the server did not answer in time'],
  GREETING_TIMEOUT: [
    'UNAVAILABLE',
    'the server did not greet in time: it is busy, or speaks TLS from the start (`security: tls`)',
  ],
  ETHROTTLE: ['RATE_LIMITED', 'the server asks for fewer commands'],
  LiteralTooLarge: ['BAD_RESPONSE', 'the server sent more than was asked for'],
  LineTooLarge: ['BAD_RESPONSE', 'the server sent more than was asked for'],
  ResponseTooLarge: ['BAD_RESPONSE', 'the server sent more than was asked for'],
  TooManyTokens: ['BAD_RESPONSE', 'the server sent more than was asked for'],
  TooManyResponses: ['BAD_RESPONSE', 'the server sent more than was asked for'],
};

/** Codes of RFC 5530 and of Dovecot by which a server says why it lets nobody in. */
const BY_LOGIN: Readonly<Record<string, readonly [code: ConnectorErrorCode, sentence: string]>> = {
  PRIVACYREQUIRED: ['MISCONFIGURED', 'the server takes passwords over an encrypted connection only; set `security`'],
  UNAVAILABLE: ['UNAVAILABLE', 'the server cannot check passwords at the moment'],
  INUSE: ['UNAVAILABLE', 'the mailbox is in use'],
  LIMIT: ['RATE_LIMITED', 'the account has too many connections'],
  EXPIRED: ['UNAUTHORIZED', 'the account’s password has expired'],
  AUTHORIZATIONFAILED: ['FORBIDDEN', 'the account may not log in here'],
  CONTACTADMIN: ['FORBIDDEN', 'the server refuses the account until its administrator is asked'],
};

/** What went wrong between us and the server, as the catalogue's error. */
export function toConnectorError(source: string, cause: unknown, folder?: string): ConnectorError {
  if (cause instanceof ConnectorError) return cause;
  const [code, sentence] = reasonOf(cause as ImapFlowError, folder);
  return new ConnectorError(code, `${source}: ${sentence}`, { cause });
}

function reasonOf(cause: ImapFlowError, folder: string | undefined): readonly [ConnectorErrorCode, string] {
  const { serverResponseCode = '' } = cause;
  const code = cause.code ?? codeOf(cause._err);
  if (cause.authenticationFailed === true)
    return BY_LOGIN[serverResponseCode] ?? ['UNAUTHORIZED', 'the server refuses `user` with this `password`'];
  if (UNTRUSTED.test(code))
    return ['MISCONFIGURED', 'the server’s certificate is signed by nobody known here; set `caFile`'];
  const known = BY_CODE[code];
  if (known !== undefined) return known;
  if (/^(?:ERR_SSL|EPROTO)/.test(code) || /wrong version number/i.test(cause.message))
    return ['MISCONFIGURED', 'the server speaks no TLS on this port; set `port`, or `security: starttls`'];
  if (cause.tlsFailed === true)
    return ['MISCONFIGURED', 'the server offers no STARTTLS, or fails at it; set `security: tls` and its port'];
  if (folder !== undefined && (cause.mailboxMissing === true || serverResponseCode === 'NONEXISTENT'))
    return [
      'MISCONFIGURED',
      `there is no folder "${folder}" (any more), or the account may not see it; set \`folders\``,
    ];
  if (folder !== undefined && (serverResponseCode === 'NOPERM' || cause.responseStatus === 'NO'))
    return ['FORBIDDEN', `the account may not read the folder "${folder}"; give it the right to read there`];
  if (cause.responseStatus === 'BAD' || code.startsWith('Parser') || code.startsWith('Invalid'))
    return ['BAD_RESPONSE', 'the server did not understand a command, or answered with something that is no IMAP'];
  return ['UNAVAILABLE', 'the connection broke'];
}

function codeOf(error: (Error & { code?: unknown }) | undefined): string {
  return typeof error?.code === 'string' ? error.code : '';
}
