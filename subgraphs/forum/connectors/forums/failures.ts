import { ConnectorError } from '../../../kit/errors.ts';

/** One item may be broken; when so many in a row are, the tool is. */
const MAX_FAILURES = 3;

/** Tells items that cannot be read from a tool that cannot be read. */
export class Failures {
  readonly #source: string;
  readonly #isOfOne: (error: ConnectorError) => Promise<boolean>;
  #inARow = 0;

  /** @param isOfOne whether it is the one item that fails, and not the tool */
  constructor(source: string, isOfOne: (error: ConnectorError) => Promise<boolean>) {
    this.#source = source;
    this.#isOfOne = isOfOne;
  }

  /** An item could be read. */
  end(): void {
    this.#inARow = 0;
  }

  /** Why an item cannot be read. @throws the error itself where it is the tool's */
  async reasonOf(error: unknown): Promise<string> {
    if (!(error instanceof ConnectorError) || !(await this.#isOfOne(error)) || ++this.#inARow >= MAX_FAILURES)
      throw error;
    return error.message.replace(`${this.#source}: `, '').replace(/\.$/, '');
  }
}
