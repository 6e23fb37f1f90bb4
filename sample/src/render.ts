import { iso } from './dates.ts';
import { ldif } from './ldif.ts';
import { mbox } from './mail.ts';
import { RESTRICTED_SPACE } from './restricted.ts';
import { at, type World } from './world.ts';
import type { Conversation, Doc } from './types.ts';

/** Address of a document. */
export function docUrl(doc: Doc): string {
  return `https://docs.kestrel.example/${doc.space}/${doc.slug}`;
}

/** Address of a thread. */
export function threadUrl(c: Conversation): string {
  return `https://community.kestrel.example/t/${c.id}`;
}

/** Puts addresses in the place of `{{t:…}}` and `{{d:…}}`. */
export function resolve(world: World, text: string): string {
  return text
    .replace(/\{\{t:([^}]+)\}\}/g, (_a, key: string) => {
      const c = world.conversations.find((x) => x.key === key);
      if (!c) throw new Error(`no thread ${key}`);
      return threadUrl(c);
    })
    .replace(/\{\{d:([^}]+)\}\}/g, (_a, key: string) => {
      const d = world.docs.find((x) => x.key === key);
      if (!d) throw new Error(`no document ${key}`);
      return docUrl(d);
    });
}

const q = (text: string): string => (/^[A-Za-z][\w .@-]*\w$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text) ? text : JSON.stringify(text));
const list = (values: readonly string[]): string => `[${values.map(q).join(', ')}]`;

function markdown(world: World, doc: Doc): string {
  const rows = [`title: ${q(doc.title)}`, `authors: ${list(doc.authors.map((uid, i) => authorRef(world, doc, uid, i)))}`];
  if (doc.editors.length) rows.push(`editors: ${list([...new Set(doc.editors)])}`);
  if (doc.mentions.length) rows.push(`mentions: ${list(doc.mentions)}`);
  rows.push(`tags: ${list(doc.tags)}`, `date: ${doc.date}`);
  if (doc.updated) rows.push(`updated: ${doc.updated}`);
  rows.push(`url: ${docUrl(doc)}`);
  if (doc.outdated) rows.push('status: outdated');
  if (doc.readers.length && doc.space !== RESTRICTED_SPACE) rows.push(`readers: ${list(doc.readers)}`);
  return `---\n${rows.join('\n')}\n---\n\n# ${doc.title}\n\n${resolve(world, doc.body)}\n`;
}

/** Some pages name their author by mail rather than by uid. */
function authorRef(world: World, doc: Doc, uid: string, index: number): string {
  return doc.slug.length % 4 === 1 && index === 0 ? (world.byUid.get(uid)?.mails.at(-1) ?? uid) : uid;
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

function page(world: World, doc: Doc): string {
  const body = resolve(world, doc.body).split('\n\n').map((block) => {
    if (block.startsWith('## ')) return `<h2>${escape(block.slice(3))}</h2>`;
    if (/^(- |\d+\. )/.test(block)) return `<ul>\n${block.split('\n').map((l) => `<li>${escape(l.replace(/^(- |\d+\. )/, ''))}</li>`).join('\n')}\n</ul>`;
    return `<p>${escape(block).replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>').replace(/`([^`]+)`/g, '<code>$1</code>')}</p>`;
  }).join('\n');
  const metas = [...doc.authors.map((a) => `<meta name="author" content="${a}">`), `<meta name="date" content="${doc.date}">`, `<meta name="keywords" content="${escape(doc.tags.join(', '))}">`];
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${escape(doc.title)}</title>\n${metas.join('\n')}\n<link rel="canonical" href="${docUrl(doc)}">\n</head>\n<body>\n<h1>${escape(doc.title)}</h1>\n${body}\n</body>\n</html>\n`;
}

function plain(world: World, doc: Doc): string {
  return `${doc.title}\n\n${resolve(world, doc.body).replace(/\*\*/g, '').replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 <$2>').replace(/^## /gm, '')}\n`;
}

function conversation(world: World, c: Conversation): string {
  const r = {
    id: c.id, title: c.title, body: resolve(world, c.body), author: at(world, c.by), category: c.category, channel: c.channel, tags: c.tags,
    createdAt: iso(c.at), url: threadUrl(c), isQuestion: c.question, votes: c.votes,
    ...(c.readers.length ? { readers: c.readers } : {}),
    ...(c.mentions.length ? { mentions: [...new Set(c.mentions)] } : {}),
    replies: [...c.replies].sort((a, b) => a.at - b.at).map((x, i) => ({
      id: `${c.id}-${i + 1}`, author: at(world, x.by), body: resolve(world, x.body), createdAt: iso(x.at), votes: x.votes, ...(x.accepted ? { accepted: true } : {}),
    })),
  };
  return JSON.stringify(r);
}

/** All output files by path below sample/, without the truth. */
export function renderFiles(world: World): Map<string, string> {
  const files = new Map<string, string>();
  files.set('people.ldif', ldif(world.people));
  for (const doc of world.docs) {
    const text = doc.format === 'md' ? markdown(world, doc) : doc.format === 'html' ? page(world, doc) : plain(world, doc);
    files.set(`documents/${doc.space}/${doc.slug}.${doc.format}`, text);
  }
  files.set(`documents/${RESTRICTED_SPACE}/.readers`, 'group:legal\n');
  files.set('conversations.ndjson', world.conversations.map((c) => `${conversation(world, c)}\n`).join(''));
  files.set('mail/announce.mbox', mbox(world, 'announce'));
  files.set('mail/engineering.mbox', mbox(world, 'engineering'));
  files.set('thesaurus.yaml', world.subjects.map((s) => {
    const related = s.related.map((id) => world.subjects.find((x) => x.id === id)?.label).filter((l) => l !== undefined);
    return `- prefLabel: ${q(s.label)}\n  altLabels: ${list(s.alt)}\n  related: ${list(related)}\n`;
  }).join(''));
  return files;
}
