import { z } from 'zod';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { AuthConfig } from './auth.ts';
import { limit, Limits } from './limits.ts';

const seconds = (fallback: number, about: string) =>
  z.number().int().min(1).max(86_400).default(fallback).describe(about);

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
      proxies: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .default([])
        .describe('Addresses of proxies before it, whose `X-Forwarded-For` says who really asks'),
    })
    .prefault({})
    .describe('Where the gateway listens'),
  workers: z
    .union([z.number().int().min(1).max(256), z.literal('auto')])
    .default(1)
    .describe(
      'How many processes answer behind the one port: `auto` for one a core. Each takes memory of its own; subgraphs alone are always one',
    ),
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
  limits: Limits,
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
