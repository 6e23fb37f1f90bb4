import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { requestError } from './request-error.ts';

/** A place in a list: the values of its order, the last of them unique. */
export type CursorKey = readonly (string | number | null)[];

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes cursors out of places in lists, and places out of cursors.
 *
 * They are sealed (AES-256-GCM), for a place holds numbers of the store, whose gaps would tell of items that the viewer
 * may not read. What a cursor is good for (the list, its filter and order) is sealed with it: the cursor of another list
 * is refused instead of giving a page of nonsense. The same place has the same cursor as long as the store lives.
 */
export class Cursors {
  /** Made once: out of bytes, Node makes one for each use, which takes longer than the sealing. */
  readonly #key: KeyObject;

  /** @param key 32 random bytes that live as long as the store. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** The cursor of a place in a list. */
  seal(list: string, key: CursorKey): string {
    const text = JSON.stringify(key);
    // The initialisation vector comes out of what is sealed: it repeats only where all of it does.
    const iv = createHmac('sha256', this.#key).update(`${list}\n${text}`).digest().subarray(0, IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(list));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /**
   * The place a cursor stands for; undefined without one.
   * @throws BAD_CURSOR when it is not a cursor of this list.
   */
  open(list: string, after: string | null | undefined): CursorKey | undefined {
    if (after === null || after === undefined) return undefined;
    const key = this.unseal(list, after);
    if (key) return key;
    throw requestError('BAD_CURSOR', 'The cursor in "after" does not belong to this list, filter and order.');
  }

  /** What was sealed for a list; undefined for what was not. */
  unseal(list: string, text: string): CursorKey | undefined {
    try {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(list))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const sealed = bytes.subarray(IV_BYTES + TAG_BYTES);
      return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')) as CursorKey;
    } catch {
      return undefined;
    }
  }
}
