import type { ContentSeed } from './seeds.ts';

/** A seed as a Markdown file with front matter. */
export function pageOf({ title, readers, author, body, raw }: ContentSeed): string {
  return `---\n${JSON.stringify({ title, readers, authors: [author] })}\n---\n${raw ?? `${body}\n`}`;
}
