import { TransportFault } from '../transport.ts';

/** A length is believed so far, before the bytes have come. */
const BELIEVED_BYTES = 1024 ** 2;
const NONE = Buffer.alloc(0);

/** Bytes of a body in one piece, however small the pieces are that come. */
export class BodyBytes {
  readonly #limit: number;
  #bytes: Buffer = NONE;
  #size = 0;
  #expected = 0;

  /** @param limit most bytes there may be */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** So many more are to come. @throws TransportFault when that is too much */
  expect(bytes: number): void {
    if (bytes > this.#limit - this.#size) throw new TransportFault('too large');
    this.#expected = Math.min(bytes, BELIEVED_BYTES);
  }

  /** Adds what is from `start` to `end`. @throws TransportFault when that is too much */
  add(from: Buffer, start: number, end: number): void {
    const size = this.#size + end - start;
    if (size > this.#limit) throw new TransportFault('too large');
    if (size > this.#bytes.length) this.#grow(size);
    this.#bytes.set(from.subarray(start, end), this.#size);
    this.#size = size;
  }

  /** Takes what is from `start` to `end` for all there is, without a copy: `whole` is good for as long as `from`. */
  lend(from: Buffer, start: number, end: number): void {
    this.#bytes = from.subarray(start, end);
    this.#size = end - start;
  }

  /** All there is; nothing may be added any more. */
  whole(): Buffer {
    return this.#size === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#size);
  }

  /** By doubling, at least: growing for each of many small pieces would copy everything each time. */
  #grow(size: number): void {
    const doubled = Math.min(this.#limit, 2 * this.#bytes.length);
    const bytes = Buffer.allocUnsafeSlow(Math.max(size, doubled, this.#size === 0 ? this.#expected : 0));
    if (this.#size > 0) bytes.set(this.whole());
    this.#bytes = bytes;
  }
}
