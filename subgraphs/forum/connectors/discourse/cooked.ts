import { readHtml } from '../../../kit/text/html.ts';
import { cleanLine, webAddress } from '../../../kit/text/plain.ts';

/** What a post says in its author's own words. */
export interface Cooked {
  readonly text: string;
  readonly links: readonly string[];
  /** User names in lower case. */
  readonly mentions: readonly string[];
}

/** Text of a post's HTML (`cooked`), without what Discourse itself puts in: quotes, previews, captions, emoji. */
export function readCooked(cooked: string, base: string): Cooked {
  const mentions = new Set<string>();
  const previewed: string[] = [];
  const ours = new Set<string>();
  // Seen here only outside of quotes: who is named in a quote was named by somebody else.
  const drop = (name: string, attributes: Readonly<Record<string, string>>): boolean => {
    const classes = (attributes['class'] ?? '').split(/\s+/);
    const href = webAddress(attributes['href'] ?? '', base);
    if (name === 'aside' && classes.includes('onebox')) {
      const shown = webAddress(attributes['data-onebox-src'] ?? '', base);
      if (shown !== undefined) previewed.push(shown);
      return true;
    }
    if (name === 'aside') return classes.includes('quote');
    if (name === 'img') return classes.includes('emoji');
    if (name === 'div') return classes.includes('meta');
    const isMention = classes.includes('mention');
    if (name === 'a' && href !== undefined && (isMention || classes.some((one) => /^(?:hashtag|mention-)/.test(one)))) {
      ours.add(href);
      const user = /\/u\/([^/?#]+)\/?$/.exec(new URL(href).pathname)?.[1];
      if (isMention && user !== undefined) mentions.add(cleanLine(decoded(user)).toLowerCase());
    }
    return false;
  };
  const { text, links } = readHtml(cooked, { base, drop });
  return { text, links: [...links.filter((link) => !ours.has(link)), ...previewed], mentions: [...mentions] };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
