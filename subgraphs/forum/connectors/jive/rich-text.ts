import { readHtml } from '../../../kit/text/html.ts';
import { addressesIn, cleanLine, tidy, webAddress } from '../../../kit/text/plain.ts';

/** What a text says in its author's own words. */
export interface RichText {
  readonly text: string;
  readonly links: readonly string[];
  /** User names in lower case. */
  readonly mentions: readonly string[];
}

const QUOTE = /^(?:jive-quote|jive_macro_quote|jive-quote-header)$/;
const MENTION = /^(?:jive-link-profile|jive_macro_user)/;

/** Text of a content or reply (`content`), without what Jive itself puts in: quotes, emoticons, links of mentions. */
export function readRichText(
  content: { readonly type?: string | null | undefined; readonly text?: string | null | undefined } | null | undefined,
  base: string,
): RichText {
  const written = content?.text ?? '';
  if (content?.type === 'text/plain') return { text: tidy(written), links: addressesIn(written), mentions: [] };
  const mentions = new Set<string>();
  const ours = new Set<string>();
  // Seen here only outside of quotes: who is named in a quote was named by somebody else.
  const drop = (name: string, attributes: Readonly<Record<string, string>>): boolean => {
    const classes = (attributes['class'] ?? '').split(/\s+/);
    if (classes.some((one) => QUOTE.test(one))) return true;
    if (classes.some((one) => /^(?:jive_)?emoticon/.test(one))) return true;
    const href = name === 'a' ? webAddress(attributes['href'] ?? '', base) : undefined;
    if (href !== undefined && classes.some((one) => MENTION.test(one))) {
      ours.add(href);
      const user = /\/people\/([^/?#]+)\/?$/.exec(new URL(href).pathname)?.[1];
      if (user !== undefined) mentions.add(cleanLine(decoded(user)).toLowerCase());
    }
    return false;
  };
  const { text, links } = readHtml(written, { base, drop });
  return { text, links: links.filter((link) => !ours.has(link)), mentions: [...mentions] };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
