import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { derivedWays } from '../helpers/derived-ways.ts';
import type { Way } from '../helpers/every-way.ts';
import { restrictedItems, samplePeople, type RestrictedItem, type SamplePerson } from '../helpers/sample-readers.ts';
import { readTruth, sampleApp, WIDE_LIMITS, type SampleApp } from '../helpers/sample.ts';

/** Somebody who asks: a person by user name, nobody, or a viewer with rights of its own. */
interface Asker {
  readonly name: string;
  readonly viewer: string | Viewer | undefined;
  readonly rights: ReadonlySet<string>;
}

/** A restricted item, in all the words it could be told of by; lower case. */
interface Hidden extends RestrictedItem {
  readonly id: string;
  readonly words: readonly string[];
}

let sample: SampleApp;
let people: SamplePerson[];
let askers: Asker[];
let hidden: Hidden[];
let ways: Way[];
/** Those who may read the same, by what that is. */
let classes: Map<string, Asker[]>;

beforeAll(async () => {
  const [served, truth, files, directory] = await Promise.all([
    sampleApp(undefined, WIDE_LIMITS),
    readTruth(),
    restrictedItems(),
    samplePeople(),
  ]);
  sample = served;
  people = directory;
  const groups = [...new Set(files.flatMap(({ readers }) => readers))].filter((reader) => reader.startsWith('group:'));
  const service = (name: string, rights: readonly string[]): Asker => ({
    name,
    viewer: { ...NOBODY, groups: rights.map((right) => right.slice('group:'.length)) },
    rights: new Set(rights),
  });
  askers = [
    ...people.filter(({ hasLeft }) => !hasLeft).map(({ uid, rights }) => ({ name: uid, viewer: uid, rights })),
    { name: 'nobody', viewer: undefined, rights: new Set<string>() },
    service('a service without rights', ['group:no-such-group']),
    ...groups.map((group) => service(`a service with ${group}`, [group])),
    service('a service with all groups', groups),
  ];
  hidden = await Promise.all(files.map((item) => asHidden(item)));
  classes = Map.groupBy(askers, (asker) => JSON.stringify(hidden.map((item) => mayRead(asker, item))));
  const schema = buildClientSchema(await sample.ask<IntrospectionQuery>({ query: getIntrospectionQuery() }));
  const planted = [truth.restrictedSpace, truth.restrictedCategory];
  const tried = {
    ids: [
      // First what is no item: it is that by which lists are narrowed.
      ...planted.map(({ hiddenExpert }) => hiddenExpert),
      ...groups.map((group) => group.slice('group:'.length)),
      ...hidden.flatMap(({ id, url }) => [id, url]),
      ...replyIds.values().take(10),
    ],
    texts: [
      ...planted.flatMap(({ canary, hiddenTopic }) => [canary, hiddenTopic]),
      truth.restrictedSpace.space,
      truth.restrictedCategory.category,
      'litigation',
      'compensation',
      'cloud budget',
    ],
  };
  ways = [
    ...derivedWays(schema, tried, { steps: 1, page: 20 }),
    // Beyond that size planning takes most of the time, and leads nowhere that the others do not.
    ...derivedWays(schema, tried, { steps: 2, page: 3, most: 1 }).filter(({ query }) => query.length < 60_000),
  ];
});
afterAll(() => sample.close());

/** Ids of replies in what is restricted. */
const replyIds = new Set<string>();

function mayRead({ rights }: Pick<Asker, 'rights'>, { readers }: RestrictedItem): boolean {
  return readers.some((reader) => rights.has(reader));
}

/** Finds out, by asking in the name of somebody who may, what the item is called within Atrium. */
async function asHidden(item: RestrictedItem): Promise<Hidden> {
  const reader = askers.find((asker) => mayRead(asker, item));
  const query = `query ($url: ID!) { document(id: $url) { id }
    conversation(id: $url) { id replies(first: 100) { edges { node { id } } } } }`;
  type Found = { id: string; replies?: { edges: { node: { id: string } }[] } } | null;
  const answer = await sample.ask<{ document: Found; conversation: Found }>({
    query,
    variables: { url: item.url },
    viewer: reader?.viewer,
  });
  const found = answer.document ?? answer.conversation;
  if (!found) throw new Error(`${reader?.name} does not find ${item.url}.`);
  const replies = found.replies?.edges.map(({ node }) => node.id) ?? [];
  for (const id of replies) replyIds.add(id);
  const words = [found.id, item.url, item.title, ...replies].map((word) => word.toLowerCase());
  return { ...item, id: found.id, words };
}

