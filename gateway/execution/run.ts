import type { GraphQLError } from 'graphql';
import type { ConfirmationNote } from '../../subgraphs/kit/live/confirmation.ts';
import type { Observation } from '../observe/observation.ts';
import type { SubgraphCall } from './subgraphs/client.ts';

/** An object of the answer as subgraphs fill it: response names and values. */
export type Entity = Record<string, unknown>;

/** A place in the answer: response names and positions in lists. */
export type Path = readonly (string | number)[];

/** One execution of a program: the answer as it grows, and what went wrong. */
export interface Run {
  /** Variables as the client sent them: what subgraphs are handed. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables with defaults filled in: what conditions go by. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly root: Entity;
  readonly errors: GraphQLError[];
  /** What was said of which place already: a subgraph may repeat itself without end. */
  readonly reported: Set<string>;
  /** Where a fetch failed as a whole: nulls at, above and below these places are explained. */
  readonly failed: Path[];
  /** Entities their owner says do not exist, or not for this viewer: null, and no error. */
  readonly absent: Set<object>;
  /** Subgraphs that do not answer and whose old answers stand in. */
  readonly stale: { readonly subgraph: string; readonly asOf: string }[];
  /** What rests on the word of tools that were asked live. */
  readonly confirmations: ConfirmationNote[];
  readonly call: SubgraphCall;
  readonly observation: Observation;
}

/** Where a step works: the objects its results are merged into. */
export interface Place {
  /** Response names, `@` for each element of a list. */
  readonly path: readonly string[];
  readonly targets: readonly Entity[];
}

/** One step of a program. Never rejects: what goes wrong is in the run's errors. */
export type Step = (run: Run, place: Place) => Promise<void> | void;
