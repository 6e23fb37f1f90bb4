import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConnectorError } from './errors.ts';

/**
 * The file of the option `caFile`. Node takes any bytes for certificates, and then trusts nobody.
 * @throws ConnectorError MISCONFIGURED when it cannot be read, or holds no certificate
 */
export async function readAuthority(path: string, source: string): Promise<Buffer> {
  const error = (what: string, cause: unknown): ConnectorError =>
    new ConnectorError('MISCONFIGURED', `${source}: ${path} ${what}`, { cause });
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw error('cannot be read; set `caFile`', cause);
  });
  try {
    const [certificate = ''] =
      /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*/.exec(bytes.toString('latin1')) ?? [];
    void new X509Certificate(certificate);
  } catch (cause) {
    throw error('is no PEM file of a certificate; set `caFile` to one', cause);
  }
  return bytes;
}
