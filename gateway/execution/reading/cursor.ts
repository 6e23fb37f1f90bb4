/** Thrown where a text is no JSON, or nests deeper than it may. */
export class NoJson extends Error {
  readonly isTooDeep: boolean;

  constructor(isTooDeep: boolean) {
    super();
    this.isTooDeep = isTooDeep;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
/** The code of `]`. */
export const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
/** The code of `}`. */
export const CLOSE_OBJECT = 0x7d;

/** A string with escapes, and a number (RFC 8259, sections 6 and 7). */
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Goes through a JSON text once, from value to value. What it hands out are pieces of the text, proved to be JSON. */
export class JsonCursor {
  readonly text: string;
  readonly #maxDepth: number;
  #depth = 0;
  at = 0;

  /** @param maxDepth how deep what is skipped may nest */
  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.#maxDepth = maxDepth;
    this.space();
  }

  /** @throws NoJson */
  fail(isTooDeep = false): never {
    throw new NoJson(isTooDeep);
  }

  get isObject(): boolean {
    return this.text.charCodeAt(this.at) === OPEN_OBJECT;
  }

  get isList(): boolean {
    return this.text.charCodeAt(this.at) === OPEN_LIST;
  }

  /** Goes past an opening bracket. @param close the code of its counterpart @returns whether anything is within */
  open(close: number): boolean {
    this.at++;
    this.space();
    if (this.text.charCodeAt(this.at) !== close) return true;
    this.at++;
    return false;
  }

  /** Goes past what follows an element. @returns whether another one does */
  goesOn(close: number): boolean {
    this.space();
    const code = this.text.charCodeAt(this.at);
    this.at++;
    if (code === COMMA) {
      this.space();
      return true;
    }
    return code === close ? false : this.fail();
  }

  /** Goes past a piece of text, if it is here, and white space after it. */
  takes(piece: string): boolean {
    if (!this.text.startsWith(piece, this.at)) return false;
    this.at += piece.length;
    this.space();
    return true;
  }

  /** Reads what lies one level deeper. @throws NoJson where that is too deep */
  nested<Value>(read: (cursor: this) => Value): Value {
    if (++this.#depth > this.#maxDepth) this.fail(true);
    const value = read(this);
    this.#depth--;
    return value;
  }

  /** Goes past a key and its colon. @returns the key */
  key(): string {
    if (this.text.charCodeAt(this.at) !== QUOTE) this.fail();
    const key = unquoted(this.#string());
    this.space();
    if (this.text.charCodeAt(this.at) !== COLON) this.fail();
    this.at++;
    this.space();
    return key;
  }

  /** Goes past a value. @returns its text; null for null */
  value(): string | null {
    const { text, at } = this;
    const code = text.charCodeAt(at);
    if (code === QUOTE) return this.#string();
    // 0 to 9, and the minus.
    if ((code >= 0x30 && code <= 0x39) || code === 0x2d) return this.#match(NUMBER);
    if (text.startsWith('null', at)) {
      this.at = at + 4;
      return null;
    }
    if (text.startsWith('true', at)) {
      this.at = at + 4;
      return 'true';
    }
    if (text.startsWith('false', at)) {
      this.at = at + 5;
      return 'false';
    }
    if (code !== OPEN_OBJECT && code !== OPEN_LIST) this.fail();
    this.#skip(this.#depth + 1);
    return text.slice(at, this.at);
  }

  /** Goes past white space. */
  space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  /** @throws NoJson unless nothing more follows */
  end(): void {
    this.space();
    if (this.at !== this.text.length) this.fail();
  }

  #string(): string {
    const { text, at } = this;
    let end = at + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) break;
      // Also what lies beyond the end of the text, which is NaN.
      if (code === BACKSLASH || !(code >= 0x20)) return this.#match(STRING);
      end++;
    }
    this.at = end + 1;
    return text.slice(at, end + 1);
  }

  #match(pattern: RegExp): string {
    const from = this.at;
    pattern.lastIndex = from;
    if (!pattern.test(this.text)) this.fail();
    this.at = pattern.lastIndex;
    return this.text.slice(from, this.at);
  }

  /** Goes past an object or list of which only the text matters. */
  #skip(depth: number): void {
    if (depth > this.#maxDepth) this.fail(true);
    const isObject = this.isObject;
    const close = isObject ? CLOSE_OBJECT : CLOSE_LIST;
    if (!this.open(close)) return;
    do {
      if (isObject) this.key();
      if (this.isObject || this.isList) this.#skip(depth + 1);
      else this.value();
    } while (this.goesOn(close));
  }
}

/** What a string's text says. */
export function unquoted(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
