import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import { encodeId } from '../../subgraphs/kit/ids.ts';
import { emptyCompany, pageOf, type Company } from '../helpers/company.ts';
import { syncOnce } from '../helpers/sync.ts';
import { ENTERPRISE, ScimServer, TOKEN } from '../servers/scimmy.ts';

let server: ScimServer;
let company: Company;
let config: Config;
beforeEach(async () => {
  server = await ScimServer.start();
  company = await emptyCompany();
  const options = scim.options.parse({ url: server.url, token: TOKEN }) as Record<string, unknown>;
  const cloud = { name: 'cloud', connector: 'scim', everySeconds: 300, options };
  const { directory } = company.config;
  config = { ...company.config, directory: { ...directory, sources: [...directory.sources, cloud] } };
});
afterEach(async () => {
  await company.close();
  await server[Symbol.asyncDispose]();
});

const PERSON = `id source name title department mail status
  manager { name } reports { edges { node { name } } } groups { edges { node { name } } } accounts { handle }`;

async function ask<Data>(app: App, query: string, viewer?: string): Promise<Data> {
  const { data, errors } = await app.ask({ query, viewer });
  expect(errors).toBeUndefined();
  return data as Data;
}

it('the same person in LDIF and SCIM is one, until the address says otherwise', async () => {
  await company.writePeople([{ uid: 'ada', name: 'Ada Ash' }, { uid: 'bo', name: 'Bo Birch' }, { uid: 'cy' }], {
    legal: ['ada'],
  });
  const boss = await server.addUser({
    userName: 'b.birch',
    displayName: 'Birch, Bo',
    emails: [{ value: 'bo@x.example' }],
  });
  const ada = await server.addUser({
    userName: 'a.ash',
    displayName: 'Ash, Ada',
    title: 'Engineer',
    emails: [{ value: 'ada@cloud.example', primary: true }, { value: 'ADA@x.example' }],
    [ENTERPRISE]: { department: 'Platform', manager: { value: boss } },
  });
  // Of the same name, and somebody else.
  await server.addUser({ userName: 'cy', displayName: 'Cy', emails: [{ value: 'cy@cloud.example' }] });
  const ops = await server.addGroup({ displayName: 'ops', members: [{ value: ada, type: 'User' }] });
  await server.addGroup({ displayName: 'operations', members: [{ value: ops, type: 'Group' }] });
  await company.write(
    'documents/runbook.md',
    pageOf({ title: 'Runbook', author: 'a.ash', readers: ['group:operations'] }),
  );
  await company.write('documents/contract.md', pageOf({ title: 'Contract', author: 'ada', readers: ['group:legal'] }));
  await syncOnce(config);
  const app = await company.open({ directory: config.directory });

  const inLdif = encodeId({ type: 'person', source: 'people', key: 'ada' });
  const inScim = encodeId({ type: 'person', source: 'cloud', key: ada });
  const merged = {
    id: inLdif,
    source: 'people',
    name: 'Ada Ash',
    title: 'Engineer',
    department: 'Platform',
    mail: 'ada@x.example',
    status: 'ACTIVE',
    manager: { name: 'Bo Birch' },
    reports: { edges: [] },
    groups: { edges: [{ node: { name: 'legal' } }, { node: { name: 'ops' } }] },
    accounts: [{ handle: 'a.ash' }, { handle: 'ada' }],
  };
  const found = await ask<Record<string, unknown>>(
    app,
    `{ byLdif: person(id: "${inLdif}") { ${PERSON} } byScim: person(id: "${inScim}") { ${PERSON} }
      byMail: person(id: "ada@cloud.example") { ${PERSON} } byUser: person(id: "a.ash") { ${PERSON} }
      node(id: "${inScim}") { ... on Person { ${PERSON} } } nodes(ids: ["${inScim}", "${inLdif}"]) { id }
      boss: person(id: "b.birch") { name reports { edges { node { name } } } }
      people { totalCount edges { node { name } } } ofCloud: people(filter: { source: "cloud" }) { totalCount }
      members: group(id: "operations") { members { edges { node { id } } } }
      sources { directory { name itemCount } } }`,
    'ada',
  );
  for (const way of ['byLdif', 'byScim', 'byMail', 'byUser', 'node']) {
    const person = found[way] as typeof merged;
    expect({ ...person, accounts: person.accounts.toSorted((a, b) => (a.handle < b.handle ? -1 : 1)) }, way).toEqual(
      merged,
    );
  }
  expect(found).toMatchObject({
    nodes: [{ id: inLdif }, { id: inLdif }],
    boss: { name: 'Bo Birch', reports: { edges: [{ node: { name: 'Ada Ash' } }] } },
    people: { totalCount: 4, edges: ['Ada Ash', 'Bo Birch', 'Cy', 'Cy'].map((name) => ({ node: { name } })) },
    ofCloud: { totalCount: 3 },
    members: { members: { edges: [{ node: { id: inLdif } }] } },
    sources: {
      directory: [
        { name: 'cloud', itemCount: 5 },
        { name: 'people', itemCount: 4 },
      ],
    },
  });

  const titles = async (viewer: string): Promise<string[]> => {
    const { documents } = await ask<{ documents: { edges: { node: { title: string } }[] } }>(
      app,
      '{ documents { edges { node { title } } } }',
      viewer,
    );
    return documents.edges.map(({ node }) => node.title).toSorted();
  };
  for (const viewer of ['ada', 'a.ash', inScim]) expect(await titles(viewer), viewer).toEqual(['Contract', 'Runbook']);
  expect(await titles('bo')).toEqual([]);

  // The address in common is gone, and with it all that the other entry brought.
  await server.write('PUT', `/Users/${ada}`, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'a.ash',
    displayName: 'Ash, Ada',
    emails: [{ value: 'ada@cloud.example' }],
  });
  await syncOnce(config);
  const later = await company.open({ directory: config.directory });
  expect(
    await ask(
      later,
      `{ a: person(id: "${inLdif}") { name title accounts { handle } groups { totalCount } }
        b: person(id: "${inScim}") { id name accounts { handle } groups { totalCount } } people { totalCount } }`,
      'ada',
    ),
  ).toEqual({
    a: { name: 'Ada Ash', title: null, accounts: [{ handle: 'ada' }], groups: { totalCount: 1 } },
    b: { id: inScim, name: 'Ash, Ada', accounts: [], groups: { totalCount: 1 } },
    people: { totalCount: 5 },
  });
  const after = (viewer: string) =>
    ask<{ documents: { edges: { node: { title: string } }[] } }>(
      later,
      '{ documents { edges { node { title } } } }',
      viewer,
    );
  expect((await after('ada')).documents.edges).toEqual([{ node: { title: 'Contract' } }]);
  expect((await after('a.ash')).documents.edges).toEqual([{ node: { title: 'Runbook' } }]);
});
