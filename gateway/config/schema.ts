import { z } from 'zod';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';

const seconds = (fallback: number, about: string) =>
  z.number().int().min(1).max(86_400).default(fallback).describe(about);

const limit = (fallback: number, min: number, max: number, about: string) =>
  z.number().int().min(min).max(max).default(fallback).describe(about);

/** What every source has, whatever its connector. */
export const SourceCommon = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40, a letter first')
    .describe('Its name in ids, reports and messages; never change it: ids hold it'),
  connector: z.string().describe('The kind of tool, see Connectors'),
  everySeconds: seconds(300, 'How often a tool that cannot tell of changes is asked for them'),
});

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
      proxies: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .default([])
        .describe('Addresses of proxies before it, whose `X-Forwarded-For` says who really asks'),
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
    })
    .prefault({})
    .describe('What the gateway serves'),
  operators: z
    .array(z.string().regex(/^(group|person):.+$/, 'must be group:<name> or person:<mail or user name>'))
    .default([])
    .describe('Who sees the state of the tools in full: `group:<name>`, `person:<mail or user name>`'),
  development: z
    .strictObject({
      chooseViewer: z
        .boolean()
        .default(false)
        .describe('Let whoever asks choose in whose name, by the header `x-atrium-viewer`; on loopback only'),
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
      eventLoopMs: limit(
        1_000,
        1,
        60_000,
        'Requests are turned away while the process lags behind by this much, in ms',
      ),
      operationMs: limit(
        8_000,
        50,
        600_000,
        'A whole operation may take so long, in ms; then the answer is what is there',
      ),
      subgraph: z
        .strictObject({
          connectMs: limit(1_000, 10, 60_000, 'Give up on a connection to a subgraph after this long, in ms'),
          firstByteMs: limit(4_000, 10, 600_000, 'Give up when nothing of its answer has come after this long, in ms'),
          callMs: limit(6_000, 10, 600_000, 'Give up on its answer after this long, in ms'),
          calls: limit(64, 1, 10_000, 'Calls to it at once'),
          waiting: limit(128, 0, 100_000, 'Calls waiting for their turn; one more is refused at once'),
          answerBytes: limit(10_485_760, 1_024, 1_073_741_824, 'Most bytes of one of its answers'),
          answerDepth: limit(100, 5, 10_000, 'Deepest nesting of one of its answers'),
          staleSeconds: limit(
            300,
            0,
            86_400,
            'How long an answer that is the same for everyone stands in for one that does not come; 0 for never',
          ),
        })
        .prefault({})
        .describe('How far the gateway goes for one subgraph in another process'),
    })
    .prefault({})
    .describe('Limits'),
  operations: z
    .enum(['any', 'known'])
    .default('any')
    .describe('`known`: only those of `schema/operations/` are answered, by their text, its SHA-256 or their name'),
  introspection: z
    .boolean()
    .optional()
    .describe(
      'Whether the schema may be asked for; without it: in development only, as `development.chooseViewer` says',
    ),
  cors: z
    .array(
      z
        .string()
        .regex(
          /^https?:\/\/[^/\s*]+$/,
          'must be an origin as browsers send it: https://portal.example, without a path',
        ),
    )
    .default([])
    .describe('Origins whose pages may ask, such as `https://portal.example`; none without it'),
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
  subgraphSecret: z
    .string()
    .min(16)
    .optional()
    .meta({ secret: true })
    .describe('Signs what passes between gateway and subgraphs in other processes; at least 16 characters'),
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
