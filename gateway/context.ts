import type { SubgraphContext } from '../subgraphs/kit/subgraph.ts';
import { viewerKey, type Viewer } from '../subgraphs/kit/viewer.ts';
import type { AuditNote } from './audit/audit-trail.ts';
import type { Observation } from './observe/observation.ts';

/** What one request carries from the front door to the subgraphs. */
export interface GatewayContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** Headers of the request that subgraphs of others may have: `supergraph.forwardHeaders`. */
  readonly forwarded?: Readonly<Record<string, string>> | undefined;
  /** Ends what is still under way for the request: its deadline, or the client's leaving. */
  readonly signal: AbortSignal;
  /** What subgraphs in this process remember during the request; filled by the data sources. */
  readonly subgraphContexts: Map<string, Promise<SubgraphContext>>;
  /** What the audit log is going to say of it. */
  readonly audit?: AuditNote | undefined;
  /** Where the time goes. */
  readonly observation: Observation;
}

/**
 * What an answer depends on besides the operation, as a short text: who asks, and what of the request is passed on. Only
 * requests for which it is equal may share an answer.
 */
export function audienceKey(context: Pick<GatewayContext, 'viewer' | 'forwarded'>): string {
  let key = audiences.get(context);
  if (key === undefined) {
    const { viewer, forwarded } = context;
    key = forwarded ? `${viewerKey(viewer)} ${forwardedKey(forwarded)}` : viewerKey(viewer);
    audiences.set(context, key);
  }
  return key;
}

/** Every fetch of a request asks for it. */
const audiences = new WeakMap<object, string>();

/** What of the request is passed on, as a short text. */
export function forwardedKey(forwarded: GatewayContext['forwarded'] = {}): string {
  return JSON.stringify(Object.entries(forwarded));
}
