import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Kind, type FragmentDefinitionNode } from 'graphql';
import { switchNames } from './fields.ts';
import type { FetchParts } from './fetch-step.ts';
import type { Entity, Run } from './run.ts';
import { compileShaper, type ShapedOperation, type Shaper } from './shape.ts';
import { compileSteps } from './steps.ts';

/** An operation, compiled once and run many times. */
export interface Program {
  /** Runs the steps and shapes the answer. Never rejects: what goes wrong is in the errors. */
  run(run: Run): Promise<{ readonly data: Entity | null; readonly errors: readonly GraphQLError[] }>;
}

/** An operation needs a shaper for each combination of its conditions; more than this many are not kept. */
const MAX_SHAPERS = 64;

/** Compiles an operation and its plan; what is refused need not be in the plan. */
export function compileProgram(
  plan: QueryPlan,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  apiSchema: GraphQLSchema,
  parts: FetchParts,
  limits: Pick<ShapedOperation, 'access' | 'refused'>,
): Program {
  if (plan.node?.kind === 'Subscription') throw new Error('Subscriptions are not executed.');
  const step = plan.node && compileSteps(plan.node, parts);
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  }
  const names = switchNames(operation, fragments);
  const shapers = new Map<string, Shaper>();

  const shaperFor = (coerced: Readonly<Record<string, unknown>>): Shaper => {
    const key = names.map((name) => (coerced[name] === true ? '1' : '0')).join('');
    let shaper = shapers.get(key);
    if (!shaper) {
      const switches = new Map(names.map((name) => [name, coerced[name] === true]));
      shaper = compileShaper({ schema: apiSchema, operation, fragments, switches, ...limits });
      if (shapers.size >= MAX_SHAPERS) shapers.clear();
      shapers.set(key, shaper);
    }
    return shaper;
  };

  return {
    async run(run) {
      await step?.(run, { path: [], targets: [run.root] });
      const { data, errors } = shaperFor(run.coerced)(run.root, run);
      return { data, errors: [...run.errors, ...errors] };
    },
  };
}
