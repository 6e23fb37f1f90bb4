import type { Socket } from 'node:net';

/** No page and no entry is larger: the library holds an answer whole before anything can be told of it. */
export const MAX_ANSWER = 32 * 1024 * 1024;
/** No answer has more messages. */
const MAX_MESSAGES = 200_000;
/** Nor has one piece off the network, which the library takes apart message within message. */
const MAX_AT_ONCE = 3_000;

/** Every message is a sequence (RFC 4511, 4.1.1). */
const SEQUENCE = 0x30;

/**
 * Weighs answers as they come, and breaks the connection off when one grows, or says it will grow, beyond measure, or is
 * no LDAP: the library would wait for it to become some.
 */
export class AnswerSize {
  #bytes = 0;
  #messages = 0;
  #isForeign = false;

  /** Whether the connection was broken off here for the size of an answer. */
  get isOver(): boolean {
    return this.#bytes > MAX_ANSWER || this.#messages > MAX_MESSAGES;
  }

  /** Whether the connection was broken off here for something that is no LDAP. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** To be called before each question. */
  reset(): void {
    this.#bytes = 0;
    this.#messages = 0;
    this.#isForeign = false;
  }

  /** The socket, its bytes counted. */
  watch<Kind extends Socket>(socket: Kind): Kind {
    let head: number[] = [];
    let left = 0;
    return socket.on('data', (data: Buffer) => {
      this.#bytes += data.length;
      const before = this.#messages;
      // What a message says of its length need not be waited for.
      for (let at = 0; at < data.length && !this.isOver && !this.#isForeign;) {
        const step = Math.min(left, data.length - at);
        left -= step;
        at += step;
        if (at === data.length) break;
        head.push(data[at++] as number);
        const length = contentLength(head);
        if (length === 'none') this.#isForeign = true;
        if (typeof length !== 'number') continue;
        head = [];
        left = length;
        this.#messages++;
        if (length > MAX_ANSWER) this.#bytes += length;
      }
      if (this.#messages - before > MAX_AT_ONCE) this.#messages += MAX_MESSAGES;
      if (!this.isOver && !this.#isForeign) return;
      // The library is handed this piece all the same; so it finds nothing in it.
      data.fill(0);
      socket.destroy(new Error('the answer is broken off'));
    });
  }
}

/** The length that a message's head gives (X.690, 8.1.3); undefined while it is not whole, `none` for what is none. */
function contentLength([tag, first, ...more]: readonly number[]): number | undefined | 'none' {
  if (tag !== SEQUENCE) return 'none';
  if (first === undefined || first < 0x80) return first;
  const count = first & 0x7f;
  if (count < 1 || count > 4) return 'none';
  if (more.length < count) return undefined;
  return more.reduce((length, byte) => length * 256 + byte, 0);
}
