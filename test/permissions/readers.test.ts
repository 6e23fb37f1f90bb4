import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { emptyCompany, pageOf, type Company, type CompanyPerson } from '../helpers/company.ts';

const PEOPLE: readonly CompanyPerson[] = [
  { uid: 'ada', mails: ['Ada@X.example', 'ada.second@x.example'] },
  { uid: 'bob' },
  { uid: 'cay' },
  { uid: 'dan' },
  { uid: 'eve' },
];

let company: Company;

beforeEach(async () => {
  company = await emptyCompany();
  await company.writePeople(PEOPLE);
});
afterEach(async () => {
  vi.useRealTimers();
  await company.close();
});

/** Titles of the documents and conversations a viewer sees, by way of a list, a count, a search and an address. */
async function seenBy(app: App, viewer: string | undefined): Promise<string[]> {
  const query = `{ documents { totalCount edges { node { title } } } conversations { totalCount edges { node { title } } }
    topic(query: "certificates") { content { totalCount edges { node { title } } } conversations { totalCount edges { node { title } } } } }`;
  const { data, errors } = await app.ask({ query, viewer });
  expect(errors).toBeUndefined();
  const { documents, conversations, topic } = data as Record<'documents' | 'conversations', List> & {
    topic: Record<'content' | 'conversations', List>;
  };
  // All ways agree, or one of them knows something else about the readers.
  expect(titlesOf(topic.content).toSorted()).toEqual(titlesOf(documents).toSorted());
  expect(titlesOf(topic.conversations).toSorted()).toEqual(titlesOf(conversations).toSorted());
  return [...titlesOf(documents), ...titlesOf(conversations)].toSorted();
}

interface List {
  readonly totalCount: number;
  readonly edges: readonly { readonly node: { readonly title: string } }[];
}

function titlesOf(list: List): string[] {
  const titles = list.edges.map(({ node }) => node.title);
  expect(list.totalCount).toBe(titles.length);
  return titles;
}

/** Writes one page and one conversation with these readers. */
async function writeItems(readers: readonly string[]): Promise<void> {
  await company.write('documents/page.md', pageOf({ title: 'Page', readers }));
  await company.writeConversations([{ id: 'c', title: 'Talk', body: 'About certificates.', readers }]);
}

/** Who of the five, and nobody, sees the page and the conversation. */
async function readersOf(app: App): Promise<string[]> {
  const seeing: string[] = [];
  for (const viewer of [undefined, ...PEOPLE.map(({ uid }) => uid)]) {
    const seen = await seenBy(app, viewer);
    // What one of them shows the other does too: the areas read readers alike.
    expect([[], ['Page', 'Talk']]).toContainEqual(seen);
    if (seen.length > 0) seeing.push(viewer ?? 'nobody');
  }
  return seeing;
}

