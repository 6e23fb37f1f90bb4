import type { GraphQLError } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { FederatedExecutor, Variables } from '../execution/executor.ts';
import type { Program } from '../execution/program.ts';
import type { Run } from '../execution/run.ts';

/** How a program ended, with what it brought as text. */
export interface TextResult extends Pick<Run, 'stale'> {
  /** The answer's `data`, in JSON. */
  readonly text: string;
  readonly errors: readonly GraphQLError[];
}

/** Runs a program for the text of its data. */
export async function runToText(
  executor: FederatedExecutor,
  program: Program,
  variables: Variables,
  context: GatewayContext,
): Promise<TextResult> {
  const { data, errors, stale } = await executor.run(program, variables, context);
  return { text: data.text, errors, stale };
}
