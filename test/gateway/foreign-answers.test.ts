import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { readTypeDefs } from '../../subgraphs/kit/schema.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

/** What a subgraph of somebody else adds to our types. */
const FOREIGN = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
  type Query { favourite: Person }
  type Person @key(fields: "id") { id: ID! rating: Int }
`;

let company: Company;
let foreign: Server;
let app: App;
/** What it answers of each person, whatever it was asked. */
let entity: (id: string) => object | null;

beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
  foreign = createServer((request, response) => {
    void json(request).then((body) => {
      const { representations } = (body as { variables: { representations?: { id: string }[] } }).variables;
      const data = representations
        ? { _entities: representations.map(({ id }) => entity(id)) }
        : { favourite: entity(Buffer.from('person:people:ada').toString('base64url')) };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
  });
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
  const ours = subgraphs.map(({ name }) => ({ name, url: `http://${name}.invalid`, typeDefs: readTypeDefs(name) }));
  const { supergraphSdl = '' } = composeServices([...ours, { name: 'ratings', url, typeDefs: parse(FOREIGN) }]);
  const file = join(company.folder, 'supergraph.graphql');
  await writeFile(file, supergraphSdl);
  // Without remembered answers: each question is another one here.
  const cache = { ...company.config.cache, answerSeconds: 0 };
  app = await company.open({ cache, supergraph: { file, addresses: {}, forwardHeaders: [] } });
});
afterAll(async () => {
  foreign.close();
  await company.close();
});

const person = (selection: string) => app.ask({ query: `{ person(id: "ada") { ${selection} } }`, viewer: 'ada' });
const WHOLE = { person: { name: 'Ada', mail: 'ada@x.example', rating: 5 } };

it('says what it was asked for', async () => {
  entity = () => ({ rating: 5 });
  expect(await person('name mail rating')).toEqual({ data: WHOLE });
});

it('says nothing of what it was not asked for', async () => {
  entity = () => ({ rating: 5, name: 'Mallory', mail: 'mallory@evil.example', url: 'https://evil.example' });
  expect(await person('name mail rating')).toEqual({ data: WHOLE });
});

it('does not say of what type things are that others brought', async () => {
  for (const __typename of ['Document', 'Conversation', 'Query', 'Nothing', 7]) {
    entity = () => ({ __typename, rating: 5 });
    expect(await person('__typename name mail rating')).toMatchObject({ data: WHOLE });
  }
});

it('says who somebody is where that is its own, and not what they are called', async () => {
  entity = (id) => ({ __typename: 'Person', id, rating: 5, name: 'Mallory' });
  expect(await app.ask({ query: '{ favourite { name rating } }' })).toEqual({
    data: { favourite: { name: 'Ada', rating: 5 } },
  });
});
