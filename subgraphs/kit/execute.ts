import {
  execute,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { Log } from './connector.ts';
import { ERROR_CATALOGUE } from './errors.ts';
import type { SubgraphService } from './subgraph.ts';
import type { Viewer } from './viewer.ts';

/** An operation for a subgraph, as GraphQL over HTTP has it. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
  /** Finds in the log what went wrong. */
  readonly requestId?: string | undefined;
}

/** The gateway's operations are few and come again and again; this many are kept parsed and validated. */
const MAX_DOCUMENTS = 1_000;

/** Answers operations of one subgraph. Parses and validates each different one once. */
export class SubgraphExecutor {
  readonly service: SubgraphService;
  readonly #documents = new Map<string, DocumentNode | ExecutionResult>();

  readonly #log: Log;

  constructor(service: SubgraphService, log: Log) {
    this.service = service;
    this.#log = log;
  }

  /** The context of one request in the name of a viewer: share it between operations of the same request. */
  contextFor(viewer: Viewer): object {
    return this.service.contextFor(viewer);
  }

  /** Never throws: what goes wrong is in the result's errors. */
  async execute(request: SubgraphRequest, contextValue: object): Promise<ExecutionResult> {
    const document = this.#documentOf(request.query);
    if (!('kind' in document)) return document;
    try {
      const result = await execute({
        schema: this.service.schema,
        document,
        contextValue,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
      });
      return result.errors
        ? { ...result, errors: result.errors.map((error) => this.#toClient(error, request)) }
        : result;
    } catch (error) {
      // graphql-js throws only for what is wrong with the request as a whole.
      return { errors: [this.#toClient(error as GraphQLError, request)] };
    }
  }

  /** Errors of the catalogue and of graphql-js pass; the cause of anything else goes to the log, not to the client. */
  #toClient(error: GraphQLError, { requestId }: SubgraphRequest): GraphQLError {
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

  #documentOf(query: string): DocumentNode | ExecutionResult {
    let document = this.#documents.get(query);
    if (!document) {
      document = prepare(this.service.schema, query);
      if (this.#documents.size >= MAX_DOCUMENTS) this.#documents.clear();
      this.#documents.set(query, document);
    }
    return document;
  }
}

function prepare(schema: GraphQLSchema, query: string): DocumentNode | ExecutionResult {
  try {
    const document = parse(query, { noLocation: true });
    const errors = validate(schema, document);
    return errors.length > 0 ? { errors } : document;
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}
