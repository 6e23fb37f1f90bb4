import { createHash } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import { audienceKey, type GatewayContext } from '../context.ts';
import { canonicalJson } from './canonical-json.ts';
import type { GatewayCache } from './key-value-cache.ts';

/** What an answer depends on, but for the state of the stores. */
export interface Answered {
  readonly schema: GraphQLSchema;
  /** SHA-256 of the document's text. */
  readonly hash: string;
  readonly operationName: string | null;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Pick<GatewayContext, 'viewer' | 'forwarded'>;
}

/** A whole answer that was given before. */
export interface RememberedAnswer {
  /** Its `data`, in JSON. */
  readonly text: string;
  /** How long it could be given again when it was made, in seconds. */
  readonly maxAge: number;
  /** How old it is, in seconds. */
  readonly age: number;
}

/** What answers are remembered by. */
export interface AnswerCacheParts {
  readonly cache: GatewayCache;
  /** A number for each store in this process, another one as soon as it changed. */
  readonly versions: () => readonly number[];
  /** Whether anything is remembered at all. */
  readonly isOn: boolean;
}

/** Whole answers, without errors, given again to the same viewer while no store changed. */
export class AnswerCache {
  readonly #parts: AnswerCacheParts;
  /** What tells schemas apart, also in a cache that several gateways share. */
  readonly #schemas = new WeakMap<GraphQLSchema, string>();

  constructor(parts: AnswerCacheParts) {
    this.#parts = parts;
  }

  /** A schema is going to be served: answers are those of one schema. */
  learn(schema: GraphQLSchema, supergraph: string): void {
    if (this.#parts.isOn) this.#schemas.set(schema, sha256(supergraph));
  }

  /** Where an answer is kept as things stand; undefined where none is. */
  keyOf({ schema, hash, operationName, variables, context }: Answered): string | undefined {
    const of = this.#schemas.get(schema);
    if (of === undefined) return undefined;
    const asked = [of, hash, operationName, canonicalJson(variables), audienceKey(context), this.#parts.versions()];
    return `answer:${sha256(JSON.stringify(asked))}`;
  }

  /** The answer that is kept there. */
  async get(key: string): Promise<RememberedAnswer | undefined> {
    // Another process may have written it: `<made at> <max-age> <data>`.
    const [, made, maxAge, text] =
      /^(\d{1,15}) (\d{1,6}) (\{[^]*\})$/.exec((await this.#parts.cache.get(key)) ?? '') ?? [];
    if (made === undefined || maxAge === undefined || text === undefined) return undefined;
    return { text, maxAge: Number(maxAge), age: Math.max(0, Math.round((Date.now() - Number(made)) / 1_000)) };
  }

  /** Keeps an answer without errors; nobody waits for it. */
  keep(key: string, text: string, maxAge: number): void {
    void this.#parts.cache.set(key, `${Date.now()} ${maxAge} ${text}`, { ttl: maxAge });
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
