import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse, validate, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '../../gateway/app.ts';
import { ApiTokens } from '../../gateway/identity/api-tokens.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

let company: Company;
let tokens: ApiTokens;

beforeAll(async () => {
  company = await smallCompany({ development: {} });
  await company.sync();
  tokens = new ApiTokens(company.config.data);
});
afterAll(() => company.close());

let made = 0;

/** A token with these scopes. */
function tokenWith(...scopes: string[]): string {
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + 60_000);
  return tokens.create({ name: `t${++made}`, scopes, groups: [], persons: [], createdAt, expiresAt }) ?? '';
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

async function ask(app: App, query: string, token?: string, variables: object = {}): Promise<Answer> {
  const response = await app.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    payload: JSON.stringify({ query, variables }),
  });
  return response.json();
}

const told = ({ errors = [] }: Answer) => errors.map(({ path, extensions }) => `${extensions.code} ${path?.join('.')}`);

describe('contact data and what is for reports', () => {
  let app: App;
  beforeAll(async () => {
    app = await company.open();
  });

  it('is refused who has no scope for it, and the rest comes', async () => {
    const query = '{ person(id: "ada") { name mail telephone: phone status } }';
    expect(await ask(app, query)).toEqual({
      data: { person: { name: 'Ada', mail: null, telephone: null, status: 'ACTIVE' } },
      errors: [
        {
          message: '"Person.mail" needs the scope people:contact.',
          path: ['person', 'mail'],
          extensions: { code: 'FORBIDDEN' },
        },
        {
          message: '"Person.phone" needs the scope people:contact.',
          path: ['person', 'telephone'],
          extensions: { code: 'FORBIDDEN' },
        },
      ],
    });
    expect(told(await ask(app, query, tokenWith('reports:read')))).toHaveLength(2);
    expect(await ask(app, query, tokenWith('people:contact'))).toEqual({
      data: { person: { name: 'Ada', mail: 'ada@x.example', telephone: null, status: 'ACTIVE' } },
    });
  });

  it('is refused each viewer for themselves, whoever asked the same before', async () => {
    const query = '{ person(id: "bob") { mail } }';
    const contact = tokenWith('people:contact');
    for (let round = 0; round < 3; round++) {
      expect((await ask(app, query, contact)).data).toEqual({ person: { mail: 'bob@x.example' } });
      expect((await ask(app, query)).data).toEqual({ person: { mail: null } });
    }
  });

  it('is refused a service from the moment its scope is gone', async () => {
    const query = '{ person(id: "cay") { mail } }';
    const make = (scopes: string[]) => {
      tokens.revoke('same');
      const expiresAt = new Date(Date.now() + 60_000);
      return tokens.create({ name: 'same', scopes, groups: [], persons: [], createdAt: new Date(), expiresAt }) ?? '';
    };
    expect((await ask(app, query, make(['people:contact']))).data).toEqual({ person: { mail: 'cay@x.example' } });
    expect((await ask(app, query, make([]))).data).toEqual({ person: { mail: null } });
  });

  it.each([
    ['by another name', '{ person(id: "ada") { x: mail } }', 'person.x'],
    ['by a fragment', 'query { person(id: "ada") { ...F } } fragment F on Person { mail }', 'person.mail'],
    [
      'by fragments in fragments',
      '{ person(id: "ada") { ... { ...F } } } fragment F on Person { ... on Person { ...G } } fragment G on Person { mail }',
      'person.mail',
    ],
    ['by an interface', '{ node(id: $id) { id ... on Person { mail } } }', 'node.mail'],
    ['by a list of an interface', '{ nodes(ids: [$id]) { ... on Node { ... on Person { mail } } } }', 'nodes.0.mail'],
    ['by a switch', '{ person(id: "ada") { name mail @include(if: true) } }', 'person.mail'],
    ['in a list', '{ people(first: 1) { edges { node { mail } } } }', 'people.edges.0.node.mail'],
    [
      'of a manager',
      '{ topic(query: "certificates") { people(first: 1) { edges { node { mail } } } } }',
      'topic.people.edges.0.node.mail',
    ],
    [
      'of an author',
      '{ documents(first: 1) { edges { node { author { person { mail } } } } } }',
      'documents.edges.0.node.author.person.mail',
    ],
  ])('is refused %s', async (_how, query, path) => {
    const { data } = await ask(app, '{ person(id: "ada") { id } }');
    const id = JSON.stringify((data as { person: { id: string } }).person.id);
    const answer = await ask(app, query.replace('$id', id));
    expect(told(answer)).toEqual([`FORBIDDEN ${path}`]);
    expect(JSON.stringify(answer.data)).not.toContain('@x.example');
    expect(JSON.stringify((await ask(app, query.replace('$id', id), tokenWith('people:contact'))).data)).toContain(
      '@x.example',
    );
  });

  it('is no error where it is skipped', async () => {
    const query = 'query ($no: Boolean!) { person(id: "ada") { name mail @skip(if: $no) } }';
    expect(await ask(app, query, undefined, { no: true })).toEqual({ data: { person: { name: 'Ada' } } });
    expect(told(await ask(app, query, undefined, { no: false }))).toEqual(['FORBIDDEN person.mail']);
  });

  it('is told of a limited number of times', async () => {
    const found = (await ask(app, '{ person(id: "ada") { id } }')).data as { person: { id: string } };
    const ids = Array.from({ length: 25 }, () => found.person.id);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Person { mail } } }';
    const answer = await ask(app, query, undefined, { ids });
    expect(told(answer)).toHaveLength(20);
    expect(answer.data).toEqual({ nodes: Array.from({ length: 25 }, () => ({ mail: null })) });
  });

  it('is refused at the root', async () => {
    const query = '{ removedPeople { totalCount } removedDocuments { totalCount } viewer { groups } }';
    const answer = await ask(app, query, tokenWith('people:contact'));
    expect(answer.data).toEqual({ removedPeople: null, removedDocuments: null, viewer: { groups: [] } });
    expect(told(answer)).toEqual(['FORBIDDEN removedPeople', 'FORBIDDEN removedDocuments']);
    expect((await ask(app, query, tokenWith('reports:read'))).errors).toBeUndefined();
    expect(told(await ask(app, '{ removedPeople { totalCount } }'))).toEqual(['FORBIDDEN removedPeople']);
  });

  it('is refused as a whole where @apollo/gateway executes', async () => {
    const other = await company.open({ execution: 'apollo' });
    const query = '{ person(id: "ada") { name mail } }';
    const answer = await ask(other, query);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining('people:contact'), extensions: { code: 'FORBIDDEN' } },
    ]);
    expect((await ask(other, query, tokenWith('people:contact'))).data).toMatchObject({
      person: { mail: 'ada@x.example' },
    });
  });
});

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5",
  import: ["@key", "@external", "@requires", { name: "@authenticated", as: "@signedIn" }, "@requiresScopes"])`;

/** Two subgraphs of others, with requirements of every kind. */
const SUBGRAPHS: Readonly<Record<string, { typeDefs: string; resolvers: object }>> = {
  shop: {
    typeDefs: `${LINK}
      type Query { offers: [Offer!]! first: Offer secret: Vault me: String @signedIn must: Must }
      interface Offer { id: ID! price: Int }
      type Book implements Offer @key(fields: "id") {
        id: ID! price: Int
        either: Int @requiresScopes(scopes: [["a", "b"], ["c"]])
        cost: Int @requiresScopes(scopes: [["costs"]])
      }
      type Game implements Offer @key(fields: "id") { id: ID! price: Int @requiresScopes(scopes: [["games"]]) }
      type Vault @requiresScopes(scopes: [["vault"]]) { content: String }
      type Must { open: Int strict: Int! @requiresScopes(scopes: [["strict"]]) }`,
    resolvers: {
      Query: {
        offers: () => [
          { __typename: 'Book', id: 'b', price: 1 },
          { __typename: 'Game', id: 'g', price: 2 },
        ],
        first: () => ({ __typename: 'Game', id: 'g', price: 2 }),
        secret: () => ({ content: 'gold' }),
        me: () => 'somebody',
        must: () => ({ open: 1, strict: 2 }),
      },
      Offer: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Book: { __resolveReference: () => ({ id: 'b', price: 1 }), either: () => 7, cost: () => 40 },
    },
  },
  stock: {
    typeDefs: `${LINK}
      type Query { stock: Int }
      type Book @key(fields: "id") {
        id: ID! cost: Int @external
        margin: Int @requires(fields: "cost") @requiresScopes(scopes: [["costs"]])
        left: Int
      }`,
    resolvers: { Query: { stock: () => 1 }, Book: { margin: ({ cost }: { cost: number }) => cost * 2, left: () => 3 } },
  },
};

describe('a supergraph of others', () => {
  const servers: Server[] = [];
  let app: App;
  let older: string;
  let asked: string[] = [];

  beforeAll(async () => {
    const urls: Record<string, string> = {};
    for (const [name, { typeDefs, resolvers }] of Object.entries(SUBGRAPHS)) {
      const schema = buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]);
      urls[name] = await serve(schema);
    }
    const { supergraphSdl, errors } = composeServices(
      Object.entries(SUBGRAPHS).map(([name, { typeDefs }]) => ({
        name,
        url: urls[name] ?? '',
        typeDefs: parse(typeDefs),
      })),
    );
    expect(errors).toBeUndefined();
    const file = join(company.folder, 'supergraph.graphql');
    await writeFile(file, supergraphSdl ?? '');
    app = await createApp({ ...company.config, supergraph: { file, addresses: {}, forwardHeaders: [] } });
    // Before 2.12 composition left interfaces as they were.
    const silent = (supergraphSdl ?? '').replace(/interface Offer[^}]*}/, (text) =>
      text.replace(/ @requiresScopes\([^)]*\)/, ''),
    );
    expect(silent).not.toBe(supergraphSdl);
    older = join(company.folder, 'older.graphql');
    await writeFile(older, silent);
  });
  afterAll(async () => {
    await app.close();
    for (const server of servers) server.close();
  });

  async function serve(schema: GraphQLSchema): Promise<string> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        void (async () => {
          const { query, variables } = JSON.parse(text) as { query: string; variables?: Record<string, unknown> };
          asked.push(query);
          const document = parse(query);
          const errors = validate(schema, document);
          const result =
            errors.length > 0 ? { errors } : await execute({ schema, document, variableValues: variables ?? {} });
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
        })();
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('has who is signed in told from who is not', async () => {
    const answer = await ask(app, '{ me stock }');
    expect(answer).toEqual({
      data: { me: null, stock: 1 },
      errors: [
        { message: '"Query.me" is for those who are signed in.', path: ['me'], extensions: { code: 'FORBIDDEN' } },
      ],
    });
    expect(await ask(app, '{ me stock }', tokenWith())).toEqual({ data: { me: 'somebody', stock: 1 } });
  });

  it.each([
    [[], false],
    [['a'], false],
    [['b'], false],
    [['a', 'b'], true],
    [['c'], true],
    [['A', 'B', 'C'], false],
    [['a b'], false],
  ])('has lists of scopes that do: %j is %s', async (scopes, isEnough) => {
    const answer = await ask(app, '{ offers { ... on Book { either } } }', tokenWith(...scopes));
    expect(answer.data).toEqual({ offers: [{ either: isEnough ? 7 : null }, {}] });
    expect(told(answer)).toEqual(isEnough ? [] : ['FORBIDDEN offers.0.either']);
  });

  const OFFERS = '{ offers { id price ... on Book { own: price } } first { cheap: price } }';

  it('has a field of an interface refused when one of its types has it refused', async () => {
    const answer = await ask(app, OFFERS, tokenWith());
    expect(answer.data).toEqual({
      offers: [
        { id: 'b', price: null, own: 1 },
        { id: 'g', price: null },
      ],
      first: { cheap: null },
    });
    expect(told(answer)).toEqual(['FORBIDDEN offers.0.price', 'FORBIDDEN offers.1.price', 'FORBIDDEN first.cheap']);
    expect((await ask(app, OFFERS, tokenWith('games'))).data).toEqual({
      offers: [
        { id: 'b', price: 1, own: 1 },
        { id: 'g', price: 2 },
      ],
      first: { cheap: 2 },
    });
  });

  it('composed without word of the interface, has it refused for that type', async () => {
    const lenient = await createApp({
      ...company.config,
      supergraph: { file: older, addresses: {}, forwardHeaders: [] },
    });
    const answer = await ask(lenient, OFFERS, tokenWith());
    await lenient.close();
    expect(answer.data).toEqual({
      offers: [
        { id: 'b', price: 1, own: 1 },
        { id: 'g', price: null },
      ],
      first: { cheap: null },
    });
    expect(told(answer)).toEqual(['FORBIDDEN offers.1.price', 'FORBIDDEN first.cheap']);
  });

  it('has whole types refused, by any field that leads to them', async () => {
    asked = [];
    const answer = await ask(app, '{ stock secret { content } }', tokenWith());
    expect(answer.data).toEqual({ stock: 1, secret: null });
    expect(told(answer)).toEqual(['FORBIDDEN secret']);
    expect(asked.join(' ')).not.toContain('secret');
    expect((await ask(app, '{ secret { content } }', tokenWith('vault'))).data).toEqual({
      secret: { content: 'gold' },
    });
  });

  it('has what must not be null take what holds it along', async () => {
    const answer = await ask(app, '{ must { open strict } stock }', tokenWith());
    expect(answer.data).toEqual({ must: null, stock: 1 });
    expect(told(answer)).toEqual(['FORBIDDEN must.strict']);
  });

  it('has what another subgraph requires given to it, and refused to others', async () => {
    const query = '{ offers { ... on Book { margin left cost } } }';
    expect((await ask(app, query, tokenWith('costs'))).data).toEqual({
      offers: [{ margin: 80, left: 3, cost: 40 }, {}],
    });
    asked = [];
    const answer = await ask(app, query, tokenWith());
    expect(answer.data).toEqual({ offers: [{ margin: null, left: 3, cost: null }, {}] });
    expect(told(answer)).toEqual(['FORBIDDEN offers.0.margin', 'FORBIDDEN offers.0.cost']);
    expect(asked.join(' ')).not.toMatch(/cost|margin/);
  });
});
