import { execute, parse, validate, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { Viewer } from './viewer.ts';
import type { SubgraphService } from './subgraph.ts';

/** An operation for a subgraph, as GraphQL over HTTP has it. */
export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly operationName?: string | undefined;
}

/** The gateway's operations are few and come again and again; this many are kept parsed and validated. */
const MAX_DOCUMENTS = 1_000;

/** Answers operations of one subgraph. Parses and validates each different one once. */
export class SubgraphExecutor {
  readonly service: SubgraphService;
  readonly #documents = new Map<string, DocumentNode | ExecutionResult>();

  constructor(service: SubgraphService) {
    this.service = service;
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
      return await execute({
        schema: this.service.schema,
        document,
        contextValue,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
      });
    } catch (error) {
      // graphql-js throws only for what is wrong with the request as a whole.
      return { errors: [error as NonNullable<ExecutionResult['errors']>[number]] };
    }
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
    return { errors: [error as NonNullable<ExecutionResult['errors']>[number]] };
  }
}
