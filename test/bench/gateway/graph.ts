import type { Program } from './programs.ts';

/** Subgraphs that are up, and what a gateway has to know of them. */
export interface Graph {
  /** For configurations and logs. */
  readonly folder: string;
  /** The file with the composed schema. */
  readonly supergraph: string;
  readonly subgraphs: readonly PlacedSubgraph[];
  /** Where one can read how many requests they had so far. */
  readonly asked?: string | undefined;
  /** The processes that answer, whose CPU time is counted apart. */
  readonly programs: readonly Program[];
}

/** One subgraph and where it is. */
export interface PlacedSubgraph {
  readonly name: string;
  readonly url: string;
  readonly typeDefs: string;
}

/** A contender that is up. */
export interface Standing {
  readonly url: string;
  readonly gateway: readonly Program[];
  readonly subgraphs: readonly Program[];
  /** Where one can read how many requests the subgraphs had so far; nowhere if that is not counted. */
  readonly asked?: string | undefined;
  /** Ends what is its own. */
  end(): Promise<void>;
}

/** A gateway before subgraphs that others ask as well. */
export function standingBefore({ programs, asked }: Graph, gateway: Program): Standing {
  return { url: gateway.url, gateway: [gateway], subgraphs: programs, asked, end: () => gateway.end() };
}
