/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The file as the user would name it. */
  readonly file: string;
  /** Undefined when the file as a whole is meant. */
  readonly place?: Place | undefined;
  /** What is wrong and, where that helps, what to change. Never holds a secret. */
  readonly message: string;
}

/** The configuration cannot be used; all that is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map(lineOf).join('\n'), options);
    this.problems = problems;
  }
}

/** `atrium.yaml:12:5 what is wrong` */
export function lineOf({ file, place, message }: ConfigProblem): string {
  return place ? `${file}:${place.line}:${place.column} ${message}` : `${file}: ${message}`;
}

/** A step into the configuration: a key or a place in a list. */
export type Path = readonly (string | number)[];

/** A path as people write it: `forum.sources[0].path`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}
