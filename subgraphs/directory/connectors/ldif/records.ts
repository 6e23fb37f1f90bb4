import { isUtf8 } from 'node:buffer';
import { decodeBytes, type Line } from '../../../kit/text/files.ts';

/** One `name: value` line of a record, unfolded and decoded. */
export interface LdifLine {
  /** In lower case, without options (`cn;lang-sv` → `cn`). '-' for the line that ends a modification. */
  readonly name: string;
  /** Text, or bytes where a base64 value is not UTF-8. */
  readonly value: string | Uint8Array;
  readonly number: number;
}

/** A record as it stands in the file; its first line, `dn`, is taken out. */
export interface LdifRecord {
  readonly dn: string;
  readonly number: number;
  readonly lines: readonly LdifLine[];
}

/** Told about each line or record that cannot be used. */
export type Complain = (number: number, reason: string) => void;

const NAME = /^(?:[a-z][a-z0-9-]*|\d+(?:\.\d+)*)((?:;[a-z0-9-]+)*)$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The records of an LDIF file (RFC 2849): lines unfolded, comments left out, base64 decoded. What breaks the grammar is
 * complained about; the rest is taken. Raw UTF-8, which the grammar forbids and most exports contain, is accepted.
 */
export async function* recordsOf(
  chunks: AsyncIterable<readonly Line[]>,
  complain: Complain,
): AsyncGenerator<LdifRecord> {
  let lines: LdifLine[] = [];
  let isFirst = true;
  // Folding may cut a character in two, so a line is put together as bytes.
  let pending: { parts: Buffer[]; number: number } | undefined;

  const endLine = (): void => {
    if (pending === undefined) return;
    const { parts, number } = pending;
    pending = undefined;
    const bytes = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    if (bytes[0] === 35) return; // '#': a comment, however long it was folded
    const line = parseLine(decodeBytes(bytes), number, complain);
    if (line === undefined) return;
    if (isFirst && line.name === 'version') {
      if (line.value !== '1')
        complain(number, `LDIF version ${String(line.value)} is not known; reading it as version 1`);
    } else lines.push(line);
    isFirst = false;
  };
  const endRecord = (): LdifRecord | undefined => {
    endLine();
    const [dn, ...rest] = lines;
    lines = [];
    if (dn === undefined) return undefined;
    if (dn.name !== 'dn' || typeof dn.value !== 'string') {
      complain(dn.number, `a record begins with "dn:", not "${dn.name}:"; the record is left out`);
      return undefined;
    }
    return { dn: dn.value, number: dn.number, lines: rest };
  };

  for await (const chunk of chunks) {
    for (const line of chunk) {
      if (line.tooLong) {
        endLine();
        complain(line.number, 'the line is too long and is left out');
      } else if (line.bytes.length === 0) {
        const record = endRecord();
        if (record !== undefined) yield record;
      } else if (line.bytes[0] === 32) {
        if (pending === undefined) complain(line.number, 'a continuation of no line');
        else pending.parts.push(line.bytes.subarray(1));
      } else {
        endLine();
        pending = { parts: [line.bytes], number: line.number };
      }
    }
  }
  const record = endRecord();
  if (record !== undefined) yield record;
}

function parseLine(text: string, number: number, complain: Complain): LdifLine | undefined {
  if (text === '-') return { name: '-', value: '', number };
  const colon = text.indexOf(':');
  const written = text.slice(0, colon);
  const name = NAME.exec(written);
  if (colon <= 0 || name === null) {
    complain(number, 'expected "name: value"');
    return undefined;
  }
  const bare = written.slice(0, written.length - (name[1] as string).length).toLowerCase();
  const kind = text[colon + 1];
  if (kind === '<') {
    complain(number, `${written} refers to a URL; Atrium follows none, write the value into the file`);
    return undefined;
  }
  if (kind !== ':') return { name: bare, value: text.slice(colon + 1).replace(/^ +/, ''), number };
  const base64 = text.slice(colon + 2).trim();
  if (!BASE64.test(base64) || base64.replace(/=+$/, '').length % 4 === 1) {
    complain(number, `the value of ${written} is not base64`);
    return undefined;
  }
  const bytes = Buffer.from(base64, 'base64');
  return { name: bare, value: isUtf8(bytes) ? bytes.toString('utf8') : bytes, number };
}
