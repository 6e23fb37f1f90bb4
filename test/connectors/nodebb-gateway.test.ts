import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../gateway/config/schema.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import { emptyCompany, type Company } from '../helpers/company.ts';
import { syncOnce } from '../helpers/sync.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';

let fake: FakeNodebb;
let company: Company;
beforeEach(async () => {
  fake = await FakeNodebb.start();
  company = await emptyCompany();
});
afterEach(async () => {
  await company.close();
  await fake[Symbol.asyncDispose]();
});

const QUERY = `{ topic(query: "certificates") { conversations { edges { node {
  title author { handle person { name } } } } } } }`;

interface Seen {
  readonly title: string;
  readonly author: { readonly handle: string; readonly person: { readonly name: string } | null };
}

it('a forum’s topics are found by those who may read them there, also after its token is revoked', async () => {
  await company.writePeople([{ uid: 'ada', name: 'Ada Ash' }, { uid: 'bob', name: 'Bob Birch' }, { uid: 'eve' }], {
    staff: ['bob'],
  });
  const options = nodebb.options.parse({ url: fake.url, token: TOKEN, perMinute: 1_000_000, confirm: { seconds: 0 } });
  const source = { name: 'forum', connector: 'nodebb', everySeconds: 300, options: options as Record<string, unknown> };
  const forum: Config['forum'] = { ...company.config.forum, sources: [source] };
  const config: Config = { ...company.config, forum };
  // On the forum she goes by another name: her address tells.
  fake.user('The Ashes', { email: 'ada@x.example' });
  fake.user('bob');
  const staff = fake.category('Staff', ['staff']);
  const own = fake.category('Own', []);
  own.users.push(fake.user('eve').uid);
  fake.topic('Rotating certificates', '<p>They expire.</p>', { author: 'The Ashes' });
  fake.topic('Certificates of the staff', '<p>Secret.</p>', { author: 'bob', cid: staff.cid });
  fake.topic('Certificates of hers', '<p>Secret.</p>', { author: 'bob', cid: own.cid });
  await syncOnce(config);

  const app = await company.open({ forum });
  const seenBy = async (viewer?: string): Promise<Seen[]> => {
    const { data, errors } = await app.ask({ query: QUERY, viewer });
    expect(errors).toBeUndefined();
    const { topic } = data as { topic: { conversations: { edges: { node: Seen }[] } } };
    return topic.conversations.edges.map(({ node }) => node);
  };
  const titles = async (viewer?: string): Promise<string[]> => (await seenBy(viewer)).map(({ title }) => title).sort();

  expect(await seenBy()).toEqual([
    { title: 'Rotating certificates', author: { handle: 'the-ashes', person: { name: 'Ada Ash' } } },
  ]);
  expect(await titles('bob')).toEqual(['Certificates of the staff', 'Rotating certificates']);
  expect(await titles('eve')).toEqual(['Certificates of hers', 'Rotating certificates']);

  fake.tokens.clear();
  await syncOnce(config);
  expect(await titles('bob')).toEqual(['Certificates of the staff', 'Rotating certificates']);
  fake.tokens.set(TOKEN, 0);
  fake.categories.get(1)!.groups = ['staff'];
  await syncOnce(config);
  expect(await titles()).toEqual([]);
  expect(await titles('bob')).toEqual(['Certificates of the staff', 'Rotating certificates']);
});
