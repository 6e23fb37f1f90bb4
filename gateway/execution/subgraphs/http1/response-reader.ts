import { TransportFault } from '../transport.ts';
import { BodyBytes } from './body-bytes.ts';
import { Chunks } from './chunks.ts';
import { HEAD_BYTES, readHead, type ResponseHead } from './response-head.ts';

/** Answers that only announce one, at most. */
const MAX_ANNOUNCEMENTS = 8;
const BEGINNING = Buffer.from('HTTP/1.');
const NONE = Buffer.alloc(0);

const CR = 13;
const LF = 10;

/**
 * Reads one answer out of what comes over a connection, strictly: what is not plain HTTP/1.1 is refused. How the bytes
 * were cut on their way makes no difference.
 */
export class ResponseReader {
  readonly #answerBytes: number;
  readonly #onHead: (head: ResponseHead) => void;
  /** What of the head has come in earlier pieces. */
  #held: Buffer | undefined;
  #headBytes = 0;
  #lineBytes = 0;
  #previous = 0;
  #announcements = 0;
  #head: ResponseHead | undefined;
  #body: BodyBytes | undefined;
  #chunks: Chunks | undefined;
  /** Bytes of the body that are still to come, where that is known. */
  #missing = 0;
  #hasBegun = false;

  /**
   * @param answerBytes of the body, at most
   * @param onHead called before anything of the body is looked at; what it throws, `take` does
   */
  constructor(answerBytes: number, onHead: (head: ResponseHead) => void) {
    this.#answerBytes = answerBytes;
    this.#onHead = onHead;
  }

  /** Whether anything has come. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The head, once it has come. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** The whole body, once all has come; no longer good when the memory that `take` was given last is used again. */
  get body(): Buffer {
    return this.#body?.whole() ?? NONE;
  }

  /**
   * Takes what has come; none of it is kept, but for a body that is there as a whole.
   * @returns where the answer ends; undefined when it goes on
   * @throws TransportFault
   */
  take(bytes: Buffer): number | undefined {
    this.#hasBegun = true;
    let at = 0;
    while (!this.#head) {
      const end = this.#headEnd(bytes, at);
      if (end === undefined) {
        this.#hold(bytes, at, bytes.length);
        return undefined;
      }
      this.#takeHead(bytes, at, end);
      at = end;
    }
    return this.#takeBody(bytes, at, this.#head);
  }

  /** Where the head ends; looks at every byte once. */
  #headEnd(bytes: Buffer, start: number): number | undefined {
    let line = this.#lineBytes;
    let previous = this.#previous;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#headBytes + at - start >= HEAD_BYTES) throw new TransportFault('no HTTP', 'a head that is too large');
      if (byte === LF) {
        if (previous !== CR) throw new TransportFault('no HTTP', 'a line that ends without CR');
        if (line === 0) return at + 1;
        line = 0;
      } else if (previous === CR || (byte < 32 && byte !== 9 && byte !== CR) || byte === 127) {
        throw new TransportFault('no HTTP', 'a control character in a head');
      } else if (byte !== CR) line++;
      const place = this.#headBytes + at - start;
      if (place < BEGINNING.length && byte !== BEGINNING[place]) throw new TransportFault('no HTTP', 'something else');
      previous = byte;
    }
    this.#lineBytes = line;
    this.#previous = previous;
    return undefined;
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#held ??= Buffer.allocUnsafeSlow(HEAD_BYTES);
    bytes.copy(this.#held, this.#headBytes, start, end);
    this.#headBytes += end - start;
  }

  #takeHead(bytes: Buffer, start: number, end: number): void {
    let text: string;
    if (this.#held) {
      this.#hold(bytes, start, end);
      text = this.#held.toString('latin1', 0, this.#headBytes - 2);
    } else text = bytes.toString('latin1', start, end - 2);
    this.#held = undefined;
    this.#headBytes = this.#lineBytes = this.#previous = 0;
    const head = readHead(text);
    if (head.status >= 200) this.#begin(head);
    else if (head.status === 101 || ++this.#announcements > MAX_ANNOUNCEMENTS) {
      throw new TransportFault('no HTTP', 'announcements of an answer');
    }
  }

  #begin(head: ResponseHead): void {
    this.#head = head;
    this.#onHead(head);
    if (head.framing === 0) return;
    this.#body = new BodyBytes(this.#answerBytes);
    if (head.framing === 'chunked') this.#chunks = new Chunks(this.#body);
    else if (head.framing !== 'until close') {
      this.#missing = head.framing;
      this.#body.expect(head.framing);
    }
  }

  #takeBody(bytes: Buffer, start: number, { framing }: ResponseHead): number | undefined {
    if (framing === 'chunked') return this.#chunks?.take(bytes, start);
    if (framing === 'until close') {
      this.#body?.add(bytes, start, bytes.length);
      return undefined;
    }
    const end = Math.min(bytes.length, start + this.#missing);
    if (end - start === framing) this.#body?.lend(bytes, start, end);
    else this.#body?.add(bytes, start, end);
    this.#missing -= end - start;
    return this.#missing === 0 ? end : undefined;
  }
}
