import type { Viewer } from '../subgraphs/kit/viewer.ts';
import type { TraceStep } from './execution/run.ts';

/** What one request carries from the front door to the subgraphs. */
export interface GatewayContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** Ends what is still under way for the request: its deadline, or the client's leaving. */
  readonly signal: AbortSignal;
  /** What subgraphs in this process remember during the request; filled by the data sources. */
  readonly subgraphContexts: Map<string, object>;
  /** Takes down what each fetch cost, where that is wanted. */
  readonly trace?: ((step: TraceStep) => void) | undefined;
}
