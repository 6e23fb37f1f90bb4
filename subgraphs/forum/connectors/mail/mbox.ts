import { createHash } from 'node:crypto';
import type { Call, Problem } from '../../../kit/connector.ts';
import { linesOf, type FoundFile } from '../../../kit/text/files.ts';

/** A message in an mbox file: where it lies, and what threads it. */
export interface MessageHead {
  readonly file: FoundFile;
  /** `list.mbox:120`: the line of its `From `. */
  readonly place: string;
  /** The bytes after the `From ` line, escaped as they stand. */
  readonly start: number;
  readonly end: number;
  /** Without angle brackets. Made from its content where the message has none. */
  readonly id: string;
  /** Ids of the messages above it, the oldest first. */
  readonly references: readonly string[];
  readonly digest: string;
  /** The time the `From ` line gives it. */
  readonly delivered: string;
}

// RFC 4155 appendix A, and what Mailman's pipermail writes: "From ", a sender, and C's asctime.
const FROM_LINE =
  /^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d(?::\d\d)?)(?: [A-Z]{2,5})?( \d{4})/;
const MAX_HEAD = 256 * 1024;
/** A mail's references may be made up; nobody reads a thread of which this would cut anything. */
const MAX_REFERENCES = 200;

/**
 * Finds the messages of an mbox file without keeping any of them. Messages begin at a `From ` line that is the first of
 * the file or follows an empty one. Anything before the first is a problem.
 */
export async function* messagesOf(
  file: FoundFile,
  maxBytes: number,
  source: string,
  call: Call,
  problems: Problem[],
): AsyncGenerator<MessageHead> {
  let open:
    | {
        start: number;
        number: number;
        delivered: string;
        head: string[] | undefined;
        headBytes: number;
        headers: string[];
      }
    | undefined;
  let digest = createHash('sha1');
  let afterBlank = true;
  let complained = false;

  const close = (end: number): MessageHead | undefined => {
    if (open === undefined) return undefined;
    const { start, number, delivered, head, headers } = open;
    const place = `${file.name}:${number}`;
    if (end - start > maxBytes) {
      problems.push({ place, reason: `the message is larger than maxBytes (${maxBytes}); it is left out` });
      return undefined;
    }
    const hash = digest.digest('base64url');
    const found = threading(head ?? headers);
    return {
      file,
      place,
      start,
      end,
      id: found.id ?? `${hash}@no-message-id`,
      references: found.references,
      digest: hash,
      delivered,
    };
  };

  for await (const lines of linesOf(file, maxBytes, source, call)) {
    for (const line of lines) {
      const from =
        afterBlank && line.bytes[0] === 70 ? FROM_LINE.exec(line.bytes.subarray(0, 500).toString('latin1')) : null;
      if (from !== null) {
        const message = close(line.start);
        if (message !== undefined) yield message;
        open = {
          start: line.end,
          number: line.number,
          delivered: `${from[1]}${from[2]}`,
          head: [],
          headBytes: 0,
          headers: [],
        };
        digest = createHash('sha1');
      } else if (open !== undefined) {
        digest.update(line.bytes).update('\n');
        if (open.head !== undefined) {
          if (line.bytes.length === 0 || open.headBytes > MAX_HEAD) {
            open.headers = open.head;
            open.head = undefined;
          } else {
            open.headBytes += line.bytes.length;
            open.head.push(line.bytes.toString('latin1'));
          }
        }
      } else if (!complained && line.bytes.length > 0) {
        complained = true;
        problems.push({
          place: `${file.name}:${line.number}`,
          reason: 'expected a line "From <address> <date>" (RFC 4155); what comes before the first one is left out',
        });
      }
      afterBlank = line.bytes.length === 0 && !line.tooLong;
    }
  }
  const message = close(file.size);
  if (message !== undefined) yield message;
}

/** Message-ID, References and In-Reply-To (RFC 5322, section 3.6.4) of unfolded header lines. */
function threading(head: readonly string[]): { id: string | undefined; references: string[] } {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of head) {
    if (/^[ \t]/.test(line)) {
      if (fields.has(name)) fields.set(name, `${fields.get(name)} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (/^(?:message-id|references|in-reply-to)$/.test(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  const ids = (field: string): string[] =>
    [...(fields.get(field) ?? '').matchAll(/<\s*([^<>\s]{1,500})\s*>/g)].map((match) => match[1] as string);
  const bare = /^[^<>\s]{1,500}$/.exec(fields.get('message-id') ?? '')?.[0];
  const references = ids('references');
  // RFC 5322 lets In-Reply-To name several; the first is the one answered, in practice.
  const above = references.length > 0 ? references : ids('in-reply-to').slice(0, 1);
  return {
    id: ids('message-id')[0] ?? bare,
    references: above.length > MAX_REFERENCES ? [...above.slice(0, 10), ...above.slice(-(MAX_REFERENCES - 10))] : above,
  };
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
