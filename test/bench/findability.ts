import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp, type App } from '../../gateway/app.ts';
import { configOf } from '../helpers/config.ts';
import { syncOnce } from '../helpers/sync.ts';
import { meanOf, measure, type Measures } from './metrics.ts';

/**
 * How well is found what is known to be right: loads a collection through the connectors, asks each of its topics
 * through the federated graph, and compares with the known experts, conversations and documents.
 *
 *     npm run bench:findability -- --data DIR
 *
 * DIR holds people.ldif, documents/, conversations.ndjson, topics.json; optionally mail/ and thesaurus.yaml. Without
 * it the sample company is taken. Topics none of whose experts has any item are left out, as in expert-search tests.
 */
interface Topic {
  readonly id: string;
  readonly topic: string;
  readonly experts?: readonly string[];
  readonly conversations?: readonly string[];
  readonly documents?: readonly string[];
}

const QUERY = `query Findability($query: String!) {
  topic(query: $query) {
    people(first: 100) { edges { node { id } } }
    content(first: 100) { edges { node { url } } }
    conversations(first: 100) { edges { node { id } } }
  }
}`;

const { values } = parseArgs({ options: { data: { type: 'string' }, topics: { type: 'boolean', default: false } } });
const dir = resolve(values.data ?? new URL('../../sample', import.meta.url).pathname);
const data = mkdtempSync(join(tmpdir(), 'atrium-findability-'));
try {
  const optional = (name: string) => (existsSync(join(dir, name)) ? join(dir, name) : undefined);
  const config = configOf({
    data,
    baseDir: dir,
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [
      { name: 'community', connector: 'ndjson', path: 'conversations.ndjson' },
      ...(optional('mail') ? [{ name: 'mail', connector: 'mbox', path: 'mail' }] : []),
    ],
    thesaurus: optional('thesaurus.yaml'),
  });
  const started = performance.now();
  await syncOnce(config);
  console.log(`${dir} loaded in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  const app = await createApp(config);
  await run(app, JSON.parse(readFileSync(join(dir, 'topics.json'), 'utf8')) as Topic[]);
  await app.close();
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function run(app: App, topics: readonly Topic[]): Promise<void> {
  const results: Record<'people' | 'documents' | 'conversations', Measures[]> = {
    people: [],
    documents: [],
    conversations: [],
  };
  for (const topic of topics) {
    const experts = await idsOf(app, topic.experts ?? []);
    const { data, errors } = (await app.ask({ query: QUERY, variables: { query: topic.topic } })) as Answer;
    if (errors) throw new Error(`The topic "${topic.topic}" was answered with ${JSON.stringify(errors)}.`);
    const { people, content, conversations } = data.topic;
    if (experts.size > 0) {
      const found = measure(
        people.edges.map(({ node }) => node.id),
        experts,
      );
      results.people.push(found);
      if (values.topics) console.log(`${found.averagePrecision.toFixed(3)} ${topic.topic}`);
    }
    const wanted = topic.conversations ?? [];
    if (wanted.length > 0) {
      const keys = conversations.edges.map(({ node }) => keyOf(node.id));
      results.conversations.push(measure(keys, new Set(wanted)));
    }
    const pages = topic.documents ?? [];
    if (pages.length > 0) {
      const urls = content.edges.map(({ node }) => node.url);
      results.documents.push(measure(urls, new Set(pages)));
    }
  }
  for (const [name, measures] of Object.entries(results)) {
    if (measures.length === 0) continue;
    const mean = meanOf(measures);
    const columns: Record<string, number> =
      name === 'people'
        ? { MAP: mean.averagePrecision, MRR: mean.reciprocalRank, 'P@5': mean.precisionAt5, 'P@10': mean.precisionAt10 }
        : { MAP: mean.averagePrecision, MRR: mean.reciprocalRank, 'success@10': mean.successAt10 };
    const text = Object.entries(columns).map(([label, value]) => `${label} ${value.toFixed(3)}`);
    console.log(`${name.padEnd(14)} ${text.join('  ')}  (${measures.length} topics)`);
  }
}

interface Answer {
  readonly data: {
    readonly topic: {
      readonly people: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
      readonly content: { readonly edges: readonly { readonly node: { readonly url: string } }[] };
      readonly conversations: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
    };
  };
  readonly errors?: readonly unknown[];
}

/** The ids of those among the experts who have any item: nobody else could be found. */
async function idsOf(app: App, uids: readonly string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  let isAnyActive = false;
  for (const uid of uids) {
    const { data } = (await app.ask({
      query: `query ($id: ID!) { person(id: $id) { id accounts { id } } }`,
      variables: { id: uid },
    })) as { data: { person: { id: string; accounts: readonly unknown[] } | null } };
    if (!data.person) continue;
    ids.add(data.person.id);
    if (data.person.accounts.length > 0) isAnyActive = true;
  }
  return isAnyActive ? ids : new Set();
}

function keyOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':').slice(2).join(':');
}
