import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../gateway/config/schema.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { emptyCompany, type Company } from '../helpers/company.ts';
import { syncOnce } from '../helpers/sync.ts';
import { FakeDiscourse, KEY, type FakeAnswer } from '../servers/discourse.ts';

let fake: FakeDiscourse;
let company: Company;
beforeEach(async () => {
  fake = await FakeDiscourse.start();
  company = await emptyCompany();
});
afterEach(async () => {
  await company.close();
  await fake[Symbol.asyncDispose]();
});

const QUERY = `{ topic(query: "certificates") { conversations { totalCount edges { node {
  title isQuestion answered votes author { handle person { name } } answer { body author { person { name } } }
  replies { edges { node { votes } } } } } } } }`;

interface Seen {
  readonly title: string;
  readonly answer: { readonly author: { readonly person: { readonly name: string } } } | null;
}

it('a forum’s topics are found by those who may read them there, with the people behind the accounts', async () => {
  await company.writePeople([{ uid: 'ada', name: 'Ada Ash' }, { uid: 'bob', name: 'Bob Birch' }, { uid: 'eve' }], {
    staff: ['bob'],
    board: ['eve'],
  });
  const sources = [
    {
      name: 'forum',
      connector: 'discourse',
      everySeconds: 300,
      options: discourse.options.parse({
        url: fake.url,
        apiKey: KEY,
        perMinute: 1_000_000,
        confirm: { seconds: 0 },
      }) as Record<string, unknown>,
    },
  ];
  const forum: Config['forum'] = { ...company.config.forum, sources };
  const config: Config = { ...company.config, forum };
  // On the forum she goes by another name: her address tells.
  fake.user('Ashes', 'A. Ash', 'ada@x.example');
  fake.user('bob', 'Bob', 'bob@x.example');
  const staff = fake.category('Staff', ['staff']);
  const asked = fake.topic('How to rotate certificates?', '<p>They expire.</p>', { author: 'bob' });
  const answer = fake.reply(asked, 'Ashes', '<p>Ask the vault.</p>');
  answer.isAccepted = true;
  answer.likes = 4;
  fake.topic('Certificates of the board', '<p>Secret.</p>', { author: 'bob', category: staff.id });
  fake.topic('Certificates in private', '<p>x</p>', { archetype: 'private_message', category: null });
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
    {
      title: 'How to rotate certificates?',
      isQuestion: true,
      answered: true,
      votes: 0,
      author: { handle: 'bob', person: { name: 'Bob Birch' } },
      answer: { body: 'Ask the vault.', author: { person: { name: 'Ada Ash' } } },
      replies: { edges: [{ node: { votes: 4 } }] },
    },
  ]);
  expect(await titles('bob')).toEqual(['Certificates of the board', 'How to rotate certificates?']);
  expect(await titles('eve')).toEqual(['How to rotate certificates?']);

  // The forum opens it to others, and closes the rest; then it is down.
  staff.groups = ['board'];
  fake.categories.get(1)!.groups = ['staff'];
  await syncOnce(config);
  expect([await titles(), await titles('bob'), await titles('eve')]).toEqual([
    [],
    ['How to rotate certificates?'],
    ['Certificates of the board'],
  ]);
  fake.answer = (): FakeAnswer => ({ status: 200, body: '<h1>Sign in</h1>' });
  await syncOnce(config);
  expect(await titles('bob')).toEqual(['How to rotate certificates?']);
});
