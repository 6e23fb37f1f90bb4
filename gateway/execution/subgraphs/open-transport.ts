import { Http1Pool } from './http1/pool.ts';
import type { SubgraphLimits } from './limits.ts';
import { UndiciTransport } from './over-undici.ts';
import type { Transport } from './transport.ts';

/** How requests go to an address: by our own client without TLS, by undici with it. */
export function openTransport(address: URL, { calls, connectMs }: SubgraphLimits): Transport {
  const limits = { connections: calls, connectMs };
  return address.protocol === 'https:' ? new UndiciTransport(address, limits) : new Http1Pool(address, limits);
}
