import type { Socket } from 'node:net';

/** No page and no entry is larger: the library holds an answer whole before anything can be told of it. */
export const MAX_ANSWER = 32 * 1024 * 1024;

/** Weighs answers as they come, and breaks the connection off when one grows, or says it will grow, beyond measure. */
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
    let head: number[] = [];
    let left = 0;
    return socket.on('data', (data: Buffer) => {
      this.#bytes += data.length;
      // What a message says of its length need not be waited for.
      for (let at = 0; at < data.length && !this.isOver;) {
        const step = Math.min(left, data.length - at);
        left -= step;
        at += step;
        if (at === data.length) break;
        head.push(data[at++] as number);
        const length = contentLength(head);
        if (length === undefined) continue;
        head = [];
        left = length;
        if (length > MAX_ANSWER) this.#bytes += length;
      }
      if (this.isOver) socket.destroy(new Error('the answer is too large'));
    });
  }
}

/** The length that the head of a BER value gives; undefined while the head is not whole (X.690, 8.1.3). */
function contentLength([, first, ...more]: readonly number[]): number | undefined {
  if (first === undefined || first < 0x80) return first;
  if (more.length < (first & 0x7f)) return undefined;
  return more.reduce((length, byte) => length * 256 + byte, 0);
}
