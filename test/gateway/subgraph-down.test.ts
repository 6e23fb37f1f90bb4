import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { smallCompany, type Company } from '../helpers/company.ts';

/** Nothing listens there. */
const GONE = { url: 'http://127.0.0.1:1', sources: [] };

let company: Company;
beforeAll(async () => {
  company = await smallCompany();
  await company.sync();
});
afterAll(() => company.close());

/** The gateway with these subgraphs elsewhere, where there is nothing. */
function without(...names: ('directory' | 'documents' | 'forum')[]): Promise<App> {
  const areas = Object.fromEntries(names.map((name) => [name, GONE])) as Partial<Config>;
  return company.open({
    ...areas,
    subgraphSecret: 'a secret of at least 16 characters',
    log: { level: 'silent', format: 'json' },
  });
}

async function ask(app: App, query: string, viewer?: string) {
  return JSON.parse(JSON.stringify(await app.ask({ query, viewer }))) as {
    data: Record<string, Record<string, unknown>> | null;
    errors?: { message: string; extensions: { code: string; subgraph: string } }[];
  };
}

const TOPIC = `{ topic(query: "certificates") {
  people { totalCount edges { confidence node { name } reasons { area } } }
  content { totalCount } conversations { totalCount }
  related { name } coverage { area source status }
} }`;

interface People {
  readonly totalCount: number;
  readonly edges: { confidence: string; node: { name: string }; reasons: { area: string }[] }[];
}

describe('a subgraph that is down', () => {
  it.each([
    ['forum', 'FORUM', 'conversations', 'content'],
    ['documents', 'DOCUMENTS', 'content', 'conversations'],
  ] as const)('is missing, %s: people are still ranked by the others', async (name, area, missing, there) => {
    const { data, errors } = await ask(await without(name), TOPIC);
    const topic = data?.['topic'];
    expect(topic).toMatchObject({ [missing]: null, [there]: { totalCount: 2 } });
    const people = topic?.['people'] as People;
    expect(people.totalCount).toBeGreaterThan(1);
    for (const { confidence, reasons } of people.edges) {
      // As the schema says: an area did not answer.
      expect(confidence).toBe('LOW');
      expect(reasons.map((reason) => reason.area)).not.toContain(area);
    }
    expect(topic?.['coverage']).toContainEqual({ area, source: null, status: 'UNAVAILABLE' });
    expect(topic?.['coverage']).toContainEqual({ area: 'DIRECTORY', source: 'people', status: 'COMPLETE' });
    for (const error of errors ?? [])
      expect(error.extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', subgraph: name });
    expect(errors?.length).toBeGreaterThan(0);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|ECONN|fetch/);
  });

  it('leaves what profiles say, when both areas are down', async () => {
    const { data } = await ask(await without('documents', 'forum'), TOPIC);
    expect(data?.['topic']).toMatchObject({
      people: { edges: [{ confidence: 'LOW', node: { name: 'Ada' }, reasons: [{ area: 'DIRECTORY' }] }] },
      content: null,
      conversations: null,
      coverage: [
        { area: 'DIRECTORY', source: 'people', status: 'COMPLETE' },
        { area: 'DOCUMENTS', source: null, status: 'UNAVAILABLE' },
        { area: 'FORUM', source: null, status: 'UNAVAILABLE' },
      ],
    });
  });

  it('leaves the rest of a person', async () => {
    const app = await without('forum');
    const { data } = await ask(
      app,
      `{ person(id: "ada") { name accounts { id } documents { totalCount } conversations { totalCount } reputation { votes }
         collaborators { totalCount } } }`,
    );
    expect(data).toEqual({
      person: {
        name: 'Ada',
        accounts: null,
        documents: { totalCount: 1 },
        conversations: null,
        reputation: null,
        collaborators: { totalCount: 0 },
      },
    });
  });

  it('leaves lists of the others whose items it adds to', async () => {
    const { data } = await ask(
      await without('forum'),
      '{ documents { totalCount edges { node { title conversations { totalCount } } } } sources { documents { name } forum { name } } }',
    );
    expect(data).toMatchObject({
      documents: { totalCount: 3, edges: [{ node: { conversations: null } }, {}, {}] },
      sources: { documents: [{ name: 'docs' }], forum: null },
    });
  });

  it('does not make up things: what is looked up there is null, not half there', async () => {
    const healthy = await company.open();
    const found = await ask(healthy, '{ documents(first: 1) { edges { node { id } } } }');
    const [edge] = found.data!['documents']!['edges'] as { node: { id: string } }[];
    const { id } = edge!.node;
    const query = `{ node(id: "${id}") { id ... on Document { title conversations { totalCount } } } nodes(ids: ["${id}"]) { id } }`;
    expect((await ask(healthy, query)).data?.['node']).toMatchObject({ id });
    const { data, errors } = await ask(await without('documents'), query);
    expect(data).toEqual({ node: null, nodes: [null] });
    expect(errors?.length).toBeGreaterThan(0);
  });

  it('costs all that starts with it, when it is the directory', async () => {
    const app = await without('directory');
    const { data } = await ask(
      app,
      '{ topic(query: "x") { query } documents { totalCount } conversations { totalCount } }',
    );
    const count = { totalCount: expect.any(Number) };
    expect(data).toEqual({ topic: null, documents: count, conversations: count });
    const other = await ask(app, '{ documents { edges { node { title author { name person { name } } } } } }');
    const nobody = { node: { author: { name: expect.any(String), person: null } } };
    expect(other.data).toMatchObject({ documents: { edges: [nobody, nobody, nobody] } });
  });

  it('shows nobody more than otherwise', async () => {
    const app = await without('forum');
    for (const [viewer, count] of [
      [undefined, 2],
      ['bob', 3],
    ] as const) {
      expect((await ask(app, TOPIC, viewer)).data).toMatchObject({ topic: { content: { totalCount: count } } });
    }
  });
});
