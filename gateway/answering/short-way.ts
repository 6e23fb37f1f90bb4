import { getVariableValues, type GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { AnswerCache, RememberedAnswer } from '../cache/answer-cache.ts';
import type { GatewayContext } from '../context.ts';
import type { FederatedExecutor, Variables } from '../execution/executor.ts';
import type { Program } from '../execution/program.ts';
import type { Pricing } from '../limits/pricing.ts';
import { codesOf, type Account } from '../observe/account.ts';
import type { AdmittedOperation, AdmittedOperations } from '../operations/admitted.ts';

/** An operation as a request asks for it. */
export interface Question {
  readonly text: string;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** SHA-256 of the text, where the client has it by that. */
  readonly hash?: string | undefined;
}

/** An answer, but for its media type. */
export interface ShortAnswer {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the short way is built of. */
export interface ShortWayParts {
  readonly admitted: AdmittedOperations;
  readonly pricing: Pricing;
  /** Largest cost of an operation. */
  readonly maxCost: number;
  readonly executor: FederatedExecutor;
  readonly answers: AnswerCache;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly account: Account;
  readonly log: Log;
}

/** An operation that can be answered here: all of it fits, and its program is compiled. */
interface Ready {
  readonly operation: AdmittedOperation;
  readonly program: Program;
  readonly variables: Variables;
}

/**
 * Answers what the server let in, validated and executed before, without going through the server once more. Whatever is
 * out of the ordinary is left to the server, refusals above all: it says what is true, this only says it sooner.
 */
export class ShortWay {
  readonly #parts: ShortWayParts;

  constructor(parts: ShortWayParts) {
    this.#parts = parts;
  }

  /** Whether it is worth trying. */
  mayKnow({ text }: Question): boolean {
    return this.#parts.admitted.has(text);
  }

  /** The server's answer; undefined where it has to be asked for it. */
  async answer(question: Question, context: GatewayContext): Promise<ShortAnswer | undefined> {
    try {
      const ready = this.#makeReady(question, context);
      return ready && (await this.#answer(ready, context));
    } catch (error) {
      this.#parts.log.error({ err: error, requestId: context.requestId }, 'the short way failed; the server is asked');
      return undefined;
    }
  }

  #makeReady(question: Question, { viewer, observation }: GatewayContext): Ready | undefined {
    const { admitted, executor } = this.#parts;
    if (observation.wantsPlan) return undefined;
    const operation = admitted.find(question.text, question.operationName);
    if (!operation || (question.hash !== undefined && question.hash !== operation.hash)) return undefined;
    const { schema } = operation;
    const given = question.variables;
    const { coerced } = getVariableValues(schema, operation.operation.variableDefinitions ?? [], given);
    if (!coerced || !this.#isAffordable(operation, coerced)) return undefined;
    const program = executor.programOf(schema, operation, viewer);
    return program && { operation, program, variables: { given, coerced } };
  }

  #isAffordable(operation: AdmittedOperation, variables: Variables['coerced']): boolean {
    const { pricing, maxCost } = this.#parts;
    // Without variables it costs what it did when it was let in.
    if ((operation.operation.variableDefinitions ?? []).length === 0) return true;
    try {
      return pricing.costWith(operation, variables) <= maxCost;
    } catch {
      // A page that nobody gets: the server says so.
      return false;
    }
  }

  async #answer({ operation, program, variables }: Ready, context: GatewayContext): Promise<ShortAnswer> {
    const { answers, executor, formatError } = this.#parts;
    const { schema, hash, name } = operation;
    const key = answers.keyOf({ schema, hash, operationName: name, variables: variables.given, context });
    const remembered = key === undefined ? undefined : await answers.get(key);
    if (remembered) return this.#again(operation, remembered, context);
    context.observation.planned(0, false);
    const { data, errors, maxAge, extensions } = await executor.run(program, variables, context);
    const { text } = data;
    const told = errors.map((error) => formatError(asServer(error), error));
    const isWhole = told.length === 0 && text !== 'null';
    // An answer of which there is more to say is not kept: it would be given again without that.
    if (key !== undefined && isWhole && !extensions && maxAge > 0) answers.keep(key, text, maxAge);
    this.#give(operation, context, { hasData: text !== 'null', codes: codesOf(told), isRemembered: false });
    const before = told.length === 0 ? '' : `"errors":${JSON.stringify(told)},`;
    const after = extensions ? `,"extensions":${JSON.stringify(extensions)}` : '';
    const isKept = told.length === 0 && maxAge > 0;
    return {
      body: bytesOf(`{${before}"data":${text}${after}}\n`),
      headers: { 'cache-control': isKept ? cacheControl(maxAge) : 'no-store' },
    };
  }

  #again(operation: AdmittedOperation, answer: RememberedAnswer, context: GatewayContext): ShortAnswer {
    const { text, maxAge, age } = answer;
    this.#give(operation, context, { hasData: true, codes: [], isRemembered: true });
    return {
      body: bytesOf(`{"data":${text}}\n`),
      headers: { 'cache-control': cacheControl(maxAge), age: String(age) },
    };
  }

  #give(
    { name, hash }: AdmittedOperation,
    context: GatewayContext,
    ended: { readonly hasData: boolean; readonly codes: readonly string[]; readonly isRemembered: boolean },
  ): void {
    this.#parts.account.give(context, { operation: name, hash, ...ended });
  }
}

/** An error as the server hands it to be put into words: with a code, and nothing that is meant for HTTP. */
function asServer(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions: { ...extensions, code: extensions['code'] ?? 'INTERNAL_SERVER_ERROR' } };
}

function cacheControl(maxAge: number): string {
  return `max-age=${maxAge}, private`;
}

/** Text as it is sent. Nothing but ASCII, as most of it is, is one byte a character, which is written at once. */
function bytesOf(text: string): Buffer {
  const size = Buffer.byteLength(text);
  return size === text.length ? Buffer.from(text, 'latin1') : Buffer.from(text);
}
