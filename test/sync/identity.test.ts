import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { emptyCompany, pageOf, type Company, type CompanyPerson } from '../helpers/company.ts';

const PEOPLE: readonly CompanyPerson[] = [
  { uid: 'ada', aliases: ['talk:nick', 'docs:Ada.Pages'] },
  { uid: 'bob', mails: ['Bob@X.example', 'bob.second@x.example'] },
  { uid: 'cay', name: 'Cay Miller' },
  // Two people of one name, as happens.
  { uid: 'dee', name: 'Anna Nowak' },
  { uid: 'fay', name: 'Anna Nowak' },
  { uid: 'gus', mails: ['gus@x.example', 'office@x.example'], aliases: ['talk:desk'] },
  { uid: 'hal', mails: ['hal@x.example', 'office@x.example'], aliases: ['talk:desk'] },
];

let company: Company;
let app: App;

beforeEach(async () => {
  company = await emptyCompany({ operators: ['person:ada'] });
  await company.writePeople(PEOPLE);
});
afterEach(() => company.close());

/** Writes a conversation by each of the accounts, and syncs. */
async function syncAccounts(...accounts: readonly (string | object)[]): Promise<void> {
  await company.writeConversations(
    accounts.map((author, index) => ({ id: `c${index}`, title: `Talk ${index}`, author })),
  );
  await company.sync();
  app = await company.open({ cache: { ...company.config.cache, answerSeconds: 0 } });
}

interface Author {
  readonly id: string;
  readonly name: string;
  readonly person: { readonly mail: string } | null;
}

/** The authors of the conversations, in the order they were written. */
async function authors(): Promise<Author[]> {
  const query = '{ conversations(orderBy: CHANGED) { edges { node { title author { id name person { mail } } } } } }';
  const { data, errors } = await app.ask({ query });
  expect(errors).toBeUndefined();
  const edges = (data as { conversations: { edges: { node: { title: string; author: Author } }[] } }).conversations
    .edges;
  return edges.toSorted((a, b) => (a.node.title < b.node.title ? -1 : 1)).map(({ node }) => node.author);
}

/** Whose they are: user names, null for nobody's. */
async function owners(): Promise<(string | null)[]> {
  return (await authors()).map(({ person }) => person?.mail.replace(/@.*/, '') ?? null);
}

describe('an account belongs to', () => {
  it.each<[string, string | object, string | null]>([
    ['whoever the directory gives its handle as an alias', 'nick', 'ada'],
    ['the same in another case', 'NICK', 'ada'],
    ['the one with the alias, rather than with the mail address', { handle: 'nick', mail: 'bob@x.example' }, 'ada'],
    ['whoever has its mail address', { handle: 'x-77', mail: 'bob@x.example' }, 'bob'],
    ['the same with another address of theirs', { handle: 'x-77', mail: 'Bob.Second@x.example' }, 'bob'],
    ['the same where the handle is the address', 'BOB@x.example', 'bob'],
    ['the one with the mail address, rather than with the name', { handle: 'cay', mail: 'bob@x.example' }, 'bob'],
    ['whoever has its handle as user name', 'cay', 'cay'],
    ['the same in another case', 'Cay', 'cay'],
    ['the one with the user name, where nobody has the address', { handle: 'cay', mail: 'cay@home.example' }, 'cay'],
    ['nobody by an alias of another source', 'ada.pages', null],
    ['nobody by a display name', { handle: 'x-78', name: 'Cay Miller' }, null],
    ['nobody by a display name as handle', 'Cay Miller', null],
    ['nobody by a display name two have', { handle: 'anna', name: 'Anna Nowak' }, null],
    ['nobody by the beginning of an address', 'bob.second', null],
    ['nobody by an address two share', 'office@x.example', null],
    ['nobody by an alias two share', 'desk', null],
    ['nobody by an empty mail address', { handle: 'x-79', mail: '' }, null],
    ['nobody by a handle that is a group', 'staff', null],
  ])('%s', async (_rule, account, owner) => {
    await company.writePeople(PEOPLE, { staff: ['ada'] });
    await syncAccounts(account);
    expect(await owners()).toEqual([owner]);
  });

  it('nobody by a user name two people have', async () => {
    await company.writePeople(PEOPLE);
    await company.write(
      'people.ldif',
      `dn: uid=a,dc=x\nobjectClass: inetOrgPerson\nentryUUID: 00000000-0000-4000-8000-000000000001\nuid: same\ncn: A\n
dn: uid=b,dc=x\nobjectClass: inetOrgPerson\nentryUUID: 00000000-0000-4000-8000-000000000002\nuid: same\ncn: B\n`,
    );
    await syncAccounts('same');
    expect(await authors()).toEqual([{ id: 'acct:talk:same', name: 'same', person: null }]);
  });

  it('the person of their own source each: an alias holds in one source only', async () => {
    await company.write('documents/a.md', pageOf({ title: 'A', author: 'Ada.Pages' }));
    await company.write('documents/b.md', pageOf({ title: 'B', author: 'nick' }));
    await syncAccounts('nick');
    const { data } = await app.ask({ query: '{ person(id: "ada") { accounts { id } } }' });
    expect(data).toEqual({ person: { accounts: [{ id: 'acct:docs:Ada.Pages' }, { id: 'acct:talk:nick' }] } });
  });
});

