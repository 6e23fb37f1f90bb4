import {
  buildClientSchema,
  getIntrospectionQuery,
  isObjectType,
  type GraphQLSchema,
  type IntrospectionQuery,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTruth, sampleApp, type SampleApp, type Truth, WIDE_LIMITS } from '../helpers/sample.ts';
import { walkSchema, type Walk } from '../helpers/walk-schema.ts';

/** Somebody who may read none of the restricted items, and those who between them may read all. */
const OUTSIDER = 'jose.ferreira';
const INSIDERS = ['sanne.devries', 'claudia.neves', 'ana.pinto'];

/** A restricted item, in all the words it could be told of by. */
interface Restricted {
  readonly id: string;
  readonly url: string;
  readonly title: string;
}

let sample: SampleApp;
let truth: Truth;
let schema: GraphQLSchema;
let restricted: Restricted[];
/** Ids of the replies in restricted conversations. */
let replies: string[];

beforeAll(async () => {
  [sample, truth] = [await sampleApp(undefined, WIDE_LIMITS), await readTruth()];
  schema = buildClientSchema(await sample.ask<IntrospectionQuery>({ query: getIntrospectionQuery() }));
  restricted = [];
  for (const viewer of INSIDERS) restricted.push(...(await readableOnlyBy(viewer)));
  replies = await repliesIn(restricted.filter(({ url }) => url.includes('/t/')));
});
afterAll(() => sample.close());

/** What the viewer may read and the outsider may not; found by asking for all there is. */
async function readableOnlyBy(viewer: string): Promise<Restricted[]> {
  const hidden = new Map<string, Restricted>();
  for (const list of ['documents', 'conversations']) {
    const all = async (who: string) => {
      const items: Restricted[] = [];
      for (let after: string | null = null, more = true; more;) {
        const query = `query ($after: String) { list: ${list}(first: 100, after: $after) {
          edges { node { id url title } } pageInfo { hasNextPage endCursor } } }`;
        const { list: page }: ListPage = await sample.ask({ query, variables: { after }, viewer: who });
        items.push(...page.edges.map(({ node }) => node));
        ({ hasNextPage: more, endCursor: after } = page.pageInfo);
      }
      return items;
    };
    const open = new Set((await all(OUTSIDER)).map(({ id }) => id));
    for (const item of await all(viewer)) if (!open.has(item.id)) hidden.set(item.id, item);
  }
  return [...hidden.values()].filter(({ id }) => !restricted.some((known) => known.id === id));
}

async function repliesIn(conversations: readonly Restricted[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { id } of conversations) {
    const query = 'query ($id: ID!) { conversation(id: $id) { replies(first: 100) { edges { node { id } } } } }';
    type Found = { conversation: { replies: { edges: { node: { id: string } }[] } } | null };
    const { conversation } = await sample.ask<Found>({ query, variables: { id }, viewer: 'claudia.neves' });
    ids.push(...(conversation?.replies.edges ?? []).map(({ node }) => node.id));
  }
  return ids;
}

