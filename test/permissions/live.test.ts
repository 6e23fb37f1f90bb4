import { afterEach, describe, expect, it, vi } from 'vitest';
import type { App } from '../../gateway/app.ts';
import { openSubgraph } from '../../gateway/local-subgraphs.ts';
import { startSync } from '../../gateway/sync.ts';
import { createSubgraphServer } from '../../subgraphs/kit/server.ts';
import { createLog } from '../../gateway/log.ts';
import { encodeId } from '../../subgraphs/kit/ids.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import { pageOf, type Company } from '../helpers/company.ts';
import { liveCompany, TOOLS, type LiveCompany, type Tool, type ToolFake } from '../helpers/live.ts';

/**
 * Rights withdrawn in a tool that can be asked live count before they are mirrored. Bob, Eve and Dan are staff, who may
 * read two rooms; one of them is closed to Bob in the tool alone.
 */

const opened: LiveCompany[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const keys = { open: '', attic: '', vault: '', second: '' };
const STAFF = ['bob', 'eve', 'dan', 'cay'];

/** @param withVault whether there ever was something in the room that will be closed */
function fillWith(withVault: boolean) {
  return async (tool: ToolFake, company: Company): Promise<void> => {
    const people = [...STAFF, 'zoe', 'ann', 'una'].map((uid) => ({ uid }));
    // Of Ann and Una the tool has no account.
    await company.writePeople(people, { staff: [...STAFF, 'ann'], everybody: [...STAFF, 'zoe', 'ann'] });
    for (const person of [...STAFF, 'zoe']) tool.user(person);
    const [vault, attic] = [tool.room('Vault', STAFF), tool.room('Attic', STAFF)];
    const open = tool.topic('How to rotate certificates?', 'They expire.', 'bob');
    for (const one of ['eve', 'dan', 'cay', 'zoe']) tool.reply(open.key, one, `Ask the certificates, says ${one}.`);
    const inAttic = tool.topic('Certificates in the attic', 'Old certificates.', 'cay', attic);
    Object.assign(keys, { open: open.key, attic: inAttic.key });
    let path = 'nowhere/1';
    if (withVault) {
      const secret = tool.topic('Certificates of obsidian', 'Obsidian certificates expire.', 'cay', vault);
      tool.reply(secret.key, 'dan', 'The obsidian certificates are mine.');
      const second = tool.topic('Obsidian again', 'More certificates.', 'dan', vault);
      Object.assign(keys, { vault: secret.key, second: second.key });
      path = secret.path;
    }
    await company.write('documents/links.md', pageOf({ title: 'Links', author: 'eve' }, `See ${tool.url}${path}`));
  };
}

async function start(tool: Tool, confirm: object = {}, withVault = true): Promise<LiveCompany> {
  const made = await liveCompany(tool, confirm, fillWith(withVault));
  opened.push(made);
  return made;
}

const EVERYTHING = `query ($ids: [ID!]!, $text: String!) {
  conversations(first: 50) { totalCount pageInfo { hasNextPage } edges { node {
    title body summary tags links category replies { totalCount edges { node { body author { handle } } } }
    participants { totalCount edges { node { handle } } } } } }
  found: conversations(filter: { text: $text }, first: 1) { totalCount edges { score excerpt { text } node { title } } }
  vault: conversations(filter: { category: "Vault" }) { totalCount }
  authored: conversations(filter: { author: "acct:forum:cay" }) { totalCount edges { node { title } } }
  topic(query: $text) {
    people { totalCount edges { score confidence reasons { area share hits evidence { __typename id } } node { name } } }
    related { name }
    conversations { totalCount edges { score excerpt { text } node { title } } }
    coverage { source status }
  }
  nodes(ids: $ids) { __typename id }
  people(first: 20) { edges { node { name
    conversations { totalCount edges { node { title } } }
    reputation { replies conversations }
    collaborators { totalCount edges { strength sharedConversations node { name } } } } } }
  groups(first: 20) { edges { node { name conversations { totalCount } } } }
  documents { edges { node { title conversations { totalCount edges { node { title } } } } } }
  removedConversations { totalCount }
  sources { forum { name itemCount confirmed } }
}`;

const idOf = (key: string) => encodeId({ type: 'conversation', source: 'forum', key });

async function everything(app: App, viewer: string | undefined, text = 'certificates'): Promise<string> {
  const ids = [keys.open, keys.attic, keys.vault, keys.second].filter((key) => key !== '').map(idOf);
  const { data, errors } = await app.ask({ query: EVERYTHING, variables: { ids, text }, viewer });
  expect(errors).toBeUndefined();
  return JSON.stringify(data).replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1');
}

interface Titles {
  readonly titles: readonly string[];
  readonly unconfirmed: unknown;
}
async function titles(app: App, viewer?: string | Viewer): Promise<Titles> {
  const query = '{ conversations(first: 50) { totalCount edges { node { title } } } }';
  const { data, errors, extensions } = (await app.ask({ query, viewer })) as {
    data: { conversations: { totalCount: number; edges: { node: { title: string } }[] } };
    errors?: unknown;
    extensions?: { unconfirmed?: unknown };
  };
  expect(errors).toBeUndefined();
  const { edges, totalCount } = data.conversations;
  expect(totalCount).toBe(edges.length);
  return { titles: edges.map(({ node }) => node.title).toSorted(), unconfirmed: extensions?.unconfirmed };
}

const [OPEN, ATTIC, VAULT, SECOND] = [
  'How to rotate certificates?',
  'Certificates in the attic',
  'Certificates of obsidian',
  'Obsidian again',
];
const ALL = [ATTIC, VAULT, OPEN, SECOND];

describe.each(TOOLS)('%s: a right withdrawn in the tool, and not mirrored yet', (tool) => {
  it('leaves no trace: all answers are, to the letter, as if what it was for had never been', async () => {
    const [live, without] = [await start(tool, { seconds: 1 }), await start(tool, {}, false)];
    const [app, other] = [await live.open(), await without.open()];
    // The other company asks for what it does not have, too.
    const asked = { ...keys };
    expect(await everything(app, 'bob')).toContain('obsidian');
    expect((await titles(app, 'bob')).titles).toEqual(ALL);
    const eve = await everything(app, 'eve');

    live.tool.withdraw('bob', 'Vault');
    await vi.waitFor(async () => expect((await titles(app, 'bob')).titles).toEqual([ATTIC, OPEN]), 10_000);
    for (const text of ['certificates', 'obsidian certificates', 'obsidian']) {
      Object.assign(keys, asked);
      const [left, never] = [await everything(app, 'bob', text), await everything(other, 'bob', text)];
      expect(left).toBe(never);
      if (text === 'certificates') expect(left.toLowerCase()).not.toContain('obsidian');
    }
    // Others may read it as before.
    expect(await everything(app, 'eve')).toBe(eve);
    expect(eve).toContain('obsidian');

    live.tool.grant('Vault');
    await vi.waitFor(async () => expect((await titles(app, 'bob')).titles).toEqual(ALL), 10_000);
  });

  it('hides entities from whoever names them', async () => {
    const live = await start(tool);
    live.tool.withdraw('bob', 'Vault');
    const log = createLog({ level: 'silent', format: 'json' });
    const executor = openSubgraph(live.config, subgraphNamed('forum'), log, live.readable);
    try {
      const query = `query ($list: [_Any!]!) { _entities(representations: $list) { ... on Conversation { title } } }`;
      const list = [keys.open, keys.attic, keys.vault, keys.second].map((key) => ({
        __typename: 'Conversation',
        ref: idOf(key),
      }));
      const personOf = async (name: string) => {
        const { db } = executor.service;
        return db.get<{ person: string }>('SELECT person FROM account WHERE handle = ?', name)!.person;
      };
      const seenBy = async (name: string): Promise<unknown> => {
        const viewer = { person: await personOf(name), groups: ['staff'], operator: false };
        const { data } = await executor.execute({ query, variables: { list } }, await executor.contextFor(viewer));
        return (data!['_entities'] as ({ title: string } | null)[]).map((each) => each?.title);
      };
      expect(await seenBy('bob')).toEqual([OPEN, ATTIC, undefined, undefined]);
      expect(await seenBy('eve')).toEqual([OPEN, ATTIC, VAULT, SECOND]);
    } finally {
      executor.service.close();
    }
  });

  it('is asked for once for a query, an account and the seconds that follow, by one item of each room', async () => {
    const live = await start(tool);
    const app = await live.open({ cache: { ...live.config.cache, answerSeconds: 0 } });
    const before = live.tool.askedAs('bob');
    await everything(app, 'bob');
    expect(live.questions).toEqual([{ account: 'bob', keys: expect.any(Array) }]);
    expect(live.questions[0]?.keys).toHaveLength(2);
    // Discourse answers for both in one request, the others for each.
    expect(live.tool.askedAs('bob') - before).toBe(tool === 'discourse' ? 1 : 2);
    await everything(app, 'bob', 'obsidian');
    expect(live.questions).toHaveLength(1);
    await everything(app, 'zoe');
    await everything(app, undefined);
    expect(live.questions).toHaveLength(1);
    await everything(app, 'eve');
    expect(live.questions.map(({ account }) => account)).toEqual(['bob', 'eve']);
  });

  it('shows nothing more than what the mirror lets somebody read', async () => {
    const live = await start(tool);
    const app = await live.open({}, async (_source, _account, asked) => new Map(asked.map((key) => [key, 'x'])));
    // A tool that says yes to everything, but of other rooms: nothing is confirmed by that.
    expect(await titles(app, 'bob')).toEqual({ titles: [OPEN], unconfirmed: undefined });
    const generous = await live.open({}, async (source, _account, asked, signal) =>
      live.readable(source, 'eve', asked, signal),
    );
    expect((await titles(generous, 'bob')).titles).toEqual(ALL);
    expect((await titles(generous, 'zoe')).titles).toEqual([OPEN]);
    expect((await titles(generous)).titles).toEqual([OPEN]);
  });

  it('hides what is restricted while the tool is down, and says so; or shows it, as configured', async () => {
    const live = await start(tool);
    live.tool.isDown = true;
    const app = await live.open();
    expect(await titles(app, 'bob')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    const { data } = await app.ask({
      query: '{ topic(query: "certificates") { coverage { source status } } sources { forum { confirmed } } }',
      viewer: 'bob',
    });
    expect(data).toMatchObject({ sources: { forum: [{ confirmed: false }] } });
    expect((data as { topic: { coverage: object[] } }).topic.coverage).toContainEqual({
      source: 'forum',
      status: 'PARTIAL',
    });
    // Whoever has nothing restricted to read is told the same; whoever is nobody has nothing to be told.
    expect(await titles(app, 'zoe')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    expect(await titles(app)).toEqual({ titles: [OPEN], unconfirmed: undefined });

    const shows = await start(tool, { onUnverifiable: 'show' });
    shows.tool.isDown = true;
    const open = await shows.open();
    expect(await titles(open, 'bob')).toEqual({ titles: ALL, unconfirmed: undefined });
    expect((await titles(open, 'zoe')).titles).toEqual([OPEN]);
  });

  it('has somebody without an account there see nothing restricted, and be told; or all, as configured', async () => {
    const live = await start(tool);
    const app = await live.open();
    expect(await titles(app, 'ann')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    // So is somebody for whom there would be nothing anyway, and a service, which has no accounts.
    expect(await titles(app, 'una')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    const service = { person: null, service: 'report', groups: ['staff'], operator: false };
    expect(await titles(app, service)).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    expect(await titles(app, 'zoe')).toEqual({ titles: [OPEN], unconfirmed: undefined });
    const shows = await start(tool, { onUnverifiable: 'show' });
    expect(await titles(await shows.open(), 'ann')).toEqual({ titles: ALL, unconfirmed: undefined });
  });

  it('is not taken from an item that was moved, or is gone; another one of the room is asked for then', async () => {
    const live = await start(tool, { seconds: 1 });
    const app = await live.open();
    live.tool.withdraw('bob', 'Vault');
    live.tool.move(keys.vault, 'Attic');
    expect((await titles(app, 'bob')).titles).toEqual([ATTIC, OPEN]);
    live.tool.grant('Vault');
    live.tool.delete(keys.vault);
    // Its other topic can be read: that it still shows the one that is gone is the next sync's affair.
    await vi.waitFor(async () => expect((await titles(app, 'bob')).titles).toEqual(ALL), 10_000);
  });
});

describe('live confirmation', () => {
  const never = () => new Promise<never>(() => {});

  it('does not hold an answer up for longer than it may, and takes in what comes later', async () => {
    const live = await start('discourse', { waitMs: 100 });
    const held = Promise.withResolvers<void>();
    const app = await live.open({}, async (...question) => {
      await held.promise;
      return live.readable(...question);
    });
    expect(await titles(app, 'bob')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    held.resolve();
    await vi.waitFor(async () => expect(await titles(app, 'bob')).toEqual({ titles: ALL, unconfirmed: undefined }));
    expect(live.questions).toHaveLength(1);
  });

  it('asks once for all who wait for the same, and not again while that is not answered', async () => {
    const live = await start('discourse', { waitMs: 10_000 });
    const held = Promise.withResolvers<void>();
    const app = await live.open({ cache: { ...live.config.cache, answerSeconds: 0 } }, async (...question) => {
      const said = await live.readable(...question);
      await held.promise;
      return said;
    });
    const asking = Array.from({ length: 5 }, () => titles(app, 'bob'));
    await vi.waitFor(() => expect(live.questions).toHaveLength(1));
    held.resolve();
    for (const answer of await Promise.all(asking)) expect(answer.titles).toEqual(ALL);
    expect(live.questions).toHaveLength(1);

    let asked = 0;
    const slow = await start('discourse', { waitMs: 50 });
    const other = await slow.open({ cache: { ...live.config.cache, answerSeconds: 0 } }, () => (asked++, never()));
    for (let at = 0; at < 3; at++) expect((await titles(other, 'bob')).unconfirmed).toEqual(['forum']);
    expect(asked).toBe(1);
  });

  it('keeps to its budget: more questions are not asked, and nothing is shown for that', async () => {
    const live = await start('discourse', { perMinute: 4 });
    const app = await live.open();
    expect((await titles(app, 'bob')).titles).toEqual(ALL);
    expect(await titles(app, 'eve')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
    expect(live.questions.map(({ account }) => account)).toEqual(['bob']);
  });

  it.each([
    ['nothing that asks', undefined],
    ['a tool without live reads', async () => undefined],
    [
      'a key that may not act as others',
      async () => {
        throw new ConnectorError('FORBIDDEN', 'forum: no');
      },
    ],
    [
      'a fault',
      async () => {
        throw new Error('unforeseen');
      },
    ],
  ])('hides what is restricted with %s', async (_what, ask) => {
    const live = await start('discourse');
    const app = ask ? await live.open({}, ask) : await live.company.open({ forum: live.config.forum });
    expect(await titles(app, 'bob')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] });
  });

  it('one whose name cannot be asked for takes nothing from others, nor from what they are told', async () => {
    const live = await start('discourse');
    const app = await live.open({}, async (source, account, ...rest) => {
      if (account === 'bob') throw new ConnectorError('FORBIDDEN', 'forum: only plain names');
      return live.readable(source, account, ...rest);
    });
    expect((await titles(app, 'bob')).unconfirmed).toEqual(['forum']);
    expect(await titles(app, 'eve')).toEqual({ titles: ALL, unconfirmed: undefined });
  });

  it('is not made where it is switched off', async () => {
    const live = await start('discourse', { seconds: 0 });
    live.tool.withdraw('bob', 'Vault');
    expect(await titles(await live.open(), 'bob')).toEqual({ titles: ALL, unconfirmed: undefined });
    expect(live.questions).toEqual([]);
  });

  it('is no part of a remembered answer for longer than the tool’s word counts', async () => {
    const live = await start('discourse', { seconds: 1 });
    const app = await live.open({ cache: { ...live.config.cache, answerSeconds: 3_600 } });
    expect((await titles(app, 'bob')).titles).toEqual(ALL);
    live.tool.withdraw('bob', 'Vault');
    await vi.waitFor(async () => expect((await titles(app, 'bob')).titles).toEqual([ATTIC, OPEN]), 10_000);
  });

  it('is not won by what somebody wrote themselves in a room that was closed to them', async () => {
    // In Jive people read on what they wrote.
    const live = await liveCompany('jive', {}, async (tool, company) => {
      await company.writePeople([{ uid: 'bob' }, { uid: 'eve' }], { staff: ['bob', 'eve'] });
      for (const person of ['bob', 'eve']) tool.user(person);
      tool.room('Vault', ['bob', 'eve']);
      tool.topic('Mine', 'x', 'bob', 'Vault');
      tool.topic('Hers', 'x', 'eve', 'Vault');
      tool.withdraw('bob', 'Vault');
    });
    opened.push(live);
    const app = await live.open();
    expect((await titles(app, 'bob')).titles).toEqual([]);
    expect((await titles(app, 'eve')).titles).toEqual(['Hers', 'Mine']);
  });

  it('takes the person’s handle that the directory knows for their account, until the tool has shown one', async () => {
    const live = await liveCompany('discourse', {}, async (tool, company) => {
      await company.writePeople([{ uid: 'bob' }, { uid: 'eve' }], { staff: ['bob', 'eve'] });
      for (const person of ['bob', 'eve']) tool.user(person);
      tool.room('Vault', ['bob', 'eve']);
      tool.topic('Hers', 'x', 'eve', 'Vault');
    });
    opened.push(live);
    const app = await live.open();
    expect(await titles(app, 'bob')).toEqual({ titles: ['Hers'], unconfirmed: undefined });
    expect(live.questions.map(({ account }) => account)).toEqual(['bob']);
  });

  it('works where the subgraph is a process of its own, and its tools are talked to in a thread', async () => {
    const live = await start('discourse', { seconds: 1 });
    // The thread takes the store over.
    await live.stop();
    const log = createLog({ level: 'silent', format: 'json' });
    const forum = subgraphNamed('forum');
    const sync = startSync(live.config, [forum], Object.assign(log, { level: 'silent' }), () => undefined);
    const executor = openSubgraph(live.config, forum, log, (...question) => sync.readable(...question));
    const secret = 'a secret of at least 16 characters';
    const server = createSubgraphServer({ name: 'forum', executor, secret, log });
    try {
      const url = await server.listen({ host: '127.0.0.1', port: 0 });
      const app = await live.company.open({
        forum: { url, sources: [] },
        subgraphSecret: secret,
        cache: { ...live.config.cache, answerSeconds: 3_600 },
      });
      expect(await sync.settled).toBe(true);
      expect(await titles(app, 'bob')).toEqual({ titles: ALL, unconfirmed: undefined });
      live.tool.withdraw('bob', 'Vault');
      await vi.waitFor(async () => expect((await titles(app, 'bob')).titles).toEqual([ATTIC, OPEN]), 10_000);
      expect((await titles(app, 'eve')).titles).toEqual(ALL);
      live.tool.isDown = true;
      await vi.waitFor(
        async () => expect(await titles(app, 'eve')).toEqual({ titles: [OPEN], unconfirmed: ['forum'] }),
        10_000,
      );
    } finally {
      await server.close();
      executor.service.close();
      await sync.stop();
    }
  });
});
