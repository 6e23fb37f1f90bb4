import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';

/** The gateway's own operations: what portal, explorer and reports ask. */
export const OPERATIONS_FOLDER = new URL('../../schema/operations/', import.meta.url);

/** Operations known beforehand, by the SHA-256 of their text and by their name. */
export class KnownOperations {
  readonly #byHash = new Map<string, string>();
  readonly #byName = new Map<string, string>();

  /** @param texts documents of one named operation each */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      this.#byHash.set(createHash('sha256').update(text).digest('hex'), text);
      for (const definition of parse(text).definitions) {
        if (definition.kind === Kind.OPERATION_DEFINITION && definition.name) {
          this.#byName.set(definition.name.value, text);
        }
      }
    }
  }

  /** Reads the operations of a folder. */
  static in(folder: URL): KnownOperations {
    const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
    return new KnownOperations(files.map((name) => readFileSync(new URL(name, folder), 'utf8')));
  }

  /** The text with this hash. */
  byHash(sha256: string): string | undefined {
    return this.#byHash.get(sha256.toLowerCase());
  }

  /** The text of the operation of this name. */
  byName(name: string): string | undefined {
    return this.#byName.get(name);
  }
}
