import type { WebhookMessage } from '../connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../errors.ts';
import type { Scheduler, WebhookOutcome } from './scheduler.ts';

/** What the thread that fills a store is asked, with the answer it gives. */
interface Questions {
  /** The message's body arrives as plain bytes. */
  readonly receive: {
    readonly asked: { readonly source: string; readonly message: WebhookMessage };
    readonly answer: WebhookOutcome;
  };
  readonly readable: {
    readonly asked: { readonly source: string; readonly account: string | null; readonly keys: readonly string[] };
    readonly answer: ReadonlyMap<string, string> | undefined;
  };
}

/** A question on its way to the thread. */
export type Question = {
  [Kind in keyof Questions]: { readonly kind: Kind } & Questions[Kind]['asked'];
}[keyof Questions];

/** What is sent to the thread: a question, or that its answer is no longer waited for. */
export type QuestionMessage =
  | { readonly type: 'question'; readonly id: number; readonly question: Question }
  | { readonly type: 'nevermind'; readonly id: number };

/** What comes back. */
export type AnswerMessage =
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | {
      readonly type: 'failure';
      readonly id: number;
      readonly code: ConnectorErrorCode;
      readonly message: string;
      readonly retryAfterMs: number | undefined;
    };

/** The asking side: numbers questions, and ends those that are not answered in time. */
export class Asker {
  readonly #send: (message: QuestionMessage) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #isOver = false;

  constructor(send: (message: QuestionMessage) => void) {
    this.#send = send;
  }

  /** @throws ConnectorError when the tool cannot be asked, is not asked in time, or `signal` ends it. */
  async ask<Kind extends keyof Questions>(
    question: { readonly kind: Kind } & Questions[Kind]['asked'],
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<Questions[Kind]['answer']> {
    const { source } = question;
    if (this.#isOver) throw gone(source);
    const id = ++this.#last;
    const waiting = Promise.withResolvers<unknown>();
    const giveUp = (error: ConnectorError) => {
      if (!this.#waiting.has(id)) return;
      this.#send({ type: 'nevermind', id });
      waiting.reject(error);
    };
    const late = setTimeout(
      () => giveUp(new ConnectorError('UNAVAILABLE', `${source}: no answer in time.`)),
      deadlineMs,
    );
    const onAbort = () => giveUp(new ConnectorError('CANCELLED', `${source}: nobody waits for the answer any more.`));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.set(id, waiting);
    try {
      this.#send({ type: 'question', id, question: question as Question });
      if (signal?.aborted) onAbort();
      return (await waiting.promise) as Questions[Kind]['answer'];
    } catch (error) {
      // The thread's end, which concerns all that is waited for.
      throw error instanceof ConnectorError ? error : gone(source, error);
    } finally {
      this.#waiting.delete(id);
      clearTimeout(late);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Takes what came back. */
  take(message: AnswerMessage): void {
    const waiting = this.#waiting.get(message.id);
    if (message.type === 'answer') waiting?.resolve(message.answer);
    else {
      const { code, message: text, retryAfterMs } = message;
      waiting?.reject(new ConnectorError(code, text, retryAfterMs === undefined ? {} : { retryAfterMs }));
    }
  }

  /** The thread has ended: nothing is answered any more. */
  end(): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(new Error('The sync thread has ended.'));
  }
}

/** Who answers questions. */
export interface Answering extends Pick<Scheduler, 'readable'> {
  receive(source: string, message: WebhookMessage): WebhookOutcome | Promise<WebhookOutcome>;
}

/** The answering side, in the thread; or in the process that has it. */
export class Answerer {
  readonly #scheduler: Answering;
  readonly #send: (message: AnswerMessage) => void;
  readonly #onFault: (error: unknown) => void;
  readonly #working = new Map<number, AbortController>();

  /** @param onFault is told of failures that are not the tools'. */
  constructor(scheduler: Answering, send: (message: AnswerMessage) => void, onFault: (error: unknown) => void) {
    this.#scheduler = scheduler;
    this.#send = send;
    this.#onFault = onFault;
  }

  /** Answers without waiting for what is being synced. */
  async take(message: QuestionMessage): Promise<void> {
    const { id } = message;
    if (message.type === 'nevermind') {
      this.#working.get(id)?.abort();
      return;
    }
    const abort = new AbortController();
    this.#working.set(id, abort);
    try {
      this.#send({ type: 'answer', id, answer: await this.#answer(message.question, abort.signal) });
    } catch (error) {
      const isKnown = error instanceof ConnectorError;
      if (!isKnown && !abort.signal.aborted) this.#onFault(error);
      this.#send({
        type: 'failure',
        id,
        code: isKnown ? error.code : 'BAD_RESPONSE',
        message: isKnown
          ? error.message
          : `${message.question.source}: the connector failed in an unforeseen way; the log has the cause.`,
        retryAfterMs: isKnown ? error.retryAfterMs : undefined,
      });
    } finally {
      this.#working.delete(id);
    }
  }

  async #answer(question: Question, signal: AbortSignal): Promise<Questions[keyof Questions]['answer']> {
    const { source } = question;
    if (question.kind === 'readable') return this.#scheduler.readable(source, question.account, question.keys, signal);
    const { headers, body } = question.message;
    return this.#scheduler.receive(source, { headers, body: Buffer.from(body.buffer, body.byteOffset, body.length) });
  }
}

function gone(source: string, cause?: unknown): ConnectorError {
  return new ConnectorError('UNAVAILABLE', `${source}: the thread that talks to the tool has ended.`, { cause });
}
