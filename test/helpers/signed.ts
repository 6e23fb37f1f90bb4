import { randomUUID } from 'node:crypto';
import { signRequest } from '../../subgraphs/kit/signing/signature.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';

/** A request to a subgraph, as the gateway would sign it; in nobody's name unless it says otherwise. */
export interface RequestToSign {
  readonly subgraph: string;
  readonly secret: string;
  /** GraphQL to ask; without it, `path` is read. */
  readonly query?: string;
  readonly path?: string;
  readonly viewer?: Viewer;
  readonly now?: number;
}

/** What to give to `fetch`, with the path to ask at. */
export interface SignedFetch {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Signs a request as the gateway does. */
export function signed({
  subgraph,
  secret,
  query,
  path = '/graphql',
  viewer = NOBODY,
  now,
}: RequestToSign): SignedFetch {
  const method = query === undefined ? 'GET' : 'POST';
  const body = query === undefined ? undefined : JSON.stringify({ query });
  const request = { subgraph, method, path, body: body ?? '', viewer, requestId: randomUUID() };
  const headers = {
    ...signRequest(request, secret, now),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  return { path, method, headers, body };
}

/** Sends it to a subgraph's server. */
export function send(url: string, { path, ...request }: SignedFetch): Promise<Response> {
  return fetch(new URL(path, url), { ...request, body: request.body ?? null });
}
