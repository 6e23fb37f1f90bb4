import { randomUUID } from 'node:crypto';
import type { SubgraphExecutor } from '../../../subgraphs/kit/execute.ts';
import { REQUEST_ID_HEADER, signRequest } from '../../../subgraphs/kit/signing/signature.ts';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import type { SubgraphCall, SubgraphClient } from './client.ts';
import type { Circuit } from './guard.ts';
import { inProcessClient } from './in-process.ts';
import type { SubgraphLimits } from './limits.ts';
import { overHttpClient, type RemoteClient } from './over-http.ts';

/** Where our own answer. */
const OWN_PATH = '/graphql';

/** Where the subgraphs are. */
export interface SubgraphPlaces {
  /** Those in this process. */
  readonly local: ReadonlyMap<string, SubgraphExecutor>;
  /** Addresses of our own in other processes, without the path. */
  readonly remote: ReadonlyMap<string, string>;
  /** Addresses of others, with the path, that count more than those in the supergraph. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Signs requests to our own. */
  readonly secret: string;
  readonly limits: SubgraphLimits;
}

/** The ways to all subgraphs: one client each, made when it is first needed. */
export class SubgraphClients {
  readonly #places: SubgraphPlaces;
  readonly #clients = new Map<string, SubgraphClient>();
  readonly #remote = new Map<string, RemoteClient>();

  constructor(places: SubgraphPlaces) {
    this.#places = places;
  }

  /** @param address where the supergraph says the subgraph is; the configuration's word counts more */
  get(name: string, address = ''): SubgraphClient {
    let client = this.#clients.get(name);
    if (!client) {
      client = this.#open(name, address);
      this.#clients.set(name, client);
    }
    return client;
  }

  /** Whether calls go through to each of the subgraphs in other processes. */
  circuits(): ReadonlyMap<string, Circuit> {
    return new Map([...this.#remote].map(([name, { circuit }]) => [name, circuit]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  #open(name: string, address: string): SubgraphClient {
    const { local, remote, addresses, secret, limits } = this.#places;
    const executor = local.get(name);
    if (executor) return inProcessClient(name, executor);
    const own = remote.get(name);
    const client = overHttpClient({
      name,
      url: own === undefined ? (addresses[name] ?? address) : new URL(OWN_PATH, own).href,
      trusted: own !== undefined,
      headers: own === undefined ? foreignHeaders : (call, body) => ownHeaders(name, call, body, secret),
      limits,
    });
    this.#remote.set(name, client);
    return client;
  }
}

function ownHeaders(subgraph: string, { context }: SubgraphCall, body: string, secret: string): Record<string, string> {
  const { viewer, requestId } = context ?? { viewer: NOBODY, requestId: randomUUID() };
  return signRequest({ subgraph, method: 'POST', path: OWN_PATH, body, viewer, requestId }, secret);
}

/** Who is asking is nobody else's business. */
function foreignHeaders({ context }: SubgraphCall): Record<string, string> {
  return context ? { ...context.forwarded, [REQUEST_ID_HEADER]: context.requestId } : {};
}