interface ListPage {
  readonly list: {
    readonly edges: readonly { readonly node: Restricted }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Every value worth trying for the arguments of a field of `Query`. */
function argumentsOf({ field, variables }: Walk): Record<string, unknown>[] {
  const { restrictedSpace: space, restrictedCategory: category } = truth;
  const canaries = [space, category].flatMap(({ canary, hiddenTopic }) => [canary, hiddenTopic]);
  const ids = restricted.map(({ id }) => id);
  const addresses = [...ids, ...restricted.map(({ url }) => url)];
  const people = [space.hiddenExpert, category.hiddenExpert, ...INSIDERS];
  const lists = (filters: object[], orders: string[]) => [
    ...filters.map((filter) => ({ filter, first: 100 })),
    ...orders.map((orderBy) => ({ orderBy, first: 100 })),
  ];
  const texts = canaries.map((text) => ({ text }));
  const tried: Readonly<Record<string, Record<string, unknown>[]>> = {
    topic: [...canaries, 'litigation', 'compensation', 'budget'].map((query) => ({ query })),
    node: [...ids, ...replies].map((id) => ({ id })),
    nodes: [{ ids }, { ids: replies.slice(0, 100) }],
    document: addresses.map((id) => ({ id })),
    conversation: addresses.map((id) => ({ id })),
    person: people.map((id) => ({ id })),
    group: ['legal', 'people-leads'].map((id) => ({ id })),
    documents: lists(
      [...texts, { space: space.space }, { tag: 'litigation' }],
      ['UPDATED_DESC', 'UPDATED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'CHANGED'],
    ),
    conversations: lists(
      [...texts, { category: category.category }, { tag: 'compensation' }],
      ['ACTIVE_DESC', 'ACTIVE_ASC', 'CREATED_DESC', 'CREATED_ASC', 'CHANGED'],
    ),
    people: [{ first: 100 }],
    groups: [{ first: 100 }],
    removedDocuments: [{ first: 100 }],
    removedConversations: [{ first: 100 }],
    removedPeople: [{ first: 100 }],
    sources: [{}],
    viewer: [{}],
  };
  const found = tried[field];
  // A new field of Query has to be tried as well: say here with what.
  if (!found) throw new Error(`Nothing is tried for ${field}(${variables.join(', ')}).`);
  return found;
}

function wordsOfRestricted(): string[] {
  return [...restricted.flatMap(({ id, url, title }) => [id, url, title]), ...replies];
}

/** The answer in lower case, without what only repeats the question. */
function textOf(answer: unknown): string {
  return JSON.stringify(answer, (key, value: unknown) => (/^(Topic_)?query$/.test(key) ? '' : value)).toLowerCase();
}

/** Walks the whole schema in the viewer's name, and hands over each answer. */
async function walkAs(viewer: string | undefined, see: (text: string, where: string) => void): Promise<number> {
  let answers = 0;
  // Far walks are many answers in one: a few of them, from where they lead to most.
  const far = new Set(['person', 'group', 'topic']);
  for (const steps of [1, 2]) {
    for (const walk of walkSchema(schema, steps).walks) {
      if (steps > 1 && !far.has(walk.field)) continue;
      for (const variables of argumentsOf(walk)) {
        const answer = await sample.app.ask({ query: walk.query, variables, viewer });
        const where = `${walk.field} ${JSON.stringify(variables).slice(0, 200)}`;
        expect(answer.errors, where).toBeUndefined();
        see(textOf(answer), where);
        answers++;
      }
    }
  }
  return answers;
}

describe('a walk over the whole schema', { timeout: 120_000 }, () => {
  it('selects every field there is', () => {
    const { selected } = walkSchema(schema, 1);
    const all = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        isObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
      );
    expect(all.filter((field) => !selected.has(field))).toEqual([]);
    expect(all.length).toBeGreaterThan(150);
  });

  it('knows all that is restricted', () => {
    const { restrictedSpace, restrictedCategory, personalReaders } = truth;
    const planted = [
      ...restrictedSpace.documents,
      ...personalReaders.documents.map(({ url }) => url),
      ...restrictedCategory.conversations.map((key) => `https://community.kestrel.example/t/${key}`),
    ];
    expect(restricted.map(({ url }) => url).toSorted()).toEqual(planted.toSorted());
    expect(replies.length).toBeGreaterThan(restrictedCategory.conversations.length);
  });

  it.each([OUTSIDER, undefined])('tells %s of no restricted item, by no word of it', async (viewer) => {
    const words = [truth.restrictedSpace.canary, truth.restrictedCategory.canary, ...wordsOfRestricted()].map((word) =>
      word.toLowerCase(),
    );
    const answers = await walkAs(viewer, (text, where) => {
      for (const word of words) if (text.includes(word)) expect.fail(`${where}: ${word}`);
    });
    expect(answers).toBeGreaterThan(100);
  });

  it('tells those who may read them of every one: the walk does come by', async () => {
    const unseen = new Set(wordsOfRestricted().map((word) => word.toLowerCase()));
    const canaries = new Set([truth.restrictedSpace.canary, truth.restrictedCategory.canary]);
    const ways = new Set<string>();
    for (const viewer of INSIDERS) {
      await walkAs(viewer, (text, where) => {
        for (const word of unseen) if (text.includes(word)) unseen.delete(word);
        for (const word of canaries) {
          if (!text.includes(word)) continue;
          ways.add(where.replace(/ .*/, ''));
        }
      });
    }
    expect([...unseen]).toEqual([]);
    // The ways by which the outsider was shown nothing do show something.
    expect([...ways].toSorted()).toEqual([
      'conversation',
      'conversations',
      'document',
      'documents',
      'group',
      'node',
      'nodes',
      'person',
      'topic',
    ]);
  });
});
