import { decodeEntities } from '../../../kit/text/html.ts';
import { MAX_TEXT, tidy } from '../../../kit/text/plain.ts';

/** Deeper nested than this, markup stays as it is. */
const MAX_DEPTH = 20;

/** Headings and attributes of cells are shorter; patterns that look back are not let loose on more. */
const MAX_MARKED = 500;

/**
 * Wikitext as text, for pages that the wiki itself cannot render: links keep their words, tables their cells;
 * templates, comments and references go, since what they would show only the wiki knows.
 */
export function wikitextToText(wikitext: string): string {
  let text = wikitext
    .slice(0, MAX_TEXT)
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(ref|gallery|math|score|timeline)\b[^<>]*\/>/gi, '')
    .replace(/<(ref|gallery|math|score|timeline)\b[^<>]*>[\s\S]{0,2000}?<\/\1\s*>/gi, '');
  for (let depth = 0; depth < MAX_DEPTH && text.includes('{{'); depth++) {
    const without = text.replace(/\{\{[^{}]*\}\}/g, '').replace(/\{\{\{[^{}]*\}\}\}/g, '');
    if (without === text) break;
    text = without;
  }
  // From the inside out: the caption of a picture may hold links.
  for (let depth = 0; depth < MAX_DEPTH && text.includes('[['); depth++) {
    const without = text.replace(/\[\[([^[\]]*)\]\]/g, (_, link: string) => wordsOfLink(link));
    if (without === text) break;
    text = without;
  }
  const lines = text.split('\n').flatMap((line) => {
    const trimmed = line.trim();
    if (/^(?:\{\||\|\}|\|-)/.test(trimmed) || /^__[A-Z]+__$/.test(trimmed)) return [];
    if (/^\s*[|!]/.test(line))
      return [
        trimmed
          .replace(/^[|!]\+?/, '')
          .split(/\|\||!!/)
          .map(cell)
          .join(' '),
      ];
    return [unmarked(line)];
  });
  return tidy(
    decodeEntities(
      lines
        .join('\n')
        .replace(/'{2,5}/g, '')
        .replace(/\[(https?:\/\/[^\s\]]{1,2000})[ \t]+([^\]\n]{0,500})\]/g, '$2')
        .replace(/\[(https?:\/\/[^\s\]]{1,2000})\]/g, '$1')
        .replace(/<br\s*\/?>/gi, '\n')
        .replace(/<\/?[a-z][^<>]*>/gi, ''),
    ),
  );
}

/** What of `[[…]]` is read: its label, or its target; nothing of categories and languages. */
function wordsOfLink(link: string): string {
  if (/^\s*(?:category|[a-z]{2,3})\s*:/i.test(link)) return '';
  const parts = link.replace(/^:/, '').split('|');
  return parts.at(-1)?.trim() || (parts[0] ?? '');
}

/** A line without the marks of headings and lists; longer ones are neither. */
function unmarked(line: string): string {
  const heading = line.length > MAX_MARKED ? line : line.replace(/^(={1,6})\s*(.*?)\s*\1\s*$/, '$2');
  return heading.replace(/^[*#:;]+\s*/, '');
}

/** A cell's text without the attributes before it. */
function cell(text: string): string {
  if (text.length > MAX_MARKED) return text.trim();
  return text.replace(/^[^|[\]{}]*=[^|[\]{}]*\|(?!\|)/, '').trim();
}
