import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { GraphQLError, type GraphQLSchema, type SelectionSetNode } from 'graphql';
import type { Joins } from './joins.ts';
import type { PlannedNames } from './planned-names.ts';
import { RequiredArguments } from './required-arguments.ts';
import { selectionOf } from './selection.ts';
import { firstUnreached } from './unreached.ts';

/** A fetch of a plan, and where its results belong: response names, without lists. */
export interface PlannedFetch {
  readonly node: FetchNode;
  readonly path: readonly string[];
  readonly selection: SelectionSetNode;
}

/**
 * Whether a plan does what was asked. There are operations that the planner makes a wrong plan of without saying so;
 * an error is better than a wrong answer.
 */
export function checkPlan(
  plan: QueryPlan,
  planned: PlannedNames,
  { apiSchema, schema, joins }: { apiSchema: GraphQLSchema; schema: GraphQLSchema; joins: Joins },
): readonly GraphQLError[] {
  const fetches = plan.node && plan.node.kind !== 'Subscription' ? fetchesOf(plan.node, []) : [];
  const unreached = firstUnreached(fetches, planned, apiSchema);
  if (unreached) {
    return [refusal(`No subgraph can be asked for "${planned.asAsked(unreached).join('.')}".`)];
  }
  const conflict = new RequiredArguments(schema, joins).firstConflict(fetches);
  if (!conflict) return [];
  const [one, other] = conflict.fields;
  return [
    refusal(
      `"${one}" and "${other}" cannot be asked for in one operation: they require "${conflict.required}" with different arguments.`,
    ),
  ];
}

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OPERATION_NOT_PLANNABLE', http: { status: 400 } } });
}

/** The fetches of a plan, in order. */
export function fetchesOf(node: PlanNode, path: readonly string[]): PlannedFetch[] {
  switch (node.kind) {
    case 'Fetch':
      return [{ node, path, selection: selectionOf(node.operation) }];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((each) => fetchesOf(each, path));
    case 'Flatten':
      return fetchesOf(node.node, [...path, ...node.path.map(String).filter((step) => step !== '@')]);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((each) => (each ? fetchesOf(each, path) : []));
    case 'Defer':
      return [];
  }
}
