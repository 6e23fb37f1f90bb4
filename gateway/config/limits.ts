import { z } from 'zod';

/** A whole number within bounds. */
export const limit = (fallback: number, min: number, max: number, about: string) =>
  z.number().int().min(min).max(max).default(fallback).describe(about);

/** How far the gateway goes for one subgraph. */
const subgraphLimits = {
  connectMs: limit(1_000, 10, 60_000, 'Give up on a connection to a subgraph after this long, in ms'),
  firstByteMs: limit(4_000, 10, 600_000, 'Give up when nothing of its answer has come after this long, in ms'),
  callMs: limit(6_000, 10, 600_000, 'Give up on its answer after this long, in ms'),
  calls: limit(64, 1, 10_000, 'Calls to it at once'),
  waiting: limit(128, 0, 100_000, 'Calls waiting for their turn; one more is refused at once'),
  circuitPercent: limit(50, 1, 99, 'It is left alone for a while when more of a hundred calls than this fail …'),
  circuitCalls: limit(20, 1, 100_000, '… of at least so many …'),
  circuitWindowMs: limit(10_000, 100, 600_000, '… within this time, in ms'),
  circuitOpenMs: limit(
    5_000,
    10,
    600_000,
    'For how long the first time, in ms; one call then tries; each time twice as long …',
  ),
  circuitMaxOpenMs: limit(60_000, 10, 3_600_000, '… up to this, in ms'),
  retryPercent: limit(10, 0, 100, 'So many of a hundred calls may be made once more, where that can help; 0 for none'),
  answerBytes: limit(10_485_760, 1_024, 1_073_741_824, 'Most bytes of one of its answers'),
  answerDepth: limit(100, 5, 1_000, 'Deepest nesting of one of its answers'),
  staleSeconds: limit(
    300,
    0,
    86_400,
    'How long an answer that is the same for everyone stands in for one that does not come; 0 for never',
  ),
};

/** The same options, none of which has to be there. */
function withoutDefaults<Key extends string>(options: Readonly<Record<Key, z.ZodDefault<z.ZodNumber>>>) {
  const entries = Object.entries<z.ZodDefault<z.ZodNumber>>(options);
  return Object.fromEntries(entries.map(([key, option]) => [key, option.removeDefault().exactOptional()])) as Record<
    Key,
    z.ZodExactOptional<z.ZodNumber>
  >;
}

/** What of requests is taken, and how long anything may take. */
export const Limits = z
  .strictObject({
    bodyBytes: z.number().int().min(1_024).max(10_485_760).default(262_144).describe('Largest request body, in bytes'),
    nesting: limit(64, 8, 1_000, 'Deepest nesting of brackets in a body and in a document'),
    tokens: limit(4_000, 100, 100_000, 'Most words and signs of a document'),
    depth: limit(12, 3, 100, 'Deepest nesting of fields; questions about the schema itself are not counted'),
    aliases: limit(30, 0, 10_000, 'Most aliases of an operation, with its fragments spread out'),
    rootFields: limit(20, 1, 1_000, 'Most fields at the top of an operation'),
    directives: limit(30, 0, 10_000, 'Most directives of a document'),
    operations: limit(10, 1, 1_000, 'Most operations of a document'),
    fragments: limit(50, 0, 1_000, 'Most fragments of a document'),
    selections: limit(1_000, 10, 100_000, 'Most selections of an operation, with its fragments spread out'),
    merges: limit(10_000, 100, 10_000_000, 'Most pairs of fields with the same place in the answer'),
    cost: limit(
      100_000,
      100,
      100_000_000,
      'Most that an operation may cost: the objects its pages promise, and what the schema says of rankings',
    ),
    pageSize: limit(100, 1, 100, 'Largest page of a list'),
    headersMs: limit(10_000, 100, 600_000, 'The head of a request has to be there after this long, in ms'),
    requestMs: limit(15_000, 100, 600_000, 'A whole request has to be there after this long, in ms'),
    requestsPerViewer: limit(
      1_200,
      0,
      10_000_000,
      'Requests a minute in one person’s name, over all gateways that share a cache; 0 for no limit',
    ),
    requestsPerAddress: limit(
      30_000,
      0,
      10_000_000,
      'Requests a minute from one address, which can be that of a portal or proxy for everybody; 0 for no limit',
    ),
    eventLoopMs: limit(1_000, 1, 60_000, 'Requests are turned away while the process lags behind by this much, in ms'),
    operationMs: limit(
      8_000,
      50,
      600_000,
      'A whole operation may take so long, in ms; then the answer is what is there',
    ),
    slowMs: limit(1_000, 1, 600_000, 'Operations that take so long, in ms, are logged with where the time went'),
    subgraph: z
      .strictObject(subgraphLimits)
      .prefault({})
      .describe('How far the gateway goes for one subgraph in another process'),
    subgraphs: z
      .record(z.string(), z.strictObject(withoutDefaults(subgraphLimits)))
      .default({})
      .describe('What of `limits.subgraph` is otherwise for one subgraph, by name: `{ forum: { calls: 16 } }`'),
  })
  .prefault({})
  .describe('Limits');