describe('readers', () => {
  it.each<[string, string[], string[]]>([
    ['everyone', ['everyone'], ['nobody', 'ada', 'bob', 'cay', 'dan', 'eve']],
    ['everyone and somebody', ['everyone', 'person:ada'], ['nobody', 'ada', 'bob', 'cay', 'dan', 'eve']],
    ['a user name', ['person:bob'], ['bob']],
    ['a user name in another case', ['person:BOB'], ['bob']],
    ['a mail address', ['person:bob@x.example'], ['bob']],
    ['a mail address the directory writes in another case', ['person:ada@x.EXAMPLE'], ['ada']],
    ['a second mail address', ['person:ada.second@x.example'], ['ada']],
    ['two people', ['person:bob', 'person:cay@x.example'], ['bob', 'cay']],
    ['somebody who is not there', ['person:zoe'], []],
    ['a display name, which is no handle', ['person:Bob Example'], []],
    ['a group', ['group:outer'], ['ada', 'bob', 'cay']],
    ['a group in another case', ['group:OUTER'], ['ada', 'bob', 'cay']],
    ['a group inside others', ['group:inner'], ['cay']],
    ['a group of nobody', ['group:empty'], []],
    ['a group that is not there', ['group:none'], []],
    ['a group and a person', ['group:inner', 'person:eve'], ['cay', 'eve']],
    ['a group named like a person', ['group:eve'], []],
    ['a person named like a group', ['person:inner'], []],
    ['everyone as the name of a group', ['group:everyone'], []],
  ])('by %s', async (_form, readers, expected) => {
    await company.writePeople(
      PEOPLE.map((person) => (person.uid === 'bob' ? { ...person, name: 'Bob Example' } : person)),
      // The groups hold each other, which must not be walked for ever.
      { outer: ['ada', 'group:middle'], middle: ['bob', 'group:inner', 'group:outer'], inner: ['cay'], empty: [] },
    );
    await writeItems(readers);
    await company.sync();
    expect(await readersOf(await company.open())).toEqual(expected);
  });

  it('are nobody by an address two people share', async () => {
    await company.writePeople([
      { uid: 'ada', mails: ['ada@x.example', 'office@x.example'] },
      { uid: 'bob', mails: ['bob@x.example', 'office@x.example'] },
      ...PEOPLE.slice(2),
    ]);
    await writeItems(['person:office@x.example']);
    await company.sync();
    expect(await readersOf(await company.open())).toEqual([]);
  });

  it('of a folder are in `.readers`, narrowed by folders in it and by pages, never widened', async () => {
    await company.writePeople(PEOPLE, { board: ['ada', 'bob'], legal: ['bob', 'cay'] });
    const write = (path: string, title: string, readers?: string[]) =>
      company.write(`documents/${path}`, pageOf({ title, ...(readers && { readers }) }));
    await write('open.md', 'Open');
    await company.write('documents/board/.readers', '# who may\ngroup:board\nperson:eve\n');
    await write('board/plain.md', 'Plain');
    await write('board/own.md', 'For Eve', ['person:eve']);
    await write('board/wide.md', 'Wide', ['everyone']);
    await write('board/other.md', 'Other', ['group:legal']);
    await company.write('documents/board/deep/.readers', 'person:eve\n');
    await write('board/deep/page.md', 'Deep');
    await company.write('documents/closed/.readers', '\n');
    await write('closed/page.md', 'Closed');
    await company.write('documents/broken/.readers', 'everyone\nsomebody\n');
    await write('broken/page.md', 'Broken');
    await company.sync();
    const app = await company.open();
    expect(await seenBy(app, undefined)).toEqual(['Open']);
    expect(await seenBy(app, 'ada')).toEqual(['Open', 'Plain', 'Wide']);
    expect(await seenBy(app, 'cay')).toEqual(['Open']);
    expect(await seenBy(app, 'eve')).toEqual(['Deep', 'For Eve', 'Open', 'Plain', 'Wide']);
  });
});

describe('somebody who left', () => {
  it('is nobody, by whatever name they ask', async () => {
    await writeItems(['person:dan', 'group:legal']);
    const groups = { legal: ['dan', 'eve'] };
    await company.writePeople(PEOPLE, groups);
    await company.sync();
    const before = await company.open();
    expect(await readersOf(before)).toEqual(['dan', 'eve']);
    const { data } = await before.ask({ query: '{ person(id: "dan") { id } }' });
    const { id } = (data as { person: { id: string } }).person;
    await company.writePeople(
      PEOPLE.map((person) => ({ ...person, hasLeft: person.uid === 'dan' })),
      groups,
    );
    await company.sync();
    const app = await company.open();
    for (const viewer of ['dan', 'DAN', 'dan@x.example', id]) {
      await expect(app.ask({ query: '{ documents { totalCount } }', viewer }), viewer).rejects.toMatchObject({
        extensions: { code: 'UNAUTHENTICATED' },
      });
    }
    expect(await seenBy(app, 'eve')).toEqual(['Page', 'Talk']);
  });
});

