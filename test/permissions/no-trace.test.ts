import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth, sampleApp, type SampleApp, type Truth } from '../helpers/sample.ts';
import { everyWay } from '../helpers/every-way.ts';

/**
 * Somebody who may not read an item gets no trace of it: all they can ask is answered, to the letter, as if the item
 * had never been there. The sample company is served twice, once with and once without what is restricted.
 */
describe('no trace of restricted items', () => {
  let whole: SampleApp;
  let without: SampleApp;
  let truth: Truth;
  let topics: string[];

  beforeAll(async () => {
    truth = await readTruth();
    [whole, without] = await Promise.all([sampleApp(), sampleApp((dir) => removeRestricted(dir, truth))]);
    topics = [
      ...truth.experts.subjects.map(({ topic }) => topic),
      truth.restrictedSpace.canary,
      truth.restrictedSpace.hiddenTopic,
      truth.restrictedCategory.canary,
      truth.restrictedCategory.hiddenTopic,
      'settlement litigation patent anemometer salary band',
    ];
  });
  afterAll(async () => {
    await whole.close();
    await without.close();
  });

  const restricted = () => [
    ...truth.restrictedSpace.documents,
    ...truth.personalReaders.documents.map(({ url }) => url),
    ...truth.restrictedCategory.conversations.map((key) => `https://community.kestrel.example/t/${key}`),
  ];

  it.each([
    ['an outsider', 'jose.ferreira'],
    ['nobody', undefined],
  ])('for %s', { timeout: 180_000 }, async (_who, viewer) => {
    let answered = 0;
    for (const { name, query, variables } of everyWay(topics, restricted())) {
      const ask = (sample: SampleApp) => sample.app.ask({ query, variables, viewer });
      const [one, other] = [await ask(whole), await ask(without)];
      const text = timeless(one);
      expect(text, name).toBe(timeless(other));
      for (const canary of [truth.restrictedSpace.canary, truth.restrictedCategory.canary]) {
        // What was asked for comes back in `query` and in the id: not from the store.
        if (!JSON.stringify(variables).includes(canary)) expect(text.toLowerCase(), name).not.toContain(canary);
      }
      if (one.data) answered++;
    }
    expect(answered).toBeGreaterThan(300);
  });

  it('while those who may read them find them: the comparison can fail', async () => {
    const { restrictedSpace, restrictedCategory } = truth;
    for (const { canary, hiddenTopic, hiddenExpert, mayRead, mayNotRead } of [restrictedSpace, restrictedCategory]) {
      const query = `query ($topic: String!) { topic(query: $topic) {
        people(first: 3) { edges { node { id } } } content { totalCount } conversations { totalCount } } }`;
      const idOf = await whole.ask<{ person: { id: string } }>({
        query: 'query ($id: ID!) { person(id: $id) { id } }',
        variables: { id: hiddenExpert },
      });
      const seen = await whole.ask<Seen>({ query, variables: { topic: canary }, viewer: mayRead });
      expect(seen.topic.content.totalCount + seen.topic.conversations.totalCount).toBeGreaterThan(0);
      const experts = async (viewer: string) =>
        (await whole.ask<Seen>({ query, variables: { topic: hiddenTopic }, viewer })).topic.people.edges.map(
          ({ node }) => node.id,
        );
      expect(await experts(mayRead)).toContain(idOf.person.id);
      expect((await experts(mayNotRead))[0]).not.toBe(idOf.person.id);
    }
    const differing = everyWay(topics, restricted()).slice(0, 60);
    let differences = 0;
    for (const { query, variables } of differing) {
      const ask = (sample: SampleApp) => sample.app.ask({ query, variables, viewer: restrictedSpace.mayRead });
      if (timeless(await ask(whole)) !== timeless(await ask(without))) differences++;
    }
    expect(differences).toBeGreaterThan(0);
  });

  interface Seen {
    readonly topic: {
      readonly people: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
      readonly content: { readonly totalCount: number };
      readonly conversations: { readonly totalCount: number };
    };
  }

  it('answers a restricted id as one that never was', async () => {
    for (const url of restricted()) {
      const type = url.includes('/t/') ? 'conversation' : 'document';
      const query = `query ($id: ID!) { ${type}(id: $id) { id title } }`;
      const found = await whole.ask<Record<string, { id: string } | null>>({
        query,
        variables: { id: url },
        viewer: url.includes('/finance/') ? 'ana.pinto' : type === 'document' ? 'sanne.devries' : 'claudia.neves',
      });
      const id = found[type]?.id ?? '';
      expect(id, url).not.toBe('');
      const never = Buffer.from(`${type}:docs:never/was.md`).toString('base64url');
      const ask = (variables: { id: string }) =>
        whole.app.ask({
          query: `query ($id: ID!) { node(id: $id) { __typename id ... on Document { title } ... on Conversation { title } }
            nodes(ids: [$id]) { id } ${type}(id: $id) { title } }`,
          variables,
          viewer: 'jose.ferreira',
        });
      expect(JSON.parse(JSON.stringify(await ask({ id })))).toEqual(
        JSON.parse(JSON.stringify(await ask({ id: never }))),
      );
    }
  });

  it('keeps the answers of different viewers apart, however they mix', async () => {
    const query = `query ($topic: String!) { topic(query: $topic) {
      content(first: 20) { totalCount edges { node { title } excerpt { text } } } conversations(first: 20) { totalCount edges { node { title } } } } }`;
    const { restrictedSpace, restrictedCategory } = truth;
    const viewers = [
      restrictedSpace.mayRead,
      restrictedCategory.mayRead,
      'jose.ferreira',
      undefined,
      'marcus.hill',
      'amelie.durand',
    ];
    const asked = Array.from({ length: 240 }, (_, i) => ({
      viewer: viewers[i % viewers.length],
      canary: i % 4 < 2 ? restrictedSpace : restrictedCategory,
    }));
    const answers = await Promise.all(
      asked.map(async ({ viewer, canary }) => ({
        viewer,
        canary,
        data: await whole.ask<Seen>({ query, variables: { topic: canary.canary }, viewer }),
      })),
    );
    for (const { viewer, canary, data } of answers) {
      const count = data.topic.content.totalCount + data.topic.conversations.totalCount;
      if (viewer === canary.mayRead) expect(count, viewer).toBeGreaterThan(0);
      else if (viewer !== restrictedSpace.mayRead && viewer !== restrictedCategory.mayRead)
        expect(count, viewer).toBe(0);
    }
  });
});

