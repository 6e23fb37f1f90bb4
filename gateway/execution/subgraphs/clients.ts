import { randomUUID } from 'node:crypto';
import type { SubgraphExecutor } from '../../../subgraphs/kit/execute.ts';
import { REQUEST_ID_HEADER, signRequest } from '../../../subgraphs/kit/signing/signature.ts';
import { NOBODY } from '../../../subgraphs/kit/viewer.ts';
import type { SubgraphCall, SubgraphClient } from './client.ts';
import type { CallState } from './guard.ts';
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
  /** What of the limits is otherwise for some, by name. */
  readonly limitsOf: Readonly<Record<string, Partial<SubgraphLimits>>>;
}

/** The ways to all subgraphs: one client each, made when it is first needed. */
export class SubgraphClients {
  readonly #places: SubgraphPlaces;
  readonly #local = new Map<string, SubgraphClient>();
  /** By name and address: a supergraph that takes the place of another may say that a subgraph is elsewhere. */
  readonly #remote = new Map<string, RemoteClient>();

  constructor(places: SubgraphPlaces) {
    this.#places = places;
  }

  /** @param address where the supergraph says the subgraph is; the configuration's word counts more */
  get(name: string, address = ''): SubgraphClient {
    const executor = this.#places.local.get(name);
    if (!executor) return this.#remoteClient(name, address);
    const client = this.#local.get(name) ?? inProcessClient(name, executor);
    this.#local.set(name, client);
    return client;
  }

  /** How it stands with the calls to each of the subgraphs in other processes. */
  states(): ReadonlyMap<string, CallState> {
    return new Map([...this.#remote.values()].map((client) => [client.name, client.state]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#local.values(), ...this.#remote.values()].map((client) => client.close()));
  }

  #remoteClient(name: string, address: string): RemoteClient {
    const { remote, addresses, secret, limits, limitsOf } = this.#places;
    const own = remote.get(name);
    const url = own === undefined ? (addresses[name] ?? address) : new URL(OWN_PATH, own).href;
    const key = `${name} ${url}`;
    const known = this.#remote.get(key);
    if (known) return known;
    if (!URL.canParse(url)) throw new Error(`The subgraph "${name}" has no address: set supergraph.addresses.${name}.`);
    const client = overHttpClient({
      name,
      url,
      trusted: own !== undefined,
      headers: own === undefined ? foreignHeaders : (call, body) => ownHeaders(name, call, body, secret),
      limits: { ...limits, ...(Object.hasOwn(limitsOf, name) && limitsOf[name]) },
    });
    this.#remote.set(key, client);
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
