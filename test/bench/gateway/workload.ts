import type { Standing } from './graph.ts';

/** How contenders are started. */
export interface StartOptions {
  /** For configurations and logs. */
  readonly folder: string;
  /** What Node is told that runs ours: for profiles. */
  readonly node: readonly string[];
}

/** Somebody who answers a workload. */
export interface Contender {
  /** By what `--only` names it. */
  readonly key: string;
  readonly title: string;
  start(options: StartOptions): Promise<Standing>;
}

/** Questions, and who is measured by them. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** Whether each request has an Authorization header of its own, which is passed on to the subgraphs. */
  readonly isMarked: boolean;
  /** The first is what the others are compared with. */
  readonly contenders: readonly Contender[];
  /** Bodies of requests: for each window further ones, where no question is to be asked twice. */
  bodies(window: number): readonly string[];
  /** The right answer to a body, if it is known without asking anybody: else that of the first contender. */
  rightAnswer?(body: string): unknown;
  /** Ends what contenders share. */
  close(): Promise<void>;
}
