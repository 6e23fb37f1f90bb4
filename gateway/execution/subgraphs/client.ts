import type { OperationTypeNode } from 'graphql';
import type { ConfirmationNote } from '../../../subgraphs/kit/live/confirmation.ts';
import type { GatewayContext } from '../../context.ts';
import type { DataReader } from '../reading/reader.ts';

/** An operation of a plan, for one subgraph. */
export interface SubgraphOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly kind: OperationTypeNode;
  /** Reads the data of answers that come as text; without it, that is parsed as any JSON. */
  readonly read?: DataReader | undefined;
}

/** Entities a subgraph is asked about: the values of `representations`, and each as JSON. */
export interface Represented {
  readonly values: readonly Record<string, unknown>[];
  readonly texts: readonly string[];
}

/** What the fetches of one request have in common. */
export interface SubgraphCall {
  /** Who asks; undefined when the gateway itself does. */
  readonly context: GatewayContext | undefined;
  /** Sent along to subgraphs in other processes, for traces. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the call: the client left, or the time for the whole operation is over. */
  readonly signal: AbortSignal;
  /** Rejects when the call is to be ended. */
  readonly over: Promise<never>;
  /** When the time for the whole operation is over; milliseconds as of `performance.now()`. */
  readonly deadline: number;
}

/** An error of a subgraph's answer, as the subgraph sent it: nothing of it is trusted. */
export interface SubgraphError {
  readonly message?: unknown;
  readonly path?: unknown;
  readonly extensions?: unknown;
}

/** A subgraph's answer. The gateway may write on `data`. */
export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[] | undefined;
  /** When the answer was made, where it is an old one given again because the subgraph does not answer. */
  readonly staleSince?: number | undefined;
  /** What of it rests on the word of tools that were asked live; only our own subgraphs say so. */
  readonly confirmation?: ConfirmationNote | undefined;
}

/** An operation, made ready to be asked many times. @throws SubgraphFailure */
export type PreparedOperation = (
  variables: Readonly<Record<string, unknown>>,
  call: SubgraphCall,
  represented?: Represented,
) => Promise<SubgraphAnswer>;

/** How the gateway reaches one subgraph. */
export interface SubgraphClient {
  readonly name: string;
  /** Whether its messages are ours, and may be shown to clients. */
  readonly trusted: boolean;
  /** Whether answers come as text, and what it is asked goes there as text. */
  readonly isRemote: boolean;
  prepare(operation: SubgraphOperation): PreparedOperation;
  close(): Promise<void>;
}

/** Codes of a fetch that failed as a whole; see the catalogue. */
export type SubgraphFailureCode =
  | 'SUBGRAPH_UNAVAILABLE'
  | 'SUBGRAPH_TIMEOUT'
  | 'SUBGRAPH_BUSY'
  | 'SUBGRAPH_BAD_RESPONSE';

/** A fetch that failed as a whole. The message is for the log; clients are told what its code means. */
export class SubgraphFailure extends Error {
  override readonly name = 'SubgraphFailure';
  readonly code: SubgraphFailureCode;

  constructor(code: SubgraphFailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A call that was ended from our side, for nobody waits for it any more: it says nothing of the subgraph. */
export class CallEnded extends SubgraphFailure {
  constructor(message: string) {
    super('SUBGRAPH_TIMEOUT', message);
  }
}
