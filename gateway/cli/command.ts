/** An option of a command, as the command line takes it and as the help shows it. */
export interface Option {
  /** What its value is called in the help; without it the option is a switch. */
  readonly value?: string;
  /** The value is a whole number from … to …. */
  readonly range?: readonly [number, number];
  readonly about: string;
}

/** What the user wrote, checked against the command's options. */
export interface Args {
  readonly switches: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly words: readonly string[];
}

/** A command; the module that does the work is loaded when it runs, so that help comes at once. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More for its own help. */
  readonly about?: string;
  /** What it takes besides options: `"TOPIC"`. */
  readonly words?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** @returns how to run it; the number is the exit code. */
  load(): Promise<(args: Args) => Promise<number>>;
}

/** The command line cannot be understood; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
