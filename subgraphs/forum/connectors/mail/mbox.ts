import { createHash } from 'node:crypto';
import type { Problem } from '../../../kit/connector.ts';
import type { Line } from '../../../kit/text/files.ts';
import { MAX_HEAD, threading } from './heads.ts';

/** Where a message begins: the byte and the line of its `From `. */
export interface Begin {
  readonly start: number;
  readonly number: number;
}

/** A message in an mbox file: where it lies, and what threads it. */
export interface MboxMessage {
  readonly begin: Begin;
  /** The bytes after the `From ` line, escaped as they stand. */
  readonly start: number;
  readonly end: number;
  /** Made from its content where the message has none. */
  readonly id: string;
  readonly references: readonly string[];
  readonly digest: string;
  /** The time the `From ` line gives it. */
  readonly delivered: string;
}

/** What a scan finds: a message, or something that is of no use as one, with the byte it begins at. */
export type Scanned =
  | { readonly message: MboxMessage; readonly problem?: never }
  | { readonly problem: Problem; readonly begin: Begin; readonly message?: never };

// RFC 4155 appendix A, and what Mailman's pipermail writes: "From ", a sender, and C's asctime.
const FROM_LINE =
  /^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d(?::\d\d)?)(?: [A-Z]{2,5})?( \d{4})/;

/** A message being read. */
interface Open {
  readonly begin: Begin;
  readonly start: number;
  readonly delivered: string;
  readonly head: string[];
  headBytes: number;
  inHead: boolean;
  readonly digest: ReturnType<typeof createHash>;
}

/**
 * Finds the messages in the lines of an mbox file without keeping any of them. Messages begin at a `From ` line that is
 * the first or follows an empty one. Anything before the first is a problem.
 */
export async function* messagesIn(
  lines: AsyncIterable<readonly Line[]>,
  name: string,
  maxBytes: number,
): AsyncGenerator<Scanned> {
  let open: Open | undefined;
  let afterBlank = true;
  let complained = false;
  let end = 0;

  for await (const some of lines) {
    for (const line of some) {
      const begin = { start: line.start, number: line.number };
      const from =
        afterBlank && line.bytes[0] === 70 ? FROM_LINE.exec(line.bytes.subarray(0, 500).toString('latin1')) : null;
      if (from !== null) {
        if (open !== undefined) yield close(open, line.start, name, maxBytes);
        open = {
          begin,
          start: line.end,
          delivered: `${from[1]}${from[2]}`,
          head: [],
          headBytes: 0,
          inHead: true,
          digest: createHash('sha1'),
        };
      } else if (open !== undefined) take(open, line);
      else if (!complained && line.bytes.length > 0) {
        complained = true;
        const reason =
          'expected a line "From <address> <date>" (RFC 4155); what comes before the first one is left out';
        yield { begin, problem: { place: `${name}:${line.number}`, reason } };
      }
      afterBlank = line.bytes.length === 0 && !line.tooLong;
      end = line.end;
    }
  }
  if (open !== undefined) yield close(open, end, name, maxBytes);
}

function take(open: Open, line: Line): void {
  open.digest.update(line.bytes).update('\n');
  if (!open.inHead) return;
  if ((line.bytes.length === 0 && !line.tooLong) || open.headBytes > MAX_HEAD) open.inHead = false;
  else {
    open.headBytes += line.bytes.length;
    open.head.push(line.bytes.subarray(0, MAX_HEAD).toString('latin1'));
  }
}

function close(open: Open, end: number, name: string, maxBytes: number): Scanned {
  const { begin, start, delivered, head } = open;
  const problem = (reason: string): Scanned => ({ begin, problem: { place: `${name}:${begin.number}`, reason } });
  if (end - start > maxBytes) return problem(`the message is larger than maxBytes (${maxBytes}); it is left out`);
  const found = threading(head);
  if (!found.isMail)
    return problem('a message without headers; it is left out, if it belongs to the one before, escape its "From "');
  const digest = open.digest.digest('base64url');
  const id = found.id ?? `${digest}@no-message-id`;
  return { message: { begin, start, end, id, references: found.references, digest, delivered } };
}

/** A message's digest, of its bytes as the scan saw them. */
export function digestOf(bytes: Buffer): string {
  const digest = createHash('sha1');
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(10, from);
    const at = found === -1 ? bytes.length : found;
    // As in the scan, the return before a line break is no part of the line, but a last one without is.
    digest.update(bytes.subarray(from, found !== -1 && at > from && bytes[at - 1] === 13 ? at - 1 : at)).update('\n');
    from = at + 1;
  }
  return digest.digest('base64url');
}

/**
 * A message's bytes without mbox's escaping: one `>` taken off each line of `>`s followed by `From `. Right for mboxrd;
 * mboxo cannot be told apart, and there only a text that itself had `>From ` differs.
 */
export function unescapeFrom(bytes: Buffer): Buffer {
  if (!bytes.includes('>From ')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}

/** The escaping of mboxrd, for writers and tests. */
export function escapeFrom(text: string): string {
  return text.replace(/^(>*From )/gm, '>$1');
}
