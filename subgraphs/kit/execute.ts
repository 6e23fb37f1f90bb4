import {
  defaultFieldResolver,
  execute,
  isObjectType,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { Log } from './connector.ts';
import { ERROR_CATALOGUE } from './errors.ts';
import type { SubgraphContext, SubgraphService } from './subgraph.ts';
import type { Viewer } from './viewer.ts';

/** An operation for a subgraph, as GraphQL over HTTP has it. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  /** Finds in the log what went wrong. */
  readonly requestId?: string | undefined;
}

/** The gateway's operations are few and come again and again; this many are kept compiled … */
const MAX_DOCUMENTS = 1_000;
/** … and this many characters of them: compiled, they weigh many times as much. */
const MAX_DOCUMENT_TEXT = 1_000_000;

/** Compiling takes as long as running some times; an operation that is asked once is not worth it. */
const WORTH_COMPILING = 5;

/** Runs an operation that was made ready. */
type Run = (
  contextValue: object,
  variableValues: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult>;

/** An operation made ready for one subgraph. */
export interface PreparedOperation {
  readonly query: string;
  readonly run: Run;
}

/** Answers operations of one subgraph. Parses and validates each different one once. */
export class SubgraphExecutor {
  readonly service: SubgraphService;
  readonly #prepared = new LRUCache<string, PreparedOperation>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_DOCUMENT_TEXT,
  });
  readonly #log: Log;

  constructor(service: SubgraphService, log: Log) {
    this.service = service;
    nameResolvers(service.schema);
    this.#log = log;
  }

  /** The context of one request in the name of a viewer: share it between operations of the same request. */
  contextFor(viewer: Viewer): Promise<SubgraphContext> {
    return this.service.contextFor(viewer);
  }

  /** Answers an operation as it comes over HTTP. Never rejects: what goes wrong is in the result's errors. */
  execute(request: SubgraphRequest, contextValue: SubgraphContext): Promise<ExecutionResult> {
    const key = `${request.operationName ?? ''} ${request.query}`;
    let prepared = this.#prepared.get(key);
    if (!prepared) {
      prepared = this.prepare(request.query, request.operationName);
      this.#prepared.set(key, prepared, { size: key.length });
    }
    return this.run(prepared, request.variables ?? {}, contextValue, request.requestId);
  }

  /** Makes an operation ready to be run many times. */
  prepare(query: string, operationName: string | undefined): PreparedOperation {
    return { query, run: compile(this.service.schema, query, operationName) };
  }

  /** Never rejects: what goes wrong is in the result's errors. */
  async run(
    { run }: PreparedOperation,
    variableValues: Readonly<Record<string, unknown>>,
    contextValue: SubgraphContext,
    requestId: string | undefined,
  ): Promise<ExecutionResult> {
    const note = noteOf(contextValue);
    try {
      const result = await run(contextValue, variableValues);
      if (!result.errors) return note ? { ...result, ...note } : result;
      return { ...result, ...note, errors: result.errors.map((error) => this.#toClient(error, requestId)) };
    } catch (error) {
      // Executors throw only for what is wrong with the request as a whole.
      return { errors: [this.#toClient(error as GraphQLError, requestId)] };
    }
  }

  /** Errors of the catalogue and of graphql-js pass; the cause of anything else goes to the log, not to the client. */
  #toClient(error: GraphQLError, requestId: string | undefined): GraphQLError {
    const code = error.extensions?.['code'];
    if (typeof code === 'string' && code in ERROR_CATALOGUE) return error;
    if (error.originalError === undefined && error.path === undefined) {
      return new GraphQLError(error.message, { extensions: { code: 'BAD_USER_INPUT' } });
    }
    this.#log.error({ err: error.originalError ?? error, path: error.path, requestId }, 'a resolver failed');
    return new GraphQLError('This part of the answer failed.', {
      path: error.path,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    });
  }
}

/** What the gateway is told of tools that were asked live; nothing where none was. */
function noteOf({ confirmation }: SubgraphContext): Pick<ExecutionResult, 'extensions'> | undefined {
  if (!confirmation) return undefined;
  const { unconfirmed, seconds } = confirmation;
  if (unconfirmed.length === 0 && seconds === undefined) return undefined;
  return { extensions: { confirmation: { unconfirmed, seconds } } };
}

/** Parses and validates an operation. It is interpreted at first, and where it cannot be compiled. */
function compile(schema: GraphQLSchema, query: string, operationName: string | undefined): Run {
  let document: DocumentNode;
  try {
    document = parse(query, { noLocation: true });
  } catch (error) {
    return () => ({ errors: [error as GraphQLError] });
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return () => ({ errors });
  let compiled: CompiledQuery | undefined;
  let runs = 0;
  return (contextValue, variableValues) => {
    if (++runs === WORTH_COMPILING) {
      void compiledOrNot(schema, document, operationName).then((made) => {
        compiled = made;
      });
    }
    if (compiled) return compiled.query(undefined, contextValue, { ...variableValues });
    return execute({ schema, document, contextValue, variableValues, operationName: operationName ?? null });
  };
}

/** The compiler is loaded when there is something to compile: a start and its first answers do without. */
async function compiledOrNot(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Promise<CompiledQuery | undefined> {
  try {
    const { compileQuery, isCompiledQuery } = await import('graphql-jit');
    const compiled = compileQuery(schema, document, operationName);
    return isCompiledQuery(compiled) ? compiled : undefined;
  } catch {
    return undefined;
  }
}

/** Gives fields without a resolver the usual one by name: the compiler would not call a method of the object. */
function nameResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve ??= defaultFieldResolver;
  }
}
