import { prettyFormatQueryPlan, type QueryPlan } from '@apollo/query-planner';
import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { responseNames, switchNames } from './fields.ts';
import type { FetchParts } from './fetch-step.ts';
import { TEXT, type Form } from './form.ts';
import { leavesFor } from './leaves.ts';
import type { PlannedNames } from './planned-names.ts';
import type { Entity, Run } from './run.ts';
import { compileShaper, type ShapedOperation } from './shape.ts';
import { compileSteps } from './steps.ts';
import { forSwitches } from './switches.ts';

/** An operation, compiled once and run many times. */
export interface Program {
  /** The plan, line by line, for people. */
  plan(): readonly string[];
  /** Runs the steps and shapes the answer. Never rejects: what goes wrong is in the errors. */
  run(run: Run): Promise<{ readonly data: AnswerData; readonly errors: readonly GraphQLError[] }>;
}

/** The `data` of an answer: as values, or as their JSON, whichever is there. */
export class AnswerData {
  readonly #form: Form;
  readonly #made: unknown;

  /** @param made null for no data */
  constructor(form: Form, made: unknown) {
    this.#form = form;
    this.#made = made;
  }

  get value(): Entity | null {
    const made = this.#made;
    return (this.#form === TEXT && made !== null ? JSON.parse(made as string) : made) as Entity | null;
  }

  get text(): string {
    const made = this.#made;
    return this.#form === TEXT && made !== null ? (made as string) : JSON.stringify(made);
  }
}

/** Compiles an operation and its plan; what is refused need not be in the plan. */
export function compileProgram(
  plan: QueryPlan,
  { document, operation }: { document: DocumentNode; operation: OperationDefinitionNode },
  planned: PlannedNames,
  apiSchema: GraphQLSchema,
  parts: Omit<FetchParts, 'names' | 'leaves'>,
  limits: Pick<ShapedOperation, 'access' | 'refused'>,
): Program {
  if (plan.node?.kind === 'Subscription') throw new Error('Subscriptions are not executed.');
  const leaves = leavesFor(plan, parts.schema, parts.clientOf);
  const { form } = leaves;
  const step = plan.node && compileSteps(plan.node, { ...parts, leaves, names: responseNames(planned.document) });
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const each of document.definitions) {
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  }
  const names = switchNames(operation, fragments);
  const shaperFor = forSwitches(names, (switches) =>
    compileShaper({ schema: apiSchema, operation, fragments, switches, form, plannedName: planned.of, ...limits }),
  );

  return {
    plan: () => prettyFormatQueryPlan(plan).split('\n'),
    async run(run) {
      await step?.(run, { path: [], targets: [run.root] });
      const started = performance.now();
      const { data, errors } = shaperFor(run.coerced)(run.root, run);
      run.observation.shaped(performance.now() - started);
      return {
        data: new AnswerData(form, data),
        errors: [...run.errors, ...errors].map((error) => asAsked(error, planned)),
      };
    },
  };
}

/** An error at the place that the client knows. */
function asAsked(error: GraphQLError, { asAsked: nameAsAsked }: PlannedNames): GraphQLError {
  if (!error.path) return error;
  const path = nameAsAsked(error.path);
  if (path === error.path) return error;
  const { message, extensions, originalError } = error;
  return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
}
