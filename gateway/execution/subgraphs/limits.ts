/** How far the gateway goes for one subgraph in another process. */
export interface SubgraphLimits {
  /** Give up on a connection after this long. */
  readonly connectMs: number;
  /** Give up when nothing of the answer has come after this long. */
  readonly firstByteMs: number;
  /** Give up on a whole call after this long. */
  readonly callMs: number;
  /** Calls at once. */
  readonly calls: number;
  /** Calls waiting for their turn; one more is refused at once. */
  readonly waiting: number;
  /** The circuit opens when more than this part of the calls fails … */
  readonly circuitPercent: number;
  /** … of at least so many … */
  readonly circuitCalls: number;
  /** … within this time. */
  readonly circuitWindowMs: number;
  /** How long it is open the first time; each further time twice as long … */
  readonly circuitOpenMs: number;
  /** … up to this. */
  readonly circuitMaxOpenMs: number;
  /** So many of a hundred calls may be made once more; 0 for none. */
  readonly retryPercent: number;
  /** Most bytes of one answer, unpacked. */
  readonly answerBytes: number;
  /** Deepest nesting of an answer. */
  readonly answerDepth: number;
  /** How long an answer that is the same for everyone stands in for one that does not come, in seconds; 0 for never. */
  readonly staleSeconds: number;
}
