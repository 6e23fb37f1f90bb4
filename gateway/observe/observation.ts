/** What one fetch of an operation cost. */
export interface FetchStep {
  readonly subgraph: string;
  /** Where its results belong: `topic.people.edges.@.node`; empty at the root. */
  readonly path: string;
  /** When it began, in milliseconds since the operation did. */
  readonly startMs: number;
  readonly ms: number;
  /** Different entities asked for; none for a fetch of root fields. */
  readonly entities?: number | undefined;
  /** Codes of what went wrong. */
  readonly codes: readonly string[];
}

/** A fetch under way. */
export interface FetchUnderWay {
  /** Sent along, so that the subgraph's own trace can go on from here. */
  readonly headers: Readonly<Record<string, string>>;
  done(entities: number | undefined, codes: readonly string[]): void;
}

/** Spans of an operation in a trace, where traces are sent somewhere. */
export interface OperationSpans {
  fetching(
    subgraph: string,
    path: string,
  ): { readonly headers: Readonly<Record<string, string>>; end(codes: readonly string[]): void };
  planned(startMs: number, ms: number): void;
  end(operation: string | null, codes: readonly string[]): void;
}

const NO_HEADERS = {};

/** Takes down where the time of one operation goes. */
export class Observation {
  readonly #started = performance.now();
  readonly #spans: OperationSpans | undefined;
  readonly fetches: FetchStep[] = [];
  /** The plan for people, where it was asked for. */
  readonly wantsPlan: boolean;
  plan: readonly string[] = [];
  planMs = 0;
  /** Whether the operation had to be planned and compiled first. */
  isFirst = false;
  shapeMs = 0;

  constructor(options: { readonly spans?: OperationSpans | undefined; readonly wantsPlan?: boolean } = {}) {
    this.#spans = options.spans;
    this.wantsPlan = options.wantsPlan === true;
  }

  /** Milliseconds since the operation began. */
  get ms(): number {
    return performance.now() - this.#started;
  }

  /** The operation's program is there. */
  planned(ms: number, isFirst: boolean): void {
    this.planMs = ms;
    this.isFirst = isFirst;
    this.#spans?.planned(this.ms - ms, ms);
  }

  /** A fetch begins. */
  fetching(subgraph: string, path: readonly string[]): FetchUnderWay {
    const startMs = this.ms;
    const place = path.join('.');
    const span = this.#spans?.fetching(subgraph, place);
    return {
      headers: span?.headers ?? NO_HEADERS,
      done: (entities, codes) => {
        this.fetches.push({ subgraph, path: place, startMs, ms: this.ms - startMs, entities, codes });
        span?.end(codes);
      },
    };
  }

  shaped(ms: number): void {
    this.shapeMs = ms;
  }

  /** The answer is about to be sent. */
  end(operation: string | null, codes: readonly string[]): void {
    this.#spans?.end(operation, codes);
  }
}
