import { ConnectorError } from './errors.ts';

/** No server was reached, and it is known why: what it says is of the address, not of what was asked for. */
export class Unreachable extends ConnectorError {}

/** Certificates that nobody here vouches for. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED/;

/** The error for what `fetch` threw, where the network says more than "later": what to change, or where nobody listens. */
export function unreachable(cause: unknown, url: URL, source: string): Unreachable | undefined {
  const { code } = ((cause as Error | undefined)?.cause ?? {}) as { readonly code?: unknown };
  if (typeof code !== 'string') return undefined;
  const { host, hostname } = url;
  const wrong = (what: string): Unreachable => new Unreachable('MISCONFIGURED', `${source}: ${what}`, { cause });
  // EAI_AGAIN is not among them: that is a name server that does not answer.
  if (code === 'ENOTFOUND') return wrong(`there is no host "${hostname}"; set \`url\``);
  if (code === 'ECONNREFUSED') {
    const what = `nothing listens at ${hostname}:${portOf(url)}; is the server up, and the port in \`url\` right?`;
    return new Unreachable('UNAVAILABLE', `${source}: ${what}`, { cause });
  }
  if (UNTRUSTED.test(code)) {
    const what = `the certificate of ${host} is signed by nobody known here`;
    return wrong(`${what}; set the environment variable NODE_EXTRA_CA_CERTS to the file of your CA`);
  }
  if (code === 'CERT_HAS_EXPIRED') return wrong(`the certificate of ${host} has expired; renew it there`);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return wrong(`the certificate of ${host} is for another name; set \`url\` with the name that it is for`);
  if (/^CERT_|_CERT_|_CRL/.test(code))
    return wrong(`the certificate of ${host} is not valid (${code}); renew it there`);
  return undefined;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
