import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../gateway/log.ts';
import { storePath } from '../../gateway/local-subgraphs.ts';
import { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { encodeId } from '../../subgraphs/kit/ids.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { encodeTopic } from '../../subgraphs/kit/topic.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { emptyCompany, pageOf, type Company } from '../helpers/company.ts';
import { forgetKept } from '../helpers/forget-kept.ts';

/** As many as a page of a page of a page. */
const MANY = 1_000;

/** Each of its kind may be read by the board only. */
const RESTRICTED = 7;

const BOARD: Viewer = { person: null, groups: ['board'], operator: false };

const personId = (number: number) => encodeId({ type: 'person', source: 'people', key: `p${number}` });
const documentId = (number: number) => encodeId({ type: 'document', source: 'docs', key: `page-${number}.md` });
const conversationId = (number: number) => encodeId({ type: 'conversation', source: 'talk', key: `c${number}` });
const replyId = (number: number) => encodeId({ type: 'reply', source: 'talk', key: `c${number}#1` });
const groupId = (name: string) => encodeId({ type: 'group', source: 'people', key: `group:${name}` });

let company: Company;
const executors = new Map<string, SubgraphExecutor>();

beforeAll(async () => {
  company = await emptyCompany();
  const numbers = Array.from({ length: MANY }, (_, number) => number);
  const groups = Object.fromEntries(numbers.slice(0, 20).map((number) => [`g${number}`, [`p${number}`]]));
  await company.writePeople(
    numbers.map((number) => ({ uid: `p${number}` })),
    { ...groups, board: ['p1'] },
  );
  for (const number of numbers) {
    const readers = number % RESTRICTED === 0 ? { readers: ['group:board'] } : {};
    const fields = { title: `Page ${number}`, author: `p${number}`, tags: [`t${number}`], ...readers };
    await company.write(`documents/page-${number}.md`, pageOf(fields, `About certificates ${number}.`));
  }
  await company.writeConversations(
    numbers.map((number) => ({
      id: `c${number}`,
      title: `Talk ${number}`,
      author: `p${number}`,
      body: `About certificates ${number}.`,
      replies: [{ author: `p${(number + 1) % MANY}`, body: `Yes, ${number}.`, accepted: true }],
      ...(number % RESTRICTED === 0 && { readers: ['group:board'] }),
    })),
  );
  await company.sync();
  const log = createLog(company.config.log);
  for (const name of ['directory', 'documents', 'forum']) {
    const service = subgraphNamed(name).openService(storePath(company.config, name), {});
    executors.set(name, new SubgraphExecutor(service, log));
  }
}, 60_000);

afterAll(async () => {
  for (const { service } of executors.values()) service.close();
  await company.close();
});

interface Entity {
  readonly __typename: string;
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Asks for entities, in the name of the board unless said otherwise. */
async function entities(
  subgraph: string,
  selection: string,
  representations: readonly object[],
  viewer: Viewer = BOARD,
): Promise<(Entity | null)[]> {
  const executor = executors.get(subgraph)!;
  const query = `query ($list: [_Any!]!) { _entities(representations: $list) { __typename ${selection} } }`;
  const { data, errors } = await executor.execute(
    { query, variables: { list: representations } },
    await executor.contextFor(viewer),
  );
  expect(errors).toBeUndefined();
  return JSON.parse(JSON.stringify(data!['_entities'])) as (Entity | null)[];
}

/** The types each subgraph looks up itself: an id that leads nowhere is null there. */
const OWN = [
  ['directory', 'Person', 'id name', personId],
  ['documents', 'Document', 'id title', documentId],
  ['forum', 'Conversation', 'id title', conversationId],
  ['forum', 'Reply', 'id body', replyId],
] as const;

/** What is asked of many at once, which must cost the store the same as of few. */
const OF_MANY = [
  ['directory', 'Person', 'id name mail skills manager { id } accounts { id }', personId],
  [
    'documents',
    'Document',
    'id title url body summary tags links author { id person { id } } contributors { totalCount edges { node { name } } }',
    documentId,
  ],
  ['documents', 'Person', 'id documentAccounts { id } documentShares { person items }', personId],
  [
    'forum',
    'Conversation',
    `id title body summary tags links author { id } answered answer { id body author { id } }
     participants { totalCount edges { node { name } } }`,
    conversationId,
  ],
  ['forum', 'Reply', 'id body author { id } conversation { id title author { id } }', replyId],
  ['forum', 'Person', 'id reputation { votes replies } presence { lastActiveAt } forumAccounts { id }', personId],
] as const;

describe.each(OWN)('%s: %s', (subgraph, type, fields, idOf) => {
  const selection = `... on ${type} { ${fields} }`;

  it('comes by `id` and by `ref`, in the order asked for, as often as asked for', async () => {
    const numbers = [5, 3, 900, 3, 4, 5];
    const found = await entities(
      subgraph,
      selection,
      numbers.map((number, index) => ({ __typename: type, [index % 2 === 0 ? 'id' : 'ref']: idOf(number) })),
    );
    expect(found.map((entity) => entity?.id)).toEqual(numbers.map(idOf));
    for (const entity of found) expect(entity).toMatchObject({ __typename: type });
  });

  it('is null for what is not there, and disturbs nothing else', async () => {
    const odd = [
      '',
      ' ',
      'x',
      '\u0000',
      '\ud800',
      '💥',
      "') OR 1 = 1 --",
      `${idOf(1)}=`,
      ` ${idOf(1)}`,
      idOf(1).toLowerCase(),
      idOf(MANY),
      encodeId({ type: type.toLowerCase(), source: '', key: '' }),
      encodeId({ type: type.toLowerCase(), source: 'none', key: 'p1' }),
      encodeId({ type: type.toLowerCase(), source: 'people', key: '\u0000%' }),
      encodeId({ type: 'account', source: 'talk', key: 'p1' }),
      'A'.repeat(100_000),
    ];
    const found = await entities(
      subgraph,
      selection,
      odd.flatMap((id) => [
        { __typename: type, id },
        { __typename: type, ref: id },
        { __typename: type, id: idOf(1) },
      ]),
    );
    expect(found).toEqual(odd.flatMap(() => [null, null, expect.objectContaining({ id: idOf(1) })]));
  });

  it('is not taken from the id of another type', async () => {
    const others = OWN.map(([, , , other]) => other(1)).filter((id) => id !== idOf(1));
    const found = await entities(
      subgraph,
      selection,
      [...others, groupId('board'), encodeTopic({ query: 'x', synonyms: [] })].map((id) => ({ __typename: type, id })),
    );
    expect(found.filter((entity) => entity !== null)).toEqual([]);
  });

  it('is null without any key', async () => {
    expect(await entities(subgraph, selection, [{ __typename: type }])).toEqual([null]);
  });
});

describe.each(OWN.slice(1))('%s: %s that may not be read', (subgraph, type, fields, idOf) => {
  it('is null exactly like one that never was, in the midst of others', async () => {
    const representations = Array.from({ length: 30 }, (_, number) => [
      { __typename: type, id: idOf(number) },
      { __typename: type, ref: idOf(number) },
    ]).flat();
    const selection = `... on ${type} { ${fields} }`;
    const board = await entities(subgraph, selection, representations);
    expect(board).not.toContain(null);
    const nobody = await entities(subgraph, selection, representations, NOBODY);
    expect(nobody).toEqual(board.map((entity, index) => (Math.floor(index / 2) % RESTRICTED === 0 ? null : entity)));
  });
});

describe('many at once', () => {
  it.each(OF_MANY)('of %s: %s ask the store no more often than few', async (subgraph, type, fields, idOf) => {
    const selection = `... on ${type} { ${fields} }`;
    const calls = async (amount: number) => {
      forgetKept(company.config, subgraph);
      const spies = (['all', 'get', 'iterate', 'run'] as const).map((name) => vi.spyOn(Database.prototype, name));
      const ids = Array.from({ length: amount }, (_, number) => idOf(number));
      const found = await entities(
        subgraph,
        selection,
        ids.map((id) => ({ __typename: type, id })),
      );
      const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      for (const spy of spies) spy.mockRestore();
      expect(found.map((entity) => entity?.id)).toEqual(ids);
      return count;
    };
    // The first question of all may read what is kept for later ones.
    await calls(10);
    const few = await calls(10);
    expect(few).toBeGreaterThan(0);
    // It may be one less: where all accounts are among the first, there is nobody further to ask for.
    expect(await calls(MANY)).toBeLessThanOrEqual(few);
  });

  it('of several types come in the order asked for', async () => {
    const representations = Array.from({ length: 300 }, (_, number) =>
      number % 3 === 0
        ? { __typename: 'Conversation', id: conversationId(number) }
        : number % 3 === 1
          ? { __typename: 'Reply', ref: replyId(number) }
          : { __typename: 'Person', id: personId(number) },
    );
    const found = await entities(
      'forum',
      '... on Conversation { id title } ... on Reply { id body } ... on Person { id reputation { replies } }',
      representations,
    );
    expect(found.map((entity) => [entity?.__typename, entity?.id])).toEqual(
      representations.map(({ __typename, id, ref }) => [__typename, id ?? ref]),
    );
    expect(found[299]).toMatchObject({ reputation: { replies: 1 } });
  });
});

describe('what another area says', () => {
  it('is taken from the representation, not guessed', async () => {
    const account = { id: 'acct:x:y', source: 'x', handle: 'y', name: 'Y' };
    const ask = (more: object) =>
      entities('directory', '... on Person { id accounts { id handle person { id } } }', [
        { __typename: 'Person', id: personId(1), ...more },
      ]);
    expect(await ask({ documentAccounts: [account], forumAccounts: [] })).toEqual([
      {
        __typename: 'Person',
        id: personId(1),
        accounts: [{ id: 'acct:x:y', handle: 'y', person: { id: personId(1) } }],
      },
    ]);
    expect(await ask({ documentAccounts: [account], forumAccounts: null })).toMatchObject([{ accounts: null }]);
  });

  it('links documents and conversations by address, either way, and only what may be read', async () => {
    await company.write(
      'documents/page-1.md',
      pageOf({ title: 'Page 1', author: 'p1', url: 'https://x.example/p/1' }, 'See https://x.example/t/1'),
    );
    await company.write(
      'documents/page-0.md',
      pageOf({ title: 'Page 0', readers: ['group:board'] }, 'See https://x.example/t/1'),
    );
    await company.sync();
    const conversation = { __typename: 'Conversation', id: conversationId(1), url: 'https://x.example/t/1', links: [] };
    const selection = '... on Conversation { id documents { totalCount edges { node { title } } } }';
    expect(await entities('documents', selection, [conversation], NOBODY)).toMatchObject([
      { documents: { totalCount: 1, edges: [{ node: { title: 'Page 1' } }] } },
    ]);
    expect(await entities('documents', selection, [conversation])).toMatchObject([{ documents: { totalCount: 2 } }]);
    const linking = { ...conversation, url: null, links: ['https://x.example/p/1'] };
    expect(await entities('documents', selection, [linking])).toMatchObject([{ documents: { totalCount: 1 } }]);
    expect(await entities('documents', selection, [{ ...linking, links: [] }])).toMatchObject([
      { documents: { totalCount: 0 } },
    ]);
  });
});
