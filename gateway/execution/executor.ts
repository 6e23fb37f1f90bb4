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
import type { FetchParts } from './fetch-step.ts';
import { readJoins, type Joins } from './joins.ts';
import type { Planner } from './planner.ts';
import { compileProgram, type Program } from './program.ts';
import type { Run } from './run.ts';
import type { SubgraphClient } from './subgraphs/client.ts';
import { withoutRefused } from './without-refused.ts';

/** What the executor is built of. */
export interface ExecutorParts {
  readonly planner: Planner;
  /** `@apollo/gateway`'s own executor, which makes the plans. */
  readonly planning: () => GatewayExecutor;
  readonly clientOf: (subgraph: string, address: string) => SubgraphClient;
  readonly log: Log;
  /** How long a whole operation may take; then what is there is the answer. */
  readonly operationMs: number;
  /** How long the answer may be given again to the same viewer, in seconds. */
  readonly answerSeconds: number;
}

/** So many characters of operations are kept compiled; a program weighs many times its text. */
const MAX_PROGRAM_TEXT = 1_000_000;
const MAX_PROGRAMS = 1_000;
/** So many operations are made ready for a schema that takes the place of another. */
const MAX_WARM = 50;

/** A compiled operation, or why there is none. */
type Compiled = Program | { readonly errors: readonly GraphQLError[] };

/** An operation, and for whom it was asked as far as that changes what is asked. */
interface Asked {
  readonly requestContext: GatewayGraphQLRequestContext;
  readonly viewer: Viewer;
}

/** One composed schema and what was compiled for it. */
interface Loaded {
  readonly apiSchema: GraphQLSchema;
  readonly schema: GraphQLSchema;
  readonly joins: Joins;
  readonly rules: AccessRules;
  readonly programs: LRUCache<string, Promise<Compiled>>;
  /** The operations asked last, with what planning them needs. */
  readonly asked: LRUCache<string, Asked>;
}

/** Executes operations: plans of `@apollo/gateway`, compiled and run by us. */
export class FederatedExecutor {
  readonly #parts: ExecutorParts;
  #loaded: Loaded | undefined;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /** Takes over a schema; what was asked last of the one before is compiled anew for it. */
  load({ apiSchema, coreSupergraphSdl }: { apiSchema: GraphQLSchema; coreSupergraphSdl: string }): void {
    const before = this.#loaded;
    const document = parse(coreSupergraphSdl, { noLocation: true });
    const loaded: Loaded = {
      apiSchema,
      schema: buildASTSchema(document, { assumeValid: true, assumeValidSDL: true }),
      joins: readJoins(document),
      rules: new AccessRules(document, apiSchema),
      programs: new LRUCache({ max: MAX_PROGRAMS, maxSize: MAX_PROGRAM_TEXT }),
      asked: new LRUCache({ max: MAX_WARM }),
    };
    this.#loaded = loaded;
    if (before) void this.#warm(loaded, [...before.asked.values()]);
  }

  /** One operation after another, so that planning them holds up nobody who asks meanwhile. */
  async #warm(loaded: Loaded, asked: readonly Asked[]): Promise<void> {
    for (const { requestContext, viewer } of asked) {
      await setImmediate();
      if (this.#loaded !== loaded) return;
      // What does not fit the schema any more is told whoever asks for it.
      await this.#programFor(loaded, requestContext, viewer).catch(() => undefined);
    }
  }

  /** For Apollo Server, in the place of the gateway's own. */
  readonly execute: GatewayExecutor = async (requestContext): Promise<GatewayExecutionResult> => {
    const loaded = this.#loaded;
    if (!loaded) throw new Error('There is no schema yet.');
    const { operation, request } = requestContext;
    const variables = request.variables ?? {};
    const coercion = getVariableValues(loaded.apiSchema, operation.variableDefinitions ?? [], variables);
    if (coercion.errors) return { errors: coercion.errors.map(asUserError) };
    const context = requestContext.context as GatewayContext;
    const program = await this.#programFor(loaded, requestContext, context.viewer);
    if ('errors' in program) return { errors: program.errors };
    const { operationMs, answerSeconds } = this.#parts;
    const clock = startClock(context.signal, operationMs);
    const run: Run = {
      variables,
      coerced: coercion.coerced,
      root: {},
      errors: [],
      failed: [],
      absent: new Set(),
      stale: [],
      trace: context.trace,
      call: { context, ...clock },
    };
    try {
      const { data, errors } = await program.run(run);
      requestContext.overallCachePolicy.restrict({ maxAge: answerSeconds, scope: 'PRIVATE' });
      return {
        data,
        ...(errors.length > 0 && { errors }),
        ...(run.stale.length > 0 && { extensions: { stale: run.stale } }),
      };
    } finally {
      clock.stop();
    }
  };

  #programFor(loaded: Loaded, requestContext: GatewayGraphQLRequestContext, viewer: Viewer): Promise<Compiled> {
    const access = loaded.rules.accessOf(viewer);
    const key = JSON.stringify([requestContext.queryHash, requestContext.operationName, access.key]);
    const known = loaded.programs.get(key);
    if (known) {
      loaded.asked.get(key);
      return known;
    }
    const program = this.#compile(loaded, requestContext, access);
    // Planning looks at variables and at what somebody may have, but not at who asks.
    const { scopes, signedIn, person, service } = viewer;
    loaded.asked.set(key, {
      requestContext: { ...requestContext, context: {} },
      viewer: { ...NOBODY, scopes, signedIn: signedIn === true || person !== null || service !== undefined },
    });
    loaded.programs.set(key, program, { size: requestContext.source.length });
    // Operations that cannot be planned are not kept, nor is a failure of the moment.
    program.then(
      (made) => 'errors' in made && loaded.programs.delete(key),
      () => loaded.programs.delete(key),
    );
    return program;
  }

  async #compile(loaded: Loaded, requestContext: GatewayGraphQLRequestContext, access: Access): Promise<Compiled> {
    const { planner, planning, clientOf, log } = this.#parts;
    const { apiSchema, schema, joins } = loaded;
    const { document, operation } = requestContext;
    const { refused, ...reduced } = withoutRefused(document, operation, apiSchema, access);
    const plan = await planner.plan(planning(), { ...requestContext, ...(access.key !== '' && reduced) });
    if ('errors' in plan) return plan;
    const parts: FetchParts = {
      schema,
      joins,
      clientOf: (name) => clientOf(name, joins.subgraphs.get(name) ?? ''),
      onFailure: (subgraph, err, run) => {
        const requestId = run.call.context?.requestId;
        log.error({ err, subgraph, requestId }, 'a subgraph did not answer');
      },
      onError: (subgraph, { extensions }, run) => {
        const requestId = run.call.context?.requestId;
        // Only the code: messages can hold what somebody asked for.
        const code = (extensions as { code?: unknown } | null | undefined)?.code ?? 'none';
        log.debug({ code, subgraph, requestId }, 'a subgraph answered with an error');
      },
    };
    return compileProgram(plan, document, operation, apiSchema, parts, { access, refused });
  }
}

/** Variables that do not fit are the client's mistake, told as Apollo Server tells it. */
function asUserError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    extensions: { code: 'BAD_USER_INPUT' },
    originalError: error,
  });
}
