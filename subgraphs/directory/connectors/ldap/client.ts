import { connect, isIP } from 'node:net';
import { resolve } from 'node:path';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Client } from 'ldapts';
import { readAuthority } from '../../../kit/authority.ts';
import type { AnswerSize } from './answer-size.ts';

/** How a server is reached. */
export interface ConnectionSettings {
  readonly source: string;
  readonly baseDir: string;
  readonly url: string;
  readonly startTls: boolean;
  readonly caFile: string | undefined;
  readonly bindDn: string | undefined;
  readonly password: string | undefined;
  readonly timeoutMs: number;
}

/** A client of the library, not yet connected, whose answers are weighed. */
export function clientOf({ url, timeoutMs }: ConnectionSettings, tls: ConnectionOptions, size: AnswerSize): Client {
  return new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    createConnection: ((port: number, host: string) => size.watch(connect(port, host))) as typeof connect,
    createSecureConnection: ((...args: Parameters<typeof connectTls>) =>
      size.watch(connectTls(...args))) as typeof connectTls,
    // With these the library speaks TLS from the start, whatever the address says.
    ...(url.startsWith('ldaps:') ? { tlsOptions: tls } : {}),
  });
}

/** How the server's certificate is looked at. @throws ConnectorError when `caFile` is of no use. */
export async function tlsOptions({ url, caFile, baseDir, source }: ConnectionSettings): Promise<ConnectionOptions> {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  // The certificate is held against this name; an address is never sent as one (RFC 6066, section 3).
  const name = { host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  if (caFile === undefined) return name;
  return { ...name, ca: await readAuthority(resolve(baseDir, caFile), source) };
}
