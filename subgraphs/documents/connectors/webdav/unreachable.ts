import { ConnectorError } from '../../../kit/errors.ts';

/** What the network says of a wrong address is not "try again later": the error that says what to change. */
export function unreachable(error: unknown, base: URL, source: string): unknown {
  if (!(error instanceof ConnectorError) || error.code !== 'UNAVAILABLE') return error;
  const cause = error.cause as { readonly cause?: { readonly code?: unknown } } | undefined;
  const code = typeof cause?.cause?.code === 'string' ? cause.cause.code : '';
  const { host, hostname } = base;
  const wrong = (what: string): ConnectorError =>
    new ConnectorError('MISCONFIGURED', `${source}: ${what}`, { cause: error });
  if (code === 'ENOTFOUND') return wrong(`there is no host ${hostname}; correct it in \`url\``);
  if (/CERT|SIGNED|UNABLE_TO_VERIFY/.test(code)) return wrong(`the certificate of ${host} is not trusted (${code})`);
  if (code !== 'ECONNREFUSED') return error;
  const reason = `nothing answers at ${host}; is the server up, and the port in \`url\` right?`;
  return new ConnectorError('UNAVAILABLE', `${source}: ${reason}`, { cause: error });
}
