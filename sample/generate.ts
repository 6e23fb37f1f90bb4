/**
 * Writes the sample company. `node sample/generate.ts` writes the files,
 * `node sample/generate.ts --check` compares them with what is committed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from './src/checks.ts';
import { buildMeetings, buildThreads, numberConversations } from './src/conversations.ts';
import { buildDocuments } from './src/documents.ts';
import { buildMails } from './src/mail.ts';
import { renderFiles } from './src/render.ts';
import { buildRestricted } from './src/restricted.ts';
import { topics, truth } from './src/truth.ts';
import { newWorld } from './src/world.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** All files of the sample by path below sample/. */
export function generate(): Map<string, string> {
  const world = newWorld();
  buildThreads(world);
  buildMeetings(world);
  buildDocuments(world);
  buildRestricted(world);
  numberConversations(world);
  for (const [key, readers] of [['budget-planning/report', ['person:gunilla.ekstrom', 'person:ana.pinto']], ['gdpr-retention/report', ['group:legal']]] as const) {
    const doc = world.docs.find((d) => d.key === key);
    if (doc) { doc.readers = [...readers]; doc.format = 'md'; }
  }
  buildMails(world);
  const files = renderFiles(world);
  files.set('topics.json', `${JSON.stringify(topics(world), null, 1)}\n`);
  files.set('truth.json', `${JSON.stringify(truth(world), null, 1)}\n`);
  check(world, files);
  return files;
}

/** Committed files below the generated folders, to notice leftovers. */
function committed(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => relative(HERE, join(e.parentPath, e.name)));
}

function main(): void {
  const files = generate();
  const folders = ['documents', 'mail'];
  if (process.argv.includes('--check')) {
    const stale = folders.flatMap((f) => committed(join(HERE, f))).filter((path) => !files.has(path));
    const wrong = [...files].filter(([path, text]) => !existsSync(join(HERE, path)) || readFileSync(join(HERE, path), 'utf8') !== text).map(([path]) => path);
    for (const path of [...stale, ...wrong]) console.error(`differs: ${path}`);
    if (stale.length + wrong.length) process.exit(1);
    console.log(`${files.size} files are up to date`);
    return;
  }
  for (const folder of folders) rmSync(join(HERE, folder), { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(HERE, path)), { recursive: true });
    writeFileSync(join(HERE, path), text);
  }
  console.log(`${files.size} files, ${Math.round([...files.values()].reduce((n, t) => n + Buffer.byteLength(t), 0) / 1024)} KiB`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