describe('an account of nobody', () => {
  it('keeps its name, is shown and counted, and is listed for operators only', async () => {
    await syncAccounts({ handle: 'x-80', name: 'Zoe Odd' }, 'cay');
    expect((await authors())[0]).toEqual({ id: 'acct:talk:x-80', name: 'Zoe Odd', person: null });
    const query = `{ sources { forum { unlinkedAccounts { totalCount edges { node { handle name } } } } }
      conversations(filter: { author: "acct:talk:x-80" }) { totalCount } }`;
    expect((await app.ask({ query, viewer: 'ada' })).data).toEqual({
      sources: {
        forum: [{ unlinkedAccounts: { totalCount: 1, edges: [{ node: { handle: 'x-80', name: 'Zoe Odd' } }] } }],
      },
      conversations: { totalCount: 1 },
    });
    expect((await app.ask({ query, viewer: 'bob' })).data).toMatchObject({
      sources: { forum: [{ unlinkedAccounts: null }] },
    });
  });
});

describe('a change in the directory', () => {
  /** Changes the directory and syncs; nothing changes in the tools. */
  async function change(people: readonly CompanyPerson[]): Promise<void> {
    await company.writePeople(people);
    await company.sync();
  }

  it('links accounts by an alias that comes, and unlinks them when it goes', async () => {
    await syncAccounts('x-81', 'nick');
    expect(await owners()).toEqual([null, 'ada']);
    await change(PEOPLE.map((each) => (each.uid === 'cay' ? { ...each, aliases: ['talk:x-81'] } : each)));
    expect(await owners()).toEqual(['cay', 'ada']);
    await change(PEOPLE.map((each) => ({ ...each, aliases: [] })));
    expect(await owners()).toEqual([null, null]);
  });

  it('moves accounts with an address to somebody else', async () => {
    await syncAccounts('bob.second@x.example');
    expect(await owners()).toEqual(['bob']);
    await change(
      PEOPLE.map((each) => {
        if (each.uid === 'bob') return { ...each, mails: ['bob@x.example'] };
        return each.uid === 'cay' ? { ...each, mails: ['cay@x.example', 'bob.second@x.example'] } : each;
      }),
    );
    expect(await owners()).toEqual(['cay']);
  });

  it('unlinks accounts of an address that a second person gets, until it is one person’s again', async () => {
    await syncAccounts('bob@x.example');
    await change(
      PEOPLE.map((each) => (each.uid === 'cay' ? { ...each, mails: ['cay@x.example', 'bob@x.example'] } : each)),
    );
    expect(await owners()).toEqual([null]);
    await change(PEOPLE);
    expect(await owners()).toEqual(['bob']);
  });

  it('keeps the accounts of somebody renamed, whose id stays', async () => {
    await syncAccounts('cay', 'Cay');
    await change(PEOPLE.map((each) => (each.uid === 'cay' ? { ...each, name: 'Cay Smith' } : each)));
    const { data } = await app.ask({ query: '{ person(id: "cay") { name conversations { totalCount } } }' });
    expect(data).toEqual({ person: { name: 'Cay Smith', conversations: { totalCount: 2 } } });
  });

  it('keeps the accounts of somebody who left: they wrote what they wrote', async () => {
    await syncAccounts('cay');
    await change(PEOPLE.map((each) => ({ ...each, hasLeft: each.uid === 'cay' })));
    expect(await owners()).toEqual(['cay']);
    const { data } = await app.ask({ query: '{ person(id: "cay") { status conversations { totalCount } } }' });
    expect(data).toEqual({ person: { status: 'LEFT', conversations: { totalCount: 1 } } });
  });

  it('unlinks the accounts of somebody gone, and links them when they are back', async () => {
    await syncAccounts('cay', { handle: 'cay@x.example', name: 'Cay' });
    expect(await owners()).toEqual(['cay', 'cay']);
    await change(PEOPLE.filter(({ uid }) => uid !== 'cay'));
    expect(await owners()).toEqual([null, null]);
    const gone = await app.ask({ query: '{ person(id: "cay") { id } removedPeople { totalCount } }' });
    expect(gone.data).toEqual({ person: null, removedPeople: { totalCount: 1 } });
    await change(PEOPLE);
    expect(await owners()).toEqual(['cay', 'cay']);
    const back = await app.ask({ query: '{ person(id: "cay") { name } removedPeople { totalCount } }' });
    expect(back.data).toEqual({ person: { name: 'Cay Miller' }, removedPeople: { totalCount: 0 } });
  });

  it('reaches accounts that came while nobody knew them', async () => {
    await company.writePeople([]);
    await syncAccounts('ada', 'bob@x.example', 'nick');
    expect(await owners()).toEqual([null, null, null]);
    await change(PEOPLE);
    expect(await owners()).toEqual(['ada', 'bob', 'ada']);
  });

  it('reaches more people than are told of at once', async () => {
    const many = Array.from({ length: 2_500 }, (_, number) => ({ uid: `p${number}` }));
    await company.writePeople(many);
    await syncAccounts('p0', 'p1299', 'p1300', 'p2499', 'p2500');
    expect(await owners()).toEqual(['p0', 'p1299', 'p1300', 'p2499', null]);
    await change(many.slice(0, 1_300));
    expect(await owners()).toEqual(['p0', 'p1299', null, null, null]);
  });
});
