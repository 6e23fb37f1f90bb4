import { tidy } from '../../../kit/text/plain.ts';

// Written by mail programs of the usual languages of a European company; others' quotes still go by their `>`.
const WROTE =
  /(?:(?:wrote|writes|kirjoitti|a écrit|escribió|escreveu|ha scritto)|(?:schrieb|schreef|skrev|napisał(?:\(a\))?)(?:\s[^:]{1,100})?)\s?:$/i;
const ORIGINAL =
  /^-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original|messaggio originale|ursprungligt meddelande|oprindelig meddelelse|oorspronkelijk bericht|alkuperäinen viesti)\s*-{2,}$/i;
const HEADER_FROM = /^\*?(?:From|Von|De|Da|Från|Fra|Van|Lähettäjä|Od):\*?\s\S/;
const HEADER_MORE =
  /^\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Date|Enviado(?: el)?|Inviato|Data|Skickat|Sendt|Verzonden|Lähetetty|Wysłano|To|An|À|Para|A|Till|Til|Aan|Do|Subject|Betreff|Objet|Asunto|Assunto|Oggetto|Ämne|Emne|Onderwerp|Aihe|Temat):\*?\s/;
const DEVICE =
  /^(?:Sent from my|Get Outlook for|Von meinem .{1,30} gesendet|Skickat från min|Envoyé de mon|Enviado desde mi)\b.{0,60}$/;

/**
 * What the writer of a mail wrote: without quoted lines, the line that introduces them, the header block and everything
 * below it that Outlook leaves under an answer, a mailing list's footer, and the signature (`-- `, RFC 3676 section 4.3).
 */
export function ownText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const bare = line.trim();
    if (line === '-- ' || (bare === '--' && lines.length - at <= 10)) break;
    if (ORIGINAL.test(bare) || isHeaderBlock(lines, at) || isFooter(lines, at)) break;
    if (/^ ?>/.test(line)) continue;
    const introduction = introductionAt(lines, at);
    if (introduction === 'rest') break;
    if (introduction > 0) {
      at += introduction - 1;
      continue;
    }
    if (!DEVICE.test(bare)) kept.push(line);
  }
  return tidy(kept.join('\n'));
}

/** The same text with quote marks taken off: for mails that only pass something on. */
export function withoutMarks(text: string): string {
  return tidy(text.replace(/^(?: ?>)+ ?/gm, ''));
}

/** How many lines from here introduce a quotation; 'rest' when all that follows is one, without marks. */
function introductionAt(lines: readonly string[], at: number): number | 'rest' {
  // Long names wrap the introduction; it never has an empty line within.
  for (let length = 1; length <= 3 && at + length <= lines.length; length++) {
    const part = lines.slice(at, at + length);
    if (part.some((line) => line.trim() === '' || line.length > 500)) return 0;
    if (!WROTE.test((part.at(-1) as string).trim())) continue;
    let next = at + length;
    while (next < lines.length && lines[next]?.trim() === '') next++;
    if (next === lines.length || /^ ?>/.test(lines[next] as string)) return length;
    // Unmarked quotations only after a mail program's full introduction, with a date and an address.
    const whole = part.join(' ');
    return /\d{4}|\d\d:\d\d/.test(whole) && /@|<[^>]*>/.test(whole) ? 'rest' : 0;
  }
  return 0;
}

function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!HEADER_FROM.test((lines[at] as string).trim())) return false;
  return lines.slice(at + 1, at + 6).filter((line) => HEADER_MORE.test(line.trim())).length >= 2;
}

function isFooter(lines: readonly string[], at: number): boolean {
  if (!/^_{20,}$/.test((lines[at] as string).trim())) return false;
  const next = lines.slice(at + 1, at + 5);
  // Outlook puts the same line above its header block.
  return next.some((line) => /mailing list|unsubscribe|listinfo/i.test(line) || HEADER_FROM.test(line.trim()));
}
