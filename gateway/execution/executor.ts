import type {
  GatewayExecutionResult,
  GatewayExecutor,
  GatewayGraphQLRequestContext,
} from '@apollo/server-gateway-interface';
import { setImmediate } from 'node:timers/promises';
import { buildASTSchema, getVariableValues, GraphQLError, parse, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { GatewayContext } from '../context.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { AccessRules, type Access } from './access-rules.ts';
import { startClock } from './clock.ts';
import { codeOf } from './errors.ts';
import type { FetchParts } from './fetch-step.ts';
import { responseNames } from './fields.ts';
import { readJoins, type Joins } from './joins.ts';
import { checkPlan } from './check-plan.ts';
import { planNames } from './planned-names.ts';
import type { Planner } from './planner.ts';
import { compileProgram, type Program } from './program.ts';
import type { Run } from './run.ts';
import { separateRequired } from './separate-requires.ts';
import type { SubgraphClient } from './subgraphs/client.ts';
import { forWarming } from './warming.ts';
import { withoutRefused } from './without-refused.ts';

/** What the executor is built of. */
export interface ExecutorParts {
  readonly clientOf: (subgraph: string, address: string) => SubgraphClient;
  readonly log: Log;
  /** How long a whole operation may take; then what is there is the answer. */
  readonly operationMs: number;
  /** How long the answer may be given again to the same viewer, in seconds. */
  readonly answerSeconds: number;
}

/** So many characters of operations are kept compiled; a program weighs many times its text. */
const MAX_PROGRAM_TEXT = 400_000;
const MAX_PROGRAMS = 500;
/** So many operations are made ready for a schema that takes the place of another … */
const MAX_WARM = 50;
/** … unless that takes longer than this. */
const MAX_WARM_MS = 5_000;

/** A compiled operation, or why there is none. */
type Compiled = Program | { readonly errors: readonly GraphQLError[] };

/** An operation that was asked. */
interface Known {
  readonly program: Promise<Compiled>;
  /** The same once it is there. */
  compiled?: Program;
  /** How often; of one that was made ready beforehand, as often as that was asked of the schema before. */
  asked: number;
  /** What compiling it anew needs; undefined for what is not worth keeping. */
  readonly request: GatewayGraphQLRequestContext | undefined;
  /** For whom, as far as that changes what is asked. */
  readonly viewer: Viewer;
}

/** What tells an operation from others. */
export interface Identified {
  /** SHA-256 of the document's text. */
  readonly hash: string;
  readonly name: string | null;
}

/** The variables of one request. */
export interface Variables {
  /** As the client sent them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** With defaults filled in. */
  readonly coerced: Readonly<Record<string, unknown>>;
}

/** How a program ended. */
export interface Result extends Awaited<ReturnType<Program['run']>> {
  /** How long it may be given again, in seconds. */
  readonly maxAge: number;
  /** What else there is to say of it. */
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

/** A schema as `@apollo/gateway` has loaded it. */
export interface LoadedSchema {
  readonly apiSchema: GraphQLSchema;
  readonly coreSupergraphSdl: string;
}

/** One schema, who plans for it, and what was compiled for it. */
interface Loaded {
  readonly apiSchema: GraphQLSchema;
  readonly schema: GraphQLSchema;
  readonly joins: Joins;
  readonly rules: AccessRules;
  readonly plan: (requestContext: GatewayGraphQLRequestContext) => ReturnType<Planner['plan']>;
  readonly known: LRUCache<string, Known>;
}

/** Executes operations: plans of `@apollo/gateway`, compiled and run by us. */
export class FederatedExecutor {
  readonly #parts: ExecutorParts;
  /** By the schema that a request was validated against: it is executed with that, whatever came meanwhile. */
  readonly #loaded = new WeakMap<GraphQLSchema, Loaded>();
  #newest: Loaded | undefined;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /**
   * Takes up a schema; what was asked most of the one before is compiled for it before anybody is told of it.
   * @param planning `@apollo/gateway`'s own executor for it, which makes the plans
   */
  async load(schema: LoadedSchema, planner: Planner, planning: GatewayExecutor): Promise<void> {
    const { apiSchema, coreSupergraphSdl } = schema;
    const document = parse(coreSupergraphSdl, { noLocation: true });
    const loaded: Loaded = {
      apiSchema,
      schema: buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }),
      joins: readJoins(document),
      rules: new AccessRules(document, apiSchema),
      plan: (requestContext) => planner.plan(planning, requestContext),
      known: new LRUCache({ max: MAX_PROGRAMS, maxSize: MAX_PROGRAM_TEXT }),
    };
    if (this.#newest) await this.#warm(loaded, this.#newest);
    this.#loaded.set(apiSchema, loaded);
    this.#newest = loaded;
  }

  /** One operation after another, so that planning them holds up nobody who asks meanwhile. */
  async #warm(loaded: Loaded, before: Loaded): Promise<void> {
    const hottest = [...before.known.values()].toSorted((one, other) => other.asked - one.asked).slice(0, MAX_WARM);
    const end = performance.now() + MAX_WARM_MS;
    for (const { request, asked, viewer } of hottest) {
      if (!request) continue;
      await setImmediate();
      if (performance.now() > end) return;
      // What does not fit the schema any more is told whoever asks for it.
      const anew = { ...request, schema: loaded.apiSchema };
      await this.#programFor(loaded, anew, viewer, Math.ceil(asked / 2)).catch(() => undefined);
    }
  }

  /** For Apollo Server, in the place of the gateway's own. */
  readonly execute: GatewayExecutor = async (requestContext): Promise<GatewayExecutionResult> => {
    const loaded = this.#loaded.get(requestContext.schema);
    if (!loaded) throw new Error('There is no schema yet.');
    const { operation, request } = requestContext;
    const variables = request.variables ?? {};
    const coercion = getVariableValues(loaded.apiSchema, operation.variableDefinitions ?? [], variables);
    if (coercion.errors) return { errors: coercion.errors.map(asUserError) };
    const context = requestContext.context as GatewayContext;
    const started = performance.now();
    const before = loaded.known.size;
    const program = await this.#programFor(loaded, requestContext, context.viewer);
    context.observation.planned(performance.now() - started, loaded.known.size !== before);
    if ('errors' in program) return { errors: program.errors };
    if (context.observation.wantsPlan) context.observation.plan = program.plan();
    const result = await this.run(program, { given: variables, coerced: coercion.coerced }, context);
    const { data, errors, maxAge, extensions } = result;
    requestContext.overallCachePolicy.restrict({ maxAge, scope: 'PRIVATE' });
    return { data: data.value, ...(errors.length > 0 && { errors }), ...(extensions && { extensions }) };
  };

  /** The program of an operation for a viewer, where it is compiled. */
  programOf(schema: GraphQLSchema, operation: Identified, viewer: Viewer): Program | undefined {
    const loaded = this.#loaded.get(schema);
    if (!loaded) return undefined;
    const known = loaded.known.get(keyOf(operation, loaded.rules.accessOf(viewer)));
    if (known?.compiled) known.asked++;
    return known?.compiled;
  }

  /** Runs a program for one request. */
  async run(program: Program, variables: Variables, context: GatewayContext): Promise<Result> {
    const clock = startClock(context.signal, this.#parts.operationMs);
    const run: Run = {
      variables: variables.given,
      coerced: variables.coerced,
      root: {},
      errors: [],
      reported: new Set(),
      failed: [],
      absent: new Set(),
      stale: [],
      confirmations: [],
      observation: context.observation,
      call: { context, ...clock },
    };
    try {
      const { data, errors } = await program.run(run);
      // What a tool said a while ago must not count for longer by being in an answer.
      const { answerSeconds } = this.#parts;
      const maxAge = Math.min(answerSeconds, ...run.confirmations.map(({ seconds }) => seconds ?? answerSeconds));
      return { data, errors, maxAge: Math.floor(maxAge), extensions: extensionsOf(run) };
    } finally {
      clock.stop();
    }
  }

  #programFor(
    loaded: Loaded,
    requestContext: GatewayGraphQLRequestContext,
    viewer: Viewer,
    asked = 1,
  ): Promise<Compiled> {
    const access = loaded.rules.accessOf(viewer);
    const key = keyOf({ hash: requestContext.queryHash, name: requestContext.operationName }, access);
    const known = loaded.known.get(key);
    if (known) {
      known.asked++;
      return known.program;
    }
    const program = this.#compile(loaded, requestContext, access);
    const { scopes, signedIn, person, service } = viewer;
    const fresh: Known = {
      program,
      asked,
      request: forWarming(requestContext),
      viewer: { ...NOBODY, scopes, signedIn: signedIn === true || person !== null || service !== undefined },
    };
    loaded.known.set(key, fresh, { size: requestContext.source.length });
    const forget = () => loaded.known.peek(key) === fresh && loaded.known.delete(key);
    // Operations that cannot be planned are not kept, nor is a failure of the moment.
    program.then((made) => {
      if ('errors' in made) forget();
      else fresh.compiled = made;
    }, forget);
    return program;
  }

  async #compile(loaded: Loaded, requestContext: GatewayGraphQLRequestContext, access: Access): Promise<Compiled> {
    const { clientOf, log } = this.#parts;
    const { apiSchema, schema, joins } = loaded;
    const asked = requestContext;
    const { refused, ...reduced } = withoutRefused(asked.document, asked.operation, apiSchema, access);
    const allowed = access.key === '' ? asked : reduced;
    const planned = planNames(allowed.document, allowed.operation, joins);
    const { document, operation } = planned;
    const made = await loaded.plan({ ...requestContext, document, operation });
    if ('errors' in made) return made;
    const plan = separateRequired(made, responseNames(document), schema, joins);
    const faults = checkPlan(plan, planned, { apiSchema, schema, joins });
    if (faults.length > 0) return { errors: faults };
    const parts: Omit<FetchParts, 'names' | 'leaves'> = {
      schema,
      joins,
      clientOf: (name) => clientOf(name, joins.subgraphs.get(name) ?? ''),
      onFailure: (subgraph, err, run) => {
        const requestId = run.call.context?.requestId;
        log.error({ err, subgraph, requestId }, 'a subgraph did not answer');
      },
      onError: (subgraph, error, run) => {
        const requestId = run.call.context?.requestId;
        // Only the code: messages can hold what somebody asked for.
        log.debug({ code: codeOf(error) ?? 'none', subgraph, requestId }, 'a subgraph answered with an error');
      },
    };
    return compileProgram(plan, requestContext, planned, apiSchema, parts, { access, refused });
  }
}

/** Which old answers stand in for others, and which sources could not be asked who may read what. */
function extensionsOf({ stale, confirmations }: Run): Result['extensions'] {
  const unconfirmed = [...new Set(confirmations.flatMap((each) => each.unconfirmed))].toSorted();
  if (stale.length === 0 && unconfirmed.length === 0) return undefined;
  return { ...(stale.length > 0 && { stale }), ...(unconfirmed.length > 0 && { unconfirmed }) };
}

function keyOf({ hash, name }: Identified, { key }: Access): string {
  return JSON.stringify([hash, name, key]);
}

/** Variables that do not fit are the client's mistake, told as Apollo Server tells it. */
function asUserError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' },
    originalError: error,
  });
}
