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
  /** Most bytes of one answer, unpacked. */
  readonly answerBytes: number;
  /** Deepest nesting of an answer. */
  readonly answerDepth: number;
  /** How long an answer that is the same for everyone stands in for one that does not come, in seconds; 0 for never. */
  readonly staleSeconds: number;
}

/** What is right for subgraphs in the same data centre. */
export const DEFAULT_LIMITS: SubgraphLimits = {
  connectMs: 1_000,
  firstByteMs: 4_000,
  callMs: 6_000,
  calls: 64,
  waiting: 128,
  answerBytes: 10 * 1024 ** 2,
  answerDepth: 100,
  staleSeconds: 300,
};
