import type { QueryPlan } from '@apollo/query-planner';
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { Kind, visit, type DocumentNode, type FieldNode, type GraphQLError } from 'graphql';

/** What the gateway's hook is told. */
interface Resolved {
  readonly queryPlan: QueryPlan;
  readonly requestContext: GatewayGraphQLRequestContext;
}

/** Ends the gateway's own execution once the plan is there. */
const PLANNED = new Error('The plan is made.');

/** Has `@apollo/gateway` make plans, and leaves their execution to us. */
export class Planner {
  readonly #plans = new WeakMap<GatewayGraphQLRequestContext, QueryPlan>();

  /** For the gateway's configuration: called when a plan is there, before it would be executed. */
  readonly hook = ({ queryPlan, requestContext }: Resolved): void => {
    this.#plans.set(requestContext, queryPlan);
    throw PLANNED;
  };

  /** For the gateway's configuration: compiled programs are kept instead of plans. */
  static readonly noCache = {
    get: async () => undefined,
    set: async () => {},
    delete: async () => true,
    clear: () => {},
  };

  /** @returns the plan, or why there is none: the operation does not fit the schema. */
  async plan(
    executor: GatewayExecutor,
    asked: GatewayGraphQLRequestContext,
  ): Promise<QueryPlan | { readonly errors: readonly GraphQLError[] }> {
    const requestContext = { ...asked, document: withoutIntrospection(asked.document) };
    try {
      const { errors } = await executor(requestContext);
      return { errors: errors ?? [] };
    } catch (error) {
      const plan = this.#plans.get(requestContext);
      if (error === PLANNED && plan) return plan;
      throw error;
    }
  }
}

/** Any field, so that what was asked about the schema is still there, but nothing of it. */
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * Takes out what is asked about the schema itself: it is in no plan, and the planner's idea of what a schema can be
 * asked is older than that of graphql-js, so that it would refuse `isOneOf`.
 */
function withoutIntrospection(document: DocumentNode): DocumentNode {
  return visit(document, {
    FragmentDefinition: ({ typeCondition }) => (typeCondition.name.value.startsWith('__') ? null : undefined),
    Field: (field) =>
      field.name.value === '__schema' || field.name.value === '__type'
        ? { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections: [TYPENAME] } }
        : undefined,
  });
}
