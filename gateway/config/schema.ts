import { z } from 'zod';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { AuthConfig } from './auth.ts';

const seconds = (fallback: number, about: string) =>
  z.number().int().min(1).max(86_400).default(fallback).describe(about);

const limit = (fallback: number, min: number, max: number, about: string) =>
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

/** What every source has, whatever its connector. */
export const SourceCommon = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40, a letter first')
    .describe('Its name in ids, reports and messages; never change it: ids hold it'),
  connector: z.string().describe('The kind of tool, see Connectors'),
  everySeconds: seconds(300, 'How often a tool that cannot tell of changes is asked for them'),
});

/** Headers that are made anew for each connection or message, or are ours. */
const OWN_HEADERS = new RegExp(
  `^(?:x-atrium-.*|x-request-id|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|accept|accept-encoding|content-.*)$`,
);

const ForwardedHeader = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a header, in lower case')
  .refine((name) => !OWN_HEADERS.test(name), 'must not be a header that the gateway itself sets');

/** One area: its sources here, or the address of its subgraph in another process. */
const area = {
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of this subgraph when it runs in a process of its own'),
  sources: z.array(z.unknown()).default([]).describe('The tools, see Sources'),
};

/** The configuration file. */
export const ConfigFile = z.strictObject({
  title: z.string().min(1).max(100).default('Atrium').describe('Shown in the explorer'),
  data: z.string().default('data').describe('Folder of the stores; relative to this file'),
  listen: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on'),
      port: z.number().int().min(0).max(65_535).default(4_000).describe('Port to listen on; 0 takes a free one'),
    })
    .prefault({})
    .describe('Where the gateway listens'),
  directory: z
    .strictObject({
      ...area,
      thesaurus: z.string().optional().describe('File with names of topics: a list of prefLabel, altLabels, related'),
    })
    .prefault({})
    .describe('People and groups'),
  documents: z.strictObject(area).prefault({}).describe('Wiki pages and files'),
  forum: z.strictObject(area).prefault({}).describe('Forum threads, mails, chats, meetings'),
  supergraph: z
    .strictObject({
      file: z
        .string()
        .optional()
        .describe(
          'Another composed schema than that of our three subgraphs, watched for changes; relative to this file',
        ),
      addresses: z
        .record(z.string(), z.url({ protocol: /^https?$/ }))
        .default({})
        .describe(
          'Where further subgraphs are, by name, when not where the composed schema says: `{ hr: "http://…" }`',
        ),
      forwardHeaders: z
        .array(ForwardedHeader)
        .max(20)
        .default([])
        .describe(
          'Headers of requests that further subgraphs are sent, beside the request id: `["accept-language"]`; think before naming `authorization`. Our own get none',
        ),
    })
    .prefault({})
    .describe('What the gateway serves'),
  operators: z
    .array(z.string().regex(/^(group|person):.+$/, 'must be group:<name> or person:<mail or user name>'))
    .default([])
    .describe('Who sees the state of the tools in full: `group:<name>`, `person:<mail or user name>`'),
  auth: AuthConfig.prefault({}).describe('Who may ask, and how they say who they are'),
  development: z
    .strictObject({
      chooseViewer: z
        .boolean()
        .default(false)
        .describe(
          'Let whoever asks choose in whose name, by the header `x-atrium-viewer`; on loopback only, and without a sign-in',
        ),
      viewer: z
        .string()
        .optional()
        .describe('In whose name questions without that header are asked; nobody without it'),
    })
    .prefault({})
    .describe('For trying out, never for production'),
  cache: z
    .strictObject({
      redis: z
        .url({ protocol: /^rediss?$/ })
        .optional()
        .meta({ secret: true })
        .describe('Shared cache, a Redis or Valkey server (may hold a password); memory without it'),
      answerSeconds: z
        .number()
        .int()
        .min(0)
        .max(3_600)
        .default(5)
        .describe('How long a whole answer may be given again to the same viewer; 0 for never'),
      persistedSeconds: seconds(86_400, 'How long a persisted query is remembered after its last use'),
    })
    .prefault({})
    .describe('What is remembered'),
  limits: z
    .strictObject({
      bodyBytes: z
        .number()
        .int()
        .min(1_024)
        .max(10_485_760)
        .default(262_144)
        .describe('Largest request body, in bytes'),
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
    .describe('Limits'),
  shutdown: z
    .strictObject({
      delayMs: limit(
        0,
        0,
        600_000,
        'After SIGTERM, listen on for so long while `/ready` says no, so that balancers notice, in ms',
      ),
      drainMs: limit(30_000, 0, 600_000, 'Then what is under way may take so long, in ms'),
    })
    .prefault({})
    .describe('How it ends'),
  execution: z
    .enum(['atrium', 'apollo'])
    .default('atrium')
    .describe('Who executes query plans: Atrium, or `@apollo/gateway` itself, to compare the two'),
  log: z
    .strictObject({
      level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info').describe('How much is logged'),
      format: z
        .enum(['auto', 'json', 'pretty'])
        .default('auto')
        .describe('`auto`: pretty on a terminal, else JSON lines'),
    })
    .prefault({})
    .describe('The log, on standard error'),
  metrics: z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on for `port`'),
      port: z
        .number()
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe(
          'Port for `/metrics` alone. Without it they are on the gateway’s own, while that listens on loopback',
        ),
    })
    .prefault({})
    .describe('Metrics for Prometheus'),
  traces: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe(
          'Address of a collector that takes OTLP over HTTP: `http://127.0.0.1:4318/v1/traces`; no traces without it',
        ),
    })
    .prefault({})
    .describe('Traces for OpenTelemetry'),
  audit: z
    .strictObject({
      file: z
        .string()
        .optional()
        .describe(
          'File that takes a line for each request: who asked which operation, and whether they were answered, never what; relative to this file. Without it these are lines of the log, at `info`',
        ),
    })
    .prefault({})
    .describe('The audit log'),
  subgraphSecret: z
    .string()
    .min(16)
    .optional()
    .meta({ secret: true })
    .describe('Signs what passes between gateway and subgraphs in other processes; at least 16 characters'),
  previousSubgraphSecret: z
    .string()
    .min(16)
    .optional()
    .meta({ secret: true })
    .describe('While `subgraphSecret` is being changed: the one before, which subgraphs still take'),
});

/** A source with its connector's options checked. */
export interface Source {
  readonly name: string;
  readonly connector: string;
  readonly everySeconds: number;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An area as the program uses it. */
export interface AreaConfig {
  readonly url?: string | undefined;
  readonly sources: readonly Source[];
}

/** The effective configuration: defaults filled in, paths absolute, options of sources checked. */
export type Config = Omit<z.output<typeof ConfigFile>, SubgraphName> &
  Readonly<Record<SubgraphName, AreaConfig>> & {
    readonly directory: { readonly thesaurus?: string | undefined };
    /** The folder relative paths start from: that of the configuration file. */
    readonly baseDir: string;
    /** The file it came from; undefined for the sample. */
    readonly file?: string | undefined;
  };
