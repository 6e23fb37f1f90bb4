import type { Reader } from '../../../kit/content/item.ts';

/** A list's archive, or a folder of mails: what its mails have in common. */
export interface MailFolder {
  /** Where it lies: what options name it by. */
  readonly path: string;
  /** The category of threads that do not say it themselves. */
  readonly name: string;
  readonly readers: readonly Reader[];
}

/** What is kept of a mail between reading its headers and reading its text, and from one run to the next. */
export interface MessageHead {
  readonly folder: MailFolder;
  /** `list.mbox:120`, `lists/dev uid 7`: for whoever looks for it. */
  readonly place: string;
  /** Without angle brackets. Made up where the message has none. */
  readonly id: string;
  /** Ids of the messages above it, the oldest first. */
  readonly references: readonly string[];
  /** Changes with the message. */
  readonly digest: string;
}

/** What header lines say that matters for threads. */
export interface Threading {
  readonly id: string | undefined;
  readonly references: readonly string[];
  /** Whether anything in it makes a mail of it: a sender, a date, a subject or an id. */
  readonly isMail: boolean;
}

/** A header longer than this is no header. */
export const MAX_HEAD = 256 * 1024;

/** A mail's references may be made up; nobody reads a thread of which this would cut anything. */
const MAX_REFERENCES = 200;

/** Message-ID, References and In-Reply-To (RFC 5322, section 3.6.4) of header lines as they stand. */
export function threading(head: readonly string[]): Threading {
  const fields = new Map<string, string>();
  let name = '';
  let isMail = false;
  for (const line of head) {
    if (/^[ \t]/.test(line)) {
      if (fields.has(name)) fields.set(name, `${fields.get(name)} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    isMail ||= /^(?:from|date|subject|message-id)$/.test(name);
    // Of two the first stands.
    if (/^(?:message-id|references|in-reply-to)$/.test(name) && !fields.has(name))
      fields.set(name, line.slice(colon + 1).trim());
    else if (fields.has(name)) name = '';
  }
  const ids = (field: string): string[] =>
    [...(fields.get(field) ?? '').matchAll(/<\s*([^<>\s]{1,500})\s*>/g)].map((match) => flat(match[1] as string));
  const bare = /^[^<>\s]{1,500}$/.exec(fields.get('message-id') ?? '')?.[0];
  const references = ids('references');
  // RFC 5322 lets In-Reply-To name several; the first is the one answered, in practice.
  const above = references.length > 0 ? references : ids('in-reply-to').slice(0, 1);
  return {
    id: ids('message-id')[0] ?? bare,
    references: above.length > MAX_REFERENCES ? [...above.slice(0, 10), ...above.slice(-(MAX_REFERENCES - 10))] : above,
    isMail,
  };
}

/** The lines of a header, up to the first empty one; undefined when it does not end within `bytes`. */
export function headLines(bytes: Uint8Array): string[] | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const end = /^\r?\n|\r?\n\r?\n/.exec(text);
  return end === null ? undefined : text.slice(0, end.index).split(/\r?\n/);
}

/** The same text, but not as a part of a larger one that would be kept with it. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
