import '../../../gateway/telemetry.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { SubgraphFailure, type SubgraphAnswer } from '../../../gateway/execution/subgraphs/client.ts';
import { compose, openFederation, type Federation } from '../../helpers/execution/pair.ts';
import { reached } from '../../helpers/execution/reached.ts';

type Variables = Readonly<Record<string, unknown>>;
type Answering = (variables: Variables) => SubgraphAnswer;

const PEOPLE = `
type Query { person: Person people: [Person!] list: [Int!] }
type Person @key(fields: "id") { id: ID! name: String age: Int }`;
const SCORES = `type Person @key(fields: "id") { id: ID! score: Int must: Int! }`;
const GREETING = `
type Person @key(fields: "id") {
  id: ID! name: String @external
  greeting: String @requires(fields: "name")
}`;
const SCORED_ONE = { data: { person: { __typename: 'Person', id: '1' } } };
const SCORED_TWICE = {
  data: { people: ['1', '2', '1'].map((id) => ({ __typename: 'Person', id })) },
};

let federation: Federation | undefined;
afterEach(() => federation?.close());

/** Asks both about one query; answers are made anew for each, for executors write on them. */
async function ask(
  schemas: Readonly<Record<string, string>>,
  answers: Readonly<Record<string, Answering>>,
  query: string,
) {
  const { sdl, misfits } = compose(schemas);
  expect(misfits).toEqual([]);
  const asked: string[] = [];
  const clientOf = (name: string) =>
    reached(name, 'values', () => async (variables) => {
      asked.push(name);
      return structuredClone(answers[name]?.(variables)) as SubgraphAnswer;
    });
  federation = await openFederation(sdl ?? '', clientOf);
  const ours = await federation.ours({ query });
  const weAsked = asked.splice(0);
  const theirs = await federation.theirs({ query }).then(
    (answer) => answer,
    (error: Error) => ({ errors: [{ message: error.message, path: undefined, extensions: {} }] }) as never,
  );
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return {
    ours: {
      data: plain(ours.data),
      errors: (ours.errors ?? []).map(({ path, extensions }) => ({ path, code: extensions['code'] })),
      messages: (ours.errors ?? []).map(({ message }) => message),
    },
    theirs: {
      data: theirs.data === undefined ? undefined : plain(theirs.data),
      errors: (theirs.errors ?? []).map(({ path }) => path),
      messages: (theirs.errors ?? []).map(({ message }) => message),
      completions: ((theirs.extensions?.['valueCompletion'] ?? []) as { path: unknown }[]).map(({ path }) => path),
    },
    weAsked,
    theyAsked: asked,
  };
}

/** A subgraph with a field of each kind of leaf, and one beside them. */
const LEAVES = `
scalar Json
enum Color { RED BLUE }
type Query { leaves: Leaves }
type Leaves { int: Int float: Float text: String truth: Boolean id: ID color: Color json: Json other: String }`;

describe('leaves of the wrong type', () => {
  it.each([
    ['int', '7'],
    ['int', 7.5],
    ['int', true],
    // As JSON has it, `1e999` for one.
    ['float', Number.POSITIVE_INFINITY],
    ['float', '1.5'],
    ['text', 7],
    ['text', { odd: 1 }],
    ['text', ['text']],
    ['truth', 'true'],
    ['truth', 1],
    ['id', 7.5],
    ['id', true],
    ['color', 'GREEN'],
    ['color', 'toString'],
    ['color', 0],
  ])('lose that part only, in both: %s is %j', async (field, value) => {
    const { ours, theirs } = await ask(
      { leaves: LEAVES },
      { leaves: () => ({ data: { leaves: { [field]: value, other: 'well' } } }) },
      `{ leaves { ${field} other } }`,
    );
    expect(ours.data).toEqual({ leaves: { [field]: null, other: 'well' } });
    expect(theirs.data).toEqual(ours.data);
    expect(ours.errors).toEqual([{ path: ['leaves', field], code: 'SUBGRAPH_BAD_RESPONSE' }]);
    expect(theirs.completions).toEqual([['leaves', field]]);
  });

  it.each<{ value: unknown }>(
    [7, -0.5, 'text', true, [], [null, [1]], {}, { constructor: 1, nested: { deep: [{}] } }].map((value) => ({
      value,
    })),
  )("cannot be told of scalars of the schema's own, which both pass on: %j", async ({ value }) => {
    const { ours, theirs } = await ask(
      { leaves: LEAVES },
      { leaves: () => ({ data: { leaves: { json: value } } }) },
      '{ leaves { json } }',
    );
    expect(ours).toMatchObject({ data: { leaves: { json: value } }, errors: [] });
    expect(theirs.data).toEqual(ours.data);
  });
});

