import { TransportFault } from '../transport.ts';
import type { BodyBytes } from './body-bytes.ts';

/** Extensions and trailers, which nobody reads, may take so many bytes of an answer. */
const IGNORED_BYTES = 16_384;
/** Hexadecimal digits of a chunk's size, zeros before it included. */
const SIZE_DIGITS = 16;

const CR = 13;
const LF = 10;

type State = 'size' | 'extension' | 'size LF' | 'data' | 'data CR' | 'data LF' | 'line' | 'trailer' | 'LF' | 'last LF';

/** Reads a chunked body, byte by byte where the framing is, so that it does not matter how it was cut. */
export class Chunks {
  readonly #body: BodyBytes;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #ignored = 0;

  constructor(body: BodyBytes) {
    this.#body = body;
  }

  /**
   * Reads from `start` on.
   * @returns where the body ends; undefined when it goes on
   * @throws TransportFault
   */
  take(bytes: Buffer, start: number): number | undefined {
    let at = start;
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#size);
        this.#body.add(bytes, at, end);
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = 'data CR';
      } else if (this.#step(bytes[at++] as number)) return at;
    }
    return undefined;
  }

  /** Takes a byte of the framing; true when it is the last. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case 'size':
        this.#readSize(byte);
        return false;
      case 'extension':
        if (byte === CR) this.#state = 'size LF';
        else this.#ignore(byte);
        return false;
      case 'size LF':
        demand(byte, LF);
        this.#body.expect(this.#size);
        this.#state = this.#size === 0 ? 'line' : 'data';
        return false;
      case 'data CR':
        demand(byte, CR);
        this.#state = 'data LF';
        return false;
      case 'data LF':
        demand(byte, LF);
        this.#state = 'size';
        this.#digits = 0;
        return false;
      case 'line':
        this.#state = byte === CR ? 'last LF' : 'trailer';
        if (byte !== CR) this.#ignore(byte);
        return false;
      case 'trailer':
        if (byte === CR) this.#state = 'LF';
        else this.#ignore(byte);
        return false;
      case 'LF':
        demand(byte, LF);
        this.#state = 'line';
        return false;
      default:
        demand(byte, LF);
        return true;
    }
  }

  #readSize(byte: number): void {
    const digit = hexadecimal(byte);
    if (digit !== undefined) {
      if (++this.#digits > SIZE_DIGITS) throw new TransportFault('no HTTP', 'a chunk with a size that is none');
      // Where this is no longer exact, it is beyond every limit.
      this.#size = this.#digits === 1 ? digit : this.#size * 16 + digit;
      return;
    }
    const isExtension = byte === 59 || byte === 32 || byte === 9;
    if (this.#digits === 0 || !(isExtension || byte === CR))
      throw new TransportFault('no HTTP', 'a chunk without size');
    this.#state = isExtension ? 'extension' : 'size LF';
    if (isExtension) this.#ignore(byte);
  }

  #ignore(byte: number): void {
    const isText = byte === 9 || (byte >= 32 && byte !== 127);
    if (!isText || ++this.#ignored > IGNORED_BYTES) throw new TransportFault('no HTTP', 'extensions or trailers');
  }
}

function demand(byte: number, expected: number): void {
  if (byte !== expected) throw new TransportFault('no HTTP', 'a chunk that does not end');
}

function hexadecimal(byte: number): number | undefined {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : undefined;
}
