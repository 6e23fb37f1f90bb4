import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../gateway/config/schema.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { emptyCompany, type Company } from '../helpers/company.ts';
import { syncOnce } from '../helpers/sync.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';

let fake: FakeJive;
let company: Company;
beforeEach(async () => {
  fake = await FakeJive.start();
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

it('a community’s talk is found by those who may read it there, with the people behind the accounts', async () => {
  await company.writePeople([{ uid: 'ada', name: 'Ada Ash' }, { uid: 'bob', name: 'Bob Birch' }, { uid: 'eve' }], {
    staff: ['bob'],
  });
  const sources = [
    {
      name: 'community',
      connector: 'jive',
      everySeconds: 300,
      options: jive.options.parse({
        url: fake.url,
        user: 'admin',
        password: PASSWORD,
        places: { Staff: ['group:staff'] },
        perMinute: 1_000_000,
      }) as Record<string, unknown>,
    },
  ];
  const forum: Config['forum'] = { ...company.config.forum, sources };
  const config: Config = { ...company.config, forum };
  // In the community she goes by another name: her address tells.
  fake.person('Ashes', 'A. Ash', 'ada@x.example');
  fake.person('bob', 'Bob', 'bob@x.example');
  fake.person('eve', 'Eve', 'eve@x.example');
  const staff = fake.place({ name: 'Staff', type: 'space' });
  const board = fake.group('Board', 'SECRET', ['eve', 'Ashes']);
  const asked = fake.content('How to rotate certificates?', '<p>They expire.</p>', { author: 'bob', isQuestion: true });
  const answer = fake.reply(asked, 'Ashes', '<p>Ask the vault.</p>');
  answer.isAnswer = true;
  answer.likes = 4;
  fake.content('Certificates of the staff', '<p>Secret.</p>', { author: 'bob', place: staff.id });
  fake.content('Certificates of the board', '<p>Secret.</p>', { author: 'eve', place: board.id });
  fake.content('Certificates for Ada', '<p>Secret.</p>', { author: 'bob', visibility: 'people', users: ['Ashes'] });
  fake.content('Certificates in a draft', '<p>x</p>', { author: 'bob', status: 'draft' });
  await syncOnce(config);

  const app = await company.open({ forum });
  const seenBy = async (viewer?: string): Promise<Seen[]> => {
    const { data, errors } = await app.ask({ query: QUERY, viewer });
    expect(errors).toBeUndefined();
    const { topic } = data as { topic: { conversations: { edges: { node: Seen }[] } } };
    return topic.conversations.edges.map(({ node }) => node);
  };
  const ends = async (viewer?: string): Promise<string[]> =>
    (await seenBy(viewer)).map(({ title }) => title.split(' ').at(-1) ?? '').sort();

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
  expect(await ends('bob')).toEqual(['Ada', 'certificates?', 'staff']);
  expect(await ends('ada')).toEqual(['Ada', 'board', 'certificates?']);
  expect(await ends('eve')).toEqual(['board', 'certificates?']);

  // A member leaves; the open group closes. Then Jive is down.
  board.members.delete('eve');
  fake.places.get(1)!.groupType = 'PRIVATE';
  fake.places.get(1)!.members.set('eve', 'owner');
  await syncOnce(config);
  expect([await ends(), await ends('bob'), await ends('eve')]).toEqual([[], ['Ada', 'staff'], ['certificates?']]);
  fake.answer = () => ({ status: 200, body: '<h1>Sign in</h1>' });
  await syncOnce(config);
  expect(await ends('bob')).toEqual(['Ada', 'staff']);
});