/**
 * One plain example of each difference that `test/property/execution.test.ts` lets pass. Aliases that are names of keys,
 * which it asks Apollo's executor without, are in `clashing-names.test.ts`.
 */
describe('where we answer otherwise than @apollo/gateway', () => {
  it('completion is an error: what does not fit the schema is told as errors are', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE },
      { people: () => ({ data: { person: { age: 'old', name: 'Ada' } } }) },
      '{ person { name age } }',
    );
    expect(ours.data).toEqual({ person: { name: 'Ada', age: null } });
    expect(theirs.data).toEqual(ours.data);
    expect(ours.errors).toEqual([{ path: ['person', 'age'], code: 'SUBGRAPH_BAD_RESPONSE' }]);
    expect(theirs.errors).toEqual([]);
    expect(theirs.completions).toEqual([['person', 'age']]);
  });

  it('completion is an error: also beside other errors, where theirs is silent', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE },
      {
        people: () => ({
          data: { person: { age: 'old', name: null } },
          errors: [{ message: 'No name.', path: ['person', 'name'] }],
        }),
      },
      '{ person { name age } }',
    );
    expect(ours.errors).toEqual([
      { path: ['person', 'name'], code: 'SUBGRAPH_ERROR' },
      { path: ['person', 'age'], code: 'SUBGRAPH_BAD_RESPONSE' },
    ]);
    expect(theirs.errors).toEqual([['person', 'name']]);
    expect(theirs.completions).toEqual([]);
  });

  it('asks without what may be null: a subgraph that is down leaves null in what others require', async () => {
    const { ours, theirs, weAsked, theyAsked } = await ask(
      {
        people: PEOPLE.replace('name: String', ''),
        names: 'type Person @key(fields: "id") { id: ID! name: String }',
        greeting: GREETING,
      },
      {
        people: () => SCORED_ONE,
        names: () => {
          throw new SubgraphFailure('SUBGRAPH_UNAVAILABLE', 'Down.');
        },
        greeting: ({ representations }) => {
          const [{ name }] = representations as [{ name: unknown }];
          return { data: { _entities: [{ greeting: `Hello ${String(name)}` }] } };
        },
      },
      '{ person { greeting } }',
    );
    expect(weAsked).toEqual(['people', 'names', 'greeting']);
    expect(ours.data).toEqual({ person: { greeting: 'Hello null' } });
    expect(ours.errors).toEqual([{ path: ['person'], code: 'SUBGRAPH_UNAVAILABLE' }]);
    expect(theyAsked).toEqual(['people', 'names']);
    expect(theirs.data).toEqual({ person: { greeting: null } });
  });

  it.each(['String', 'String!'])(
    'asks without what is left out: a %s that only a skipped field requires',
    async (type) => {
      const representations: unknown[] = [];
      const { ours, theirs, weAsked, theyAsked } = await ask(
        {
          people: PEOPLE.replace('name: String', `name: ${type}`),
          greeting: GREETING.replace('name: String', `shoe: Int! name: ${type}`),
        },
        {
          people: () => SCORED_ONE,
          greeting: (variables) => {
            representations.push(variables['representations']);
            return { data: { _entities: [{ shoe: 42 }] } };
          },
        },
        'query ($polite: Boolean! = false) { person { shoe greeting @include(if: $polite) } }',
      );
      expect(weAsked).toEqual(['people', 'greeting']);
      expect(representations).toEqual([[{ __typename: 'Person', id: '1' }]]);
      expect(ours.data).toEqual({ person: { shoe: 42 } });
      expect(ours.errors).toEqual([]);
      expect(theyAsked).toEqual(['people']);
      expect(theirs.data).toEqual({ person: null });
    },
  );

  it('absent is no error: an entity its subgraph does not have is null where it may be', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE, scores: SCORES },
      { people: () => SCORED_ONE, scores: () => ({ data: { _entities: [null] } }) },
      '{ person { id must } }',
    );
    expect(ours.data).toEqual({ person: null });
    expect(ours.errors).toEqual([]);
    expect(theirs.data).toEqual({ person: null });
    expect(theirs.completions).toEqual([['person', 'must']]);
  });

  it('loses the part only: a value in the place of a list, an object in the place of another shape', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE },
      { people: () => ({ data: { list: 7, person: { name: 'Ada' } } }) },
      '{ list person { name } }',
    );
    expect(ours.data).toEqual({ list: null, person: { name: 'Ada' } });
    expect(ours.errors).toEqual([{ path: ['list'], code: 'SUBGRAPH_BAD_RESPONSE' }]);
    expect(theirs.data).toBeUndefined();
  });

  it('loses the part only: one entity that is no object, among others', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE, scores: SCORES },
      {
        people: () => SCORED_TWICE,
        scores: () => ({ data: { _entities: [7, { must: 2 }, { must: 3 }].slice(0, 2) } }),
      },
      '{ people { id score } }',
    );
    expect(ours.data).toEqual({
      people: [
        { id: '1', score: null },
        { id: '2', score: null },
        { id: '1', score: null },
      ],
    });
    expect(ours.errors).toEqual([
      { path: ['people', 0], code: 'SUBGRAPH_BAD_RESPONSE' },
      { path: ['people', 2], code: 'SUBGRAPH_BAD_RESPONSE' },
    ]);
    expect(theirs.errors).toHaveLength(1);
  });

  it('failed fetch has a place: theirs does not say what is missing', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE, scores: SCORES },
      {
        people: () => SCORED_ONE,
        scores: () => {
          throw new SubgraphFailure('SUBGRAPH_TIMEOUT', 'Late.');
        },
      },
      '{ person { id score } }',
    );
    expect(ours.data).toEqual({ person: { id: '1', score: null } });
    expect(theirs.data).toEqual(ours.data);
    expect(ours.errors).toEqual([{ path: ['person'], code: 'SUBGRAPH_TIMEOUT' }]);
    expect(theirs.errors).toEqual([undefined]);
  });

  it('error stands at its entity: theirs counts those that were not asked about', async () => {
    const { ours, theirs } = await ask(
      {
        people: `type Query { all: [Thing!] } union Thing = Person | Note type Note @shareable { text: String }
          type Person @key(fields: "id") { id: ID! }`,
        scores: SCORES,
      },
      {
        people: () => ({ data: { all: [{ __typename: 'Note' }, { __typename: 'Person', id: '1' }] } }),
        scores: () => ({
          data: { _entities: [{ score: null }] },
          errors: [{ message: 'No.', path: ['_entities', 0, 'score'] }],
        }),
      },
      '{ all { ... on Person { score } } }',
    );
    expect(ours.data).toEqual({ all: [{}, { score: null }] });
    expect(ours.errors).toEqual([{ path: ['all', 1, 'score'], code: 'SUBGRAPH_ERROR' }]);
    expect(theirs.errors).toEqual([['all', 0, 'score']]);
  });

  it('an entity keeps its type when a subgraph that knows only its interface was asked', async () => {
    const { ours, theirs } = await ask(
      {
        things: `interface Thing @key(fields: "id") { id: ID! }
          type Cup implements Thing @key(fields: "id") { id: ID! }
          type Query { cup: Cup }`,
        notes: 'type Thing @key(fields: "id") @interfaceObject { id: ID! note: String }',
      },
      {
        things: () => ({ data: { cup: { __typename: 'Cup', id: '1' } } }),
        notes: () => ({ data: { _entities: [{ __typename: 'Thing', note: 'blue' }] } }),
      },
      '{ cup { __typename note } }',
    );
    expect(ours.data).toEqual({ cup: { __typename: 'Cup', note: 'blue' } });
    expect(ours.errors).toEqual([]);
    expect(theirs.data).toEqual({ cup: null });
  });

  it('an integer is one of 32 bits: theirs passes larger ones on', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE },
      { people: () => ({ data: { list: [1, 2 ** 31, -(2 ** 31)], person: { age: 1e10, name: 'Ada' } } }) },
      '{ list person { name age } }',
    );
    expect(ours.data).toEqual({ list: null, person: { name: 'Ada', age: null } });
    expect(ours.errors).toEqual([
      { path: ['list', 1], code: 'SUBGRAPH_BAD_RESPONSE' },
      { path: ['person', 'age'], code: 'SUBGRAPH_BAD_RESPONSE' },
    ]);
    expect(theirs.data).toEqual({ list: [1, 2 ** 31, -(2 ** 31)], person: { name: 'Ada', age: 1e10 } });
  });

  it('an id is text, also where it came as a number; its subgraphs are asked with what they sent', async () => {
    const asked: unknown[] = [];
    const { ours, theirs } = await ask(
      { people: PEOPLE, scores: SCORES },
      {
        people: () => ({ data: { person: { __typename: 'Person', id: 7 } } }),
        scores: ({ representations }) => {
          asked.push(representations);
          return { data: { _entities: [{ score: 2 }] } };
        },
      },
      '{ person { id score } }',
    );
    expect(ours).toMatchObject({ data: { person: { id: '7', score: 2 } }, errors: [] });
    expect(asked[0]).toEqual([{ __typename: 'Person', id: 7 }]);
    expect(theirs.data).toEqual({ person: { id: 7, score: 2 } });
  });

  it('messages of others are not passed on', async () => {
    const { ours, theirs } = await ask(
      { people: PEOPLE },
      {
        people: () => ({
          data: { person: null },
          errors: [{ message: 'SELECT secret FROM t', path: ['person'], extensions: { code: 'FORBIDDEN' } }],
        }),
      },
      '{ person { name } }',
    );
    expect(ours.errors).toEqual([{ path: ['person'], code: 'SUBGRAPH_ERROR' }]);
    expect(ours.messages).toEqual(['The subgraph "people" could not answer this part.']);
    expect(theirs.messages).toEqual(['SELECT secret FROM t']);
  });

  it('an entity in several places is asked for once, and its error told at each', async () => {
    let asked: unknown;
    const { ours, theirs } = await ask(
      { people: PEOPLE, scores: SCORES },
      {
        people: () => SCORED_TWICE,
        scores: ({ representations }) => {
          asked ??= representations;
          const all = representations as readonly { id: string }[];
          return {
            data: { _entities: all.map(({ id }) => ({ score: id === '1' ? null : 2 })) },
            errors: all.flatMap(({ id }, index) =>
              id === '1' ? [{ message: 'No.', path: ['_entities', index, 'score'] }] : [],
            ),
          };
        },
      },
      '{ people { id score } }',
    );
    expect(asked).toHaveLength(2);
    expect(ours.data).toEqual(theirs.data);
    expect(ours.errors.map(({ path }) => path)).toEqual([
      ['people', 0, 'score'],
      ['people', 2, 'score'],
    ]);
    expect(theirs.errors).toEqual([
      ['people', 0, 'score'],
      ['people', 2, 'score'],
    ]);
  });
});
