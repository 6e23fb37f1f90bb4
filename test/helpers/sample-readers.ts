import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { SAMPLE } from './sample.ts';

/** A restricted item of the sample company, as its file has it. */
export interface RestrictedItem {
  readonly url: string;
  readonly title: string;
  readonly readers: readonly string[];
}

/** Somebody in the sample's directory. */
export interface SamplePerson {
  readonly uid: string;
  readonly hasLeft: boolean;
  /** `person:` and `group:`, as readers are written. */
  readonly rights: ReadonlySet<string>;
}

/** The restricted items, out of the files alone: what Atrium makes of them is compared with this. */
export async function restrictedItems(): Promise<RestrictedItem[]> {
  const documents = join(SAMPLE, 'documents');
  const paths = await readdir(documents, { recursive: true });
  const folders = new Map<string, string[]>();
  for (const path of paths.filter((each) => each.endsWith('.readers'))) {
    folders.set(dirname(path), (await readFile(join(documents, path), 'utf8')).trim().split('\n'));
  }
  const items: RestrictedItem[] = [];
  for (const path of paths.filter((each) => each.endsWith('.md'))) {
    const [, front = ''] = /^---\n([\s\S]*?)\n---\n/.exec(await readFile(join(documents, path), 'utf8')) ?? [];
    const { url = '', title = '', readers } = (parse(front) ?? {}) as Partial<RestrictedItem>;
    const effective = readers ?? folders.get(dirname(path));
    if (effective) items.push({ url, title, readers: effective });
  }
  const lines = (await readFile(join(SAMPLE, 'conversations.ndjson'), 'utf8')).trim().split('\n');
  for (const line of lines) {
    const { url, title, readers } = JSON.parse(line) as RestrictedItem & { readonly readers?: readonly string[] };
    if (readers) items.push({ url, title, readers });
  }
  return items;
}

/** Everybody in the directory, with their groups, out of the file alone. */
export async function samplePeople(): Promise<SamplePerson[]> {
  const text = await readFile(join(SAMPLE, 'people.ldif'), 'utf8');
  const entries = text.replaceAll(/\n /g, '').split(/\n\n+/);
  const groups = entries
    .filter((entry) => /^objectClass: groupOfNames$/m.test(entry))
    .map((entry) => ({ name: /^cn: (.+)$/m.exec(entry)?.[1] ?? '', entry }));
  return entries.flatMap((entry) => {
    const uid = /^uid: (.+)$/m.exec(entry)?.[1];
    if (uid === undefined) return [];
    const own = groups.filter((group) => new RegExp(`^member: uid=${uid},`, 'm').test(group.entry));
    const rights = new Set([`person:${uid}`, ...own.map(({ name }) => `group:${name}`)]);
    return [{ uid, hasLeft: /^employeeType: former$/m.test(entry), rights }];
  });
}
