import { readHtml } from '../../../kit/text/html.ts';
import { webAddress } from '../../../kit/text/plain.ts';

/** What a post says in its author's own words. */
export interface PostText {
  readonly text: string;
  readonly links: readonly string[];
  /** The users it names: slugs, and ids in older releases. */
  readonly mentions: readonly (string | number)[];
}

/**
 * Text of a post's HTML, without what it quotes and the line that names whom it quotes.
 * @param base where relative links start: the topic's address
 */
export function readPost(html: string, base: string): PostText {
  const mentions = new Set<string | number>();
  const ours = new Set<string>();
  // Not asked about what lies within a quote: who is named there was named by somebody else.
  const drop = (name: string, attributes: Readonly<Record<string, string>>): boolean => {
    if (name === 'blockquote') return true;
    // Emoji that are written out stay as they are; those of a name (`:smile:`) are pictures.
    if (name === 'img') return isClass(attributes, 'emoji') && (attributes['alt'] ?? '').startsWith(':');
    if (name !== 'a' || !isClass(attributes, 'plugin-mentions-a')) return false;
    const href = webAddress(attributes['href'] ?? '', base);
    if (href === undefined) return false;
    ours.add(href);
    const [, kind, user = ''] = /\/(user|uid)\/([^/?#]+)\/?$/.exec(new URL(href).pathname) ?? [];
    if (kind !== undefined) mentions.add(kind === 'uid' ? Number(user) : decoded(user));
    return false;
  };
  const { text, links } = readHtml(withoutAttributions(html), { base, drop });
  return { text, links: links.filter((link) => !ours.has(link)), mentions: [...mentions] };
}

/** Without the paragraphs "@jane said in Topic:" that the editor puts before a quote: they end in `:` and link a post. */
function withoutAttributions(html: string): string {
  const parts = html.split(/(?=<blockquote\b)/i);
  return parts
    .map((part, index) => {
      if (index === parts.length - 1) return part;
      const start = part.search(/<p\b(?:(?!<p\b)[\s\S])*$/i);
      if (start === -1) return part;
      const last = part.slice(start);
      const isAttribution = /:(?:<[^<>]*>|\s)*$/.test(last.slice(-300)) && /\bhref="[^"]*\/post\/[^"]+"/i.test(last);
      return isAttribution ? part.slice(0, start) : part;
    })
    .join('');
}

function isClass(attributes: Readonly<Record<string, string>>, name: string): boolean {
  return (attributes['class'] ?? '').split(/\s+/).includes(name);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