describe('what changes', () => {
  it('takes effect for somebody who leaves a group, within seconds', async () => {
    await writeItems(['group:legal']);
    await company.writePeople(PEOPLE, { legal: ['bob', 'group:counsel'], counsel: ['cay'] });
    await company.sync();
    const app = await company.open();
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(await readersOf(app)).toEqual(['bob', 'cay']);
    await company.writePeople(PEOPLE, { legal: ['group:counsel'], counsel: ['eve'] });
    await company.sync();
    vi.setSystemTime(Date.now() + 5_001);
    expect(await readersOf(app)).toEqual(['eve']);
  });

  it('takes effect for somebody who is disabled in the directory, within seconds, whatever is remembered', async () => {
    await writeItems(['person:dan', 'group:legal']);
    const groups = { legal: ['dan', 'eve'] };
    await company.writePeople(PEOPLE, groups);
    await company.sync();
    const app = await company.open({ cache: { ...company.config.cache, answerSeconds: 3_600 } });
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(await seenBy(app, 'dan')).toEqual(['Page', 'Talk']);
    const disabled = PEOPLE.map((person) => ({ ...person, hasLeft: person.uid === 'dan' }));
    await company.writePeople(disabled, groups);
    await company.sync();
    vi.setSystemTime(Date.now() + 5_001);
    await expect(seenBy(app, 'dan')).rejects.toMatchObject({ extensions: { code: 'UNAUTHENTICATED' } });
    expect(await seenBy(app, 'eve')).toEqual(['Page', 'Talk']);
  });

  it('takes effect for a group that is renamed: readers go by names', async () => {
    await writeItems(['group:legal']);
    await company.writePeople(PEOPLE, { legal: ['bob'] });
    await company.sync();
    await company.writePeople(PEOPLE, { lawyers: ['bob'] });
    await company.sync();
    expect(await readersOf(await company.open())).toEqual([]);
  });

  it('takes effect for a person whose address goes to somebody else', async () => {
    await writeItems(['person:desk@x.example']);
    const withDesk = (owner: string) =>
      company.writePeople(
        PEOPLE.map((person) =>
          person.uid === owner ? { ...person, mails: [`${owner}@x.example`, 'desk@x.example'] } : person,
        ),
      );
    await withDesk('bob');
    await company.sync();
    expect(await readersOf(await company.open())).toEqual(['bob']);
    await withDesk('cay');
    await company.sync();
    expect(await readersOf(await company.open())).toEqual(['cay']);
  });

  it('takes effect at once for an item whose readers become fewer, though the answer was given before', async () => {
    await writeItems(['everyone']);
    await company.sync();
    const app = await company.open();
    expect(await readersOf(app)).toHaveLength(6);
    await writeItems(['person:bob']);
    await company.sync();
    expect(await readersOf(app)).toEqual(['bob']);
    await writeItems(['person:bob', 'person:eve']);
    await company.sync();
    expect(await readersOf(app)).toEqual(['bob', 'eve']);
  });

  it('takes effect for a folder whose `.readers` appears, and goes again', async () => {
    await company.write('documents/folder/page.md', pageOf({ title: 'Page' }));
    await company.sync();
    const app = await company.open();
    expect(await seenBy(app, undefined)).toEqual(['Page']);
    await company.write('documents/folder/.readers', 'person:cay');
    await company.sync();
    expect(await seenBy(app, undefined)).toEqual([]);
    expect(await seenBy(app, 'cay')).toEqual(['Page']);
    await company.delete('documents/folder/.readers');
    await company.sync();
    expect(await seenBy(app, undefined)).toEqual(['Page']);
  });

  it('leaves no trace of an item that was narrowed and then removed', async () => {
    await writeItems(['person:bob']);
    await company.sync();
    await company.delete('documents/page.md');
    await company.writeConversations([{ id: 'other', title: 'Other' }]);
    await company.write('documents/rest.md', pageOf({ title: 'Rest' }));
    await company.sync();
    const app = await company.open();
    const query = '{ removedDocuments { totalCount edges { node { id } } } removedConversations { totalCount } }';
    const none = { removedDocuments: { totalCount: 0, edges: [] }, removedConversations: { totalCount: 0 } };
    expect(JSON.parse(JSON.stringify(await app.ask({ query, viewer: 'eve' })))).toEqual({ data: none });
    expect((await app.ask({ query, viewer: 'bob' })).data).toMatchObject({
      removedDocuments: { totalCount: 1 },
      removedConversations: { totalCount: 1 },
    });
  });
});