/** An answer in lower case, without what only repeats the question. */
function textOf(answer: unknown): string {
  return JSON.stringify(answer, (key, value: unknown) => (/^(Topic_)?query$/.test(key) ? '' : value)).toLowerCase();
}

/** The places of an answer that hold one of the words, without the numbers in them. */
function placesOf(value: unknown, words: ReadonlySet<string>, path = '', places = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    if (words.has(value.toLowerCase())) places.add(path);
  } else if (Array.isArray(value)) for (const each of value) placesOf(each, words, path, places);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) placesOf(each, words, `${path}.${key}`, places);
  }
  return places;
}

describe('who may read what', { timeout: 240_000 }, () => {
  it('everybody finds just the restricted items that the files let them read', async () => {
    const query = `query ($ids: [ID!]!) {
      nodes(ids: $ids) { id ... on Document { title } ... on Conversation { title } } }`;
    type Nodes = { nodes: ({ id: string; title?: string | null } | null)[] };
    const variables = { ids: hidden.map(({ id }) => id) };
    const wrong: string[] = [];
    let allowed = 0;
    for (const asker of askers) {
      const { nodes } = await sample.ask<Nodes>({ query, variables, viewer: asker.viewer });
      for (const [index, item] of hidden.entries()) {
        const isFound = nodes[index]?.title === item.title;
        if (isFound) allowed++;
        if (isFound !== mayRead(asker, item) || (!isFound && nodes[index] !== null && nodes[index]?.title)) {
          wrong.push(`${asker.name}: ${item.url}`);
        }
      }
    }
    console.log(`${askers.length} × ${hidden.length}: ${allowed} allowed, ${classes.size} kinds of rights`);
    expect(wrong).toEqual([]);
    expect(askers.length).toBeGreaterThan(110);
    expect(hidden.length).toBeGreaterThan(20);
    expect(allowed).toBeGreaterThan(hidden.length);
  });

  it('those who left may ask for nothing', async () => {
    const left = people.filter(({ hasLeft }) => hasLeft);
    expect(left.length).toBeGreaterThan(0);
    for (const { uid } of left) {
      await expect(sample.app.ask({ query: '{ __typename }', viewer: uid }), uid).rejects.toThrow('knows nobody');
    }
  });

  it('no way through the schema shows anybody what they may not read, and all of them show the rest', async () => {
    let answers = 0;
    const traces: string[] = [];
    const reached = new Set<string>();
    // One of each kind: what the others of it may read was compared above, item by item.
    for (const [asker] of classes.values()) {
      if (!asker) continue;
      const forbidden = hidden.filter((item) => !mayRead(asker, item)).flatMap(({ words }) => words);
      const allowed = new Set(hidden.filter((item) => mayRead(asker, item)).flatMap(({ words }) => words));
      const unseen = new Set(allowed);
      for (const { name, query, variables } of ways) {
        const answer = await sample.app.ask({ query, variables, viewer: asker.viewer });
        answers++;
        const text = textOf(answer);
        for (const word of forbidden) if (text.includes(word)) traces.push(`${asker.name}, ${name}: ${word}`);
        if (allowed.size === 0) continue;
        for (const word of unseen) if (text.includes(word)) unseen.delete(word);
        for (const place of placesOf(answer.data, allowed)) reached.add(place);
      }
      expect([...unseen], asker.name).toEqual([]);
    }
    console.log(
      `${classes.size} kinds of rights × ${ways.length} ways: ${answers} answers, ${reached.size} places reached`,
    );
    expect(traces.slice(0, 20)).toEqual([]);
    // The ways do lead there: the places at which somebody who may was shown something.
    expect(reached.size).toBeGreaterThan(80);
    const roots = new Set([...reached].map((place) => place.split('.')[1]));
    for (const root of ['conversation', 'conversations', 'document', 'documents', 'node', 'nodes', 'person', 'topic']) {
      expect(roots).toContain(root);
    }
  });
});
