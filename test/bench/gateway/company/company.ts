import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../../gateway/config/load.ts';
import { writeCompany } from '../../company.ts';
import { SAMPLE } from '../../../helpers/sample.ts';
import { syncOnce } from '../../../helpers/sync.ts';

/** A company to ask about, with stores that are filled. */
export interface Company {
  /** The words its topics are made of. */
  readonly words: readonly string[];
  /** Its sources, as a configuration has them. */
  readonly sources: string;
  /** The folder of the stores. */
  readonly data: string;
}

/** The sample company. */
export function sampleCompany(folder: string): Promise<Company> {
  const topics = JSON.parse(readFileSync(join(SAMPLE, 'topics.json'), 'utf8')) as { topic: string }[];
  const forum = `
    - { name: community, connector: ndjson, path: ${SAMPLE}conversations.ndjson, everySeconds: 86400 }
    - { name: mail, connector: mbox, path: ${SAMPLE}mail, everySeconds: 86400 }`;
  const thesaurus = `\n  thesaurus: ${SAMPLE}thesaurus.yaml`;
  return filled(folder, wordsOf(topics.map(({ topic }) => topic)), sourcesIn(SAMPLE, forum, thesaurus));
}

/** A generated company of so many documents, and as many conversations. */
export function generatedCompany(folder: string, documents: number): Promise<Company> {
  const dir = join(folder, 'sources');
  mkdirSync(join(dir, 'documents'), { recursive: true });
  const topics = writeCompany(dir, documents);
  const forum = `
    - { name: community, connector: ndjson, path: ${dir}/conversations.ndjson, everySeconds: 86400 }`;
  return filled(folder, wordsOf(topics), sourcesIn(`${dir}/`, forum));
}

/** A copy of its stores: two gateways do not fill the same. */
export function copyStores({ data }: Company, folder: string): string {
  const copy = join(folder, 'data');
  cpSync(data, copy, { recursive: true });
  return copy;
}

function sourcesIn(dir: string, forum: string, thesaurus = ''): string {
  return `directory:${thesaurus}
  sources:
    - { name: people, connector: ldif, path: ${dir}people.ldif, everySeconds: 86400 }
documents:
  sources:
    - { name: docs, connector: folder, path: ${dir}documents, everySeconds: 86400 }
forum:
  sources:${forum}
`;
}

async function filled(folder: string, words: readonly string[], sources: string): Promise<Company> {
  const data = join(folder, 'data');
  const file = join(folder, 'fill.yaml');
  writeFileSync(file, `data: ${data}\nlog: { level: error }\n${sources}`);
  await syncOnce(await loadConfig({ file, env: {}, cwd: folder }));
  return { words, sources, data };
}

function wordsOf(topics: readonly string[]): string[] {
  return [...new Set(topics.flatMap((topic) => topic.split(/\s+/)))];
}
