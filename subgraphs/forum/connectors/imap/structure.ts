import type { MessageStructureObject } from 'imapflow';

/** A part of a mail that is text: its number, and the header it would have. */
export interface TextPart {
  readonly key: string;
  readonly header: string;
}

/** Of one mail no more parts are read. */
export const MAX_PARTS = 10;
const MAX_DEPTH = 50;

/**
 * The parts of a mail that hold what its author wrote: of alternatives the plain text, and HTML only where there is no
 * plain text at all. Attachments are none of them, nor mails attached to it.
 */
export function textParts(structure: MessageStructureObject | undefined): readonly TextPart[] {
  if (structure === undefined) return [];
  const texts = [...textsIn(structure, 0)];
  const plain = texts.filter(({ type }) => type.toLowerCase() === 'text/plain');
  return (plain.length > 0 ? plain.slice(0, MAX_PARTS) : texts.slice(0, 1)).map(toPart);
}

function* textsIn(node: MessageStructureObject, depth: number): Generator<MessageStructureObject> {
  const type = node.type.toLowerCase();
  if (depth > MAX_DEPTH || node.disposition?.toLowerCase() === 'attachment') return;
  if (type.startsWith('multipart/')) {
    for (const child of node.childNodes ?? []) yield* textsIn(child, depth + 1);
  } else if (type === 'text/plain' || type === 'text/html') yield node;
}

/** Only words go into the header: what a server says of a part is not to be trusted. */
function toPart({ part, type, parameters, encoding }: MessageStructureObject): TextPart {
  const word = (text: unknown): string =>
    typeof text === 'string' ? text.replace(/[^\w.:/+-]/g, '').slice(0, 100) : '';
  const named = ['charset', 'format', 'delsp']
    .map((name) => [name, word(parameters?.[name])])
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `; ${name}="${value}"`);
  const header = `Content-Type: ${word(type)}${named.join('')}\r\nContent-Transfer-Encoding: ${word(encoding) || '7bit'}\r\n`;
  return { key: word(part) || '1', header };
}

/** A mail out of the headers asked for and its text parts, without the rest of it. */
export function assemble(headers: Uint8Array, parts: readonly TextPart[], texts: readonly Uint8Array[]): Buffer {
  // What is asked for has no Content-Type; a server may send more.
  const head = Buffer.from(headers)
    .toString('latin1')
    .replace(/^(?:content-|mime-version)[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n/gim, '')
    .replace(/(?:\r?\n)*$/, '\r\n');
  const [only] = parts;
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  if (only === undefined) return bytes(`${head}\r\n`);
  if (parts.length === 1) return Buffer.concat([bytes(`${head}${only.header}\r\n`), texts[0] ?? Buffer.alloc(0)]);
  let boundary = 'part';
  while (texts.some((text) => Buffer.from(text).includes(boundary))) boundary += Math.random().toString(36).slice(2);
  const wrapped = parts.flatMap(({ header }, index) => [
    bytes(`\r\n--${boundary}\r\n${header}\r\n`),
    texts[index] ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([
    bytes(`${head}Content-Type: multipart/mixed; boundary="${boundary}"\r\n`),
    ...wrapped,
    bytes(`\r\n--${boundary}--\r\n`),
  ]);
}
