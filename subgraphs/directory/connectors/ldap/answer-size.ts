import type { Socket } from 'node:net';

/** No page and no entry is larger: the library holds an answer whole before anything can be told of it. */
export const MAX_ANSWER = 32 * 1024 * 1024;

/** Weighs answers as they come, and breaks the connection off when one grows beyond measure. */
export class AnswerSize {
  #bytes = 0;

  /** Whether the connection was broken off here. */
  get isOver(): boolean {
    return this.#bytes > MAX_ANSWER;
  }

  /** To be called before each question. */
  reset(): void {
    this.#bytes = 0;
  }

  /** The socket, its bytes counted. */
  watch<Kind extends Socket>(socket: Kind): Kind {
    return socket.on('data', (data: Buffer) => {
      this.#bytes += data.length;
      if (this.isOver) socket.destroy(new Error('the answer is too large'));
    });
  }
}
