import PostalMime from 'postal-mime';
import type { Account } from '../../../kit/content/item.ts';
import { toAccount } from '../../../kit/text/accounts.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { readHtml } from '../../../kit/text/html.ts';
import { addressesIn, cleanLine, tidy } from '../../../kit/text/plain.ts';
import { ownText, withoutMarks } from './quotes.ts';

/** A mail, read. */
export interface Message {
  readonly author: Account | undefined;
  /** Without `Re:`, `Fwd:` and the list's name in brackets. */
  readonly subject: string;
  readonly date: string | undefined;
  /** What this author wrote, see `ownText`. */
  readonly own: string;
  /** `own`; for a mail that only passes something on, that. */
  readonly whole: string;
  readonly links: readonly string[];
  /** The id in List-Id (RFC 2919). */
  readonly list: string | undefined;
}

/**
 * Reads a message (RFC 5322, MIME) through postal-mime: transfer encodings, charsets, encoded words, `format=flowed`.
 * @throws Error when it is nested or its headers are beyond reason
 */
export async function readMessage(bytes: Uint8Array, delivered: string): Promise<Message> {
  const email = await PostalMime.parse(bytes, { maxNestingDepth: 50, maxHeadersSize: 512 * 1024 });
  const header = (name: string): string => email.headers.find((field) => field.key === name)?.value ?? '';
  const plain = email.text?.trim() ? email.text : undefined;
  const html = plain === undefined && email.html !== undefined ? readHtml(email.html) : undefined;
  const text = plain ?? html?.text ?? '';
  const own = ownText(html === undefined ? text : readHtml(email.html as string, { dropQuotes: true }).text);
  return {
    author: authorOf(email.from, header('from')),
    subject: subjectOf(email.subject ?? ''),
    date: toIso(header('date')) ?? toIso(delivered),
    own,
    whole: own === '' ? withoutMarks(tidy(text)) : own,
    links: [...new Set([...(html?.links ?? []), ...addressesIn(own)])],
    list: /<([^<>\s]{1,300})>/.exec(header('list-id'))?.[1] ?? (cleanLine(header('list-id')) || undefined),
  };
}

function authorOf(
  from: { name: string; address?: string | undefined } | undefined,
  written: string,
): Account | undefined {
  // Pipermail's public archives: `jane at lists.example (Jane Roe)`
  const hidden = /^(\S{1,200}) at (\S{1,200})(?: \((.{1,300})\))?$/.exec(written.trim());
  if (hidden !== null)
    return toAccount({ handle: `${hidden[1]}@${hidden[2]}`, ...(hidden[3] === undefined ? {} : { name: hidden[3] }) });
  if (from?.address) return toAccount({ handle: from.address.toLowerCase(), name: from.name });
  return toAccount(from?.name ?? written);
}

function subjectOf(written: string): string {
  let subject = cleanLine(written);
  // `Re: [dev] AW: Re[2]:` in any order and number
  for (let before = ''; before !== subject;) {
    before = subject;
    subject = subject.replace(
      /^(?:(?:re|fwd?|aw|wg|sv|vs|vb|antw|tr|rif|res|odp|doorst)(?:\[\d+\])?\s?:|\[[^\]]{1,60}\](?=\s*\S))\s*/i,
      '',
    );
  }
  return subject;
}