/** The answer as text, without what differs between any two stores: moments of syncs, and sealed cursors. */
function timeless(answer: unknown): string {
  return JSON.stringify(answer, (key, value: unknown) => {
    if (['asOf', 'lastSyncAt', 'lastSuccessAt', 'lagSeconds'].includes(key)) return null;
    // Each store seals with a key of its own; that there is a cursor, or none, must be the same.
    if (typeof value !== 'string') return value;
    if (key === 'id' && value.startsWith('account:')) return 'sealed';
    return ['cursor', 'startCursor', 'endCursor'].includes(key) ? 'sealed' : value;
  });
}

/** Takes everything that not everyone may read out of a copy of the sample company. */
async function removeRestricted(dir: string, truth: Truth): Promise<void> {
  await rm(join(dir, 'documents', truth.restrictedSpace.space), { recursive: true });
  for (const { url } of truth.personalReaders.documents) {
    await rm(join(dir, 'documents', `${url.replace('https://docs.kestrel.example/', '')}.md`));
  }
  const file = join(dir, 'conversations.ndjson');
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => !('readers' in (JSON.parse(line) as object)));
  if (kept.length === lines.length) throw new Error('There was nothing restricted among the conversations.');
  await writeFile(file, `${kept.join('\n')}\n`);
}
