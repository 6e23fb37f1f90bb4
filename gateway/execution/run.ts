import type { GraphQLError } from 'graphql';
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
  readonly call: SubgraphCall;
  /** Takes down how long each fetch took; none unless somebody wants to know. */
  readonly trace?: ((step: TraceStep) => void) | undefined;
}

/** What one fetch of a run cost. */
export interface TraceStep {
  readonly subgraph: string;
  /** Where its results belong: `topic.people.edges.@.node`; empty at the root. */
  readonly path: string;
  /** When it began and how long it took, in milliseconds since the run began. */
  readonly startMs: number;
  readonly ms: number;
  /** Entities asked for; none for a fetch of root fields. */
  readonly entities?: number;
  readonly errors: number;
}

/** Where a step works: the objects its results are merged into. */
export interface Place {
  /** Response names, `@` for each element of a list. */
  readonly path: readonly string[];
  readonly targets: readonly Entity[];
}

/** One step of a program. Never rejects: what goes wrong is in the run's errors. */
export type Step = (run: Run, place: Place) => Promise<void> | void;
