import { isUtf8 } from 'node:buffer';
import PostalMime, { decodeWords, type Address, type Email } from 'postal-mime';
import type { Account } from '../../../kit/content/item.ts';
import { toAccount } from '../../../kit/text/accounts.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { decodeBytes } from '../../../kit/text/files.ts';
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
export async function readMessage(bytes: Uint8Array, delivered: string | undefined): Promise<Message> {
  const email = await PostalMime.parse(inUtf8(bytes), { maxNestingDepth: 50, maxHeadersSize: 512 * 1024 });
  const header = (name: string): string => headerOf(email, name);
  const plain = email.text?.trim() ? email.text : undefined;
  const html = plain === undefined && email.html !== undefined ? readHtml(email.html) : undefined;
  const text = plain ?? html?.text ?? '';
  const own = ownText(html === undefined ? text : readHtml(email.html as string, { dropQuotes: true }).text);
  return {
    author: authorOf(email),
    subject: subjectOf(email.subject ?? ''),
    date: toIso(header('date')) ?? toIso(delivered),
    own,
    whole: own === '' ? withoutMarks(tidy(text)) : own,
    links: [...new Set([...(html?.links ?? []), ...addressesIn(own)])],
    list: /<([^<>\s]{1,300})>/.exec(header('list-id'))?.[1] ?? (cleanLine(header('list-id')) || undefined),
  };
}

/**
 * Bytes that are no UTF-8 where no charset is declared are Windows-1252: in headers (where none can be), and in all of a
 * mail that says nothing of its content.
 */
function inUtf8(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes)) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ends = [text.indexOf('\n\n'), text.indexOf('\n\r\n')].filter((at) => at >= 0);
  const end = Math.min(...ends, text.length);
  const head = text.subarray(0, end);
  if (!/^content-type:/im.test(head.toString('latin1'))) return Buffer.from(decodeBytes(bytes));
  return isUtf8(head) ? bytes : Buffer.concat([Buffer.from(decodeBytes(head)), text.subarray(end)]);
}

function headerOf({ headers }: Email, name: string): string {
  return headers.find(({ key }) => key === name)?.value ?? '';
}

/** Who wrote it, as the mail itself says. */
function authorOf(email: Email): Account | undefined {
  const written = headerOf(email, 'from').trim();
  // Public archives hide addresses: pipermail `jane at x.example (Jane Roe)`, others `Jane Roe <jane at x.example>`.
  const hidden =
    /^(?<user>\S{1,200}) at (?<host>\S{1,200})(?: \((?<name>.{1,300})\))?$/.exec(written) ??
    /^(?<name>.{0,300}?)\s*<(?<user>[^<>\s]{1,200}) at (?<host>[^<>\s]{1,200})>$/.exec(written);
  if (hidden?.groups !== undefined) {
    const { user, host, name } = hidden.groups;
    return known(`${user}@${host}`, decodeWords(name ?? '').replace(/^"(.*)"$/, '$1'));
  }
  const from = singleOf(email.from);
  if (!from?.address) return toAccount(from?.name ?? written);
  const list = /<mailto:([^<>?\s]{1,320})/i.exec(headerOf(email, 'list-post'))?.[1]?.toLowerCase();
  const byList =
    from.address.toLowerCase() === list || (/\svia\s/.test(from.name) && headerOf(email, 'list-id') !== '');
  if (!byList) return known(from.address, from.name);
  // A list that writes itself into From, for DMARC, leaves the writer's address in Reply-To. All who write through it
  // would be one, by its own address.
  const writer = (email.replyTo ?? []).map(singleOf).find((one) => one?.address && one.address.toLowerCase() !== list);
  const name = from.name.replace(/\s+via\s.*$/, '');
  return writer?.address ? known(writer.address, writer.name || name) : toAccount({ handle: name, name });
}

function singleOf(address: Address | undefined): { name: string; address?: string | undefined } | undefined {
  return address?.group?.[0] ?? address;
}

/** By an address; by the name alone where the archive has cut the address short (`jan...@x.example`). */
function known(address: string, name: string): Account | undefined {
  return /\.{2}|…/.test(address)
    ? toAccount({ handle: name, name })
    : toAccount({ handle: address.toLowerCase(), name });
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
