import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { MemoryStore } from '../contract/connector-contract.ts';
import { isInstalled, startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { mail, readingOf } from './imap-server.ts';

const bodies = (store: MemoryStore<ConversationItem>): Record<string, string[]> =>
  Object.fromEntries(
    [...store.items].map(([key, item]) => [key, [item.body, ...item.replies.map(({ body }) => body)]]),
  );

const isHere = isInstalled();
const DUMB = 'imap_capability = IMAP4rev1 LITERAL+ UIDPLUS';

describe.skipIf(!isHere).each([
  ['with CONDSTORE and QRESYNC', ''],
  ['without either', DUMB],
])('imap on a Dovecot %s', (_what, settings) => {
  let dovecot: Dovecot;
  let folder = '';
  let number = 0;
  beforeAll(async () => void (dovecot = await startDovecot(settings)));
  afterAll(() => dovecot?.[Symbol.asyncDispose]());
  beforeEach(() => void (folder = `lists/f${number++}`));

  const reading = readingOf(() => dovecot);
  const open = (options: object = {}) => reading.open({ folders: [folder], ...options });
  const begin = async (options: object = {}) => {
    const store = new MemoryStore<ConversationItem>();
    const connector = await open(options);
    await store.run(connector);
    const next = async () => {
      const batches = await store.run(connector);
      return {
        upserts: batches.flatMap(({ upserts }) => upserts.map(({ key }) => key)),
        unchanged: batches.flatMap(({ unchanged }) => unchanged),
        deletes: batches.flatMap(({ deletes }) => deletes),
      };
    };
    return { store, connector, next };
  };
  const append = (...mails: string[]) =>
    dovecot.asUser(async (client) => {
      for (const one of mails) await client.append(folder, one);
    });
  /** Does something to a mail by its Message-ID. */
  const onMail = (id: string, what: 'delete' | 'mark' | 'unmark' | 'see' | 'draft' | { readonly moveTo: string }) =>
    dovecot.asUser(async (client) => {
      await client.mailboxOpen(folder);
      const range = { header: { 'message-id': `<${id}>` } };
      if (typeof what === 'object') await client.messageMove(range, what.moveTo);
      else if (what === 'delete') await client.messageDelete(range);
      else if (what === 'unmark') await client.messageFlagsRemove(range, ['\\Deleted']);
      else await client.messageFlagsAdd(range, [{ mark: '\\Deleted', see: '\\Seen', draft: '\\Draft' }[what]]);
    });

  it('sees new mails, expunged and moved ones, and hands over nothing else', async () => {
    await dovecot.deliver(folder, { 'a.h': mail('a', 'A'), 'b.h': mail('b', 'B'), 'c.h': mail('c', 'C') });
    await dovecot.deliver(`${folder}/other`, {});
    const { store, next } = await begin();
    expect(bodies(store)).toEqual({ a: ['A'], b: ['B'], c: ['C'] });
    expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: [] });
    await dovecot.commands();
    await append(mail('d', 'D', { References: '<a>' }));
    expect(await next()).toEqual({ upserts: ['a'], unchanged: [], deletes: [] });
    const commands = (await dovecot.commands()).join('\n');
    expect(commands).toMatch(/UID FETCH 4 \(.*BODYSTRUCTURE/);
    expect(commands).toMatch(/UID FETCH 1,4 \(.*BODY\.PEEK\[1\]/);
    if (settings === '') {
      expect(commands).toMatch(/UID FETCH 1:\* \(.*CHANGEDSINCE \d+ VANISHED\)/);
      expect(commands).not.toMatch(/SEARCH/);
    } else expect(commands).toMatch(/UID SEARCH/);
    await onMail('b', 'delete');
    await onMail('c', { moveTo: `${folder}/other` });
    expect(await next()).toEqual({ upserts: [], unchanged: [], deletes: ['b', 'c'] });
    if (settings === '') expect((await dovecot.commands()).join('\n')).not.toMatch(/SEARCH UNDELETED/);
    // Both at once, in numbers that cancel out.
    await onMail('a', 'delete');
    await append(mail('e', 'E'));
    expect(await next()).toEqual({ upserts: ['a', 'e'], unchanged: [], deletes: [] });
    expect(bodies(store)).toEqual({ a: ['D'], e: ['E'] });
  });

  it('leaves out drafts and mails marked as deleted, and changes no marks', async () => {
    await dovecot.deliver(folder, { 'a.h': mail('a', 'A'), 'b.h': mail('b', 'B'), 'c.h': mail('c', 'C') });
    await onMail('b', 'mark');
    await onMail('c', 'draft');
    const { store, next } = await begin();
    expect(bodies(store)).toEqual({ a: ['A'] });
    await onMail('b', 'unmark');
    await onMail('a', 'see');
    await append(mail('d', 'D'));
    expect((await next()).upserts).toEqual(['b', 'd']);
    const flags = await dovecot.asUser(async (client) => {
      await client.mailboxOpen(folder, { readOnly: true });
      return (await client.fetchAll('1:*', { flags: true })).map((one) => [...(one.flags ?? [])].includes('\\Seen'));
    });
    expect(flags).toEqual([true, false, false, false]);
  });

  it('reads a folder anew that was made anew, under the keys it had', async () => {
    await dovecot.deliver(folder, { 'a.h': mail('a', 'A'), 'b.h': mail('b', 'B') });
    const { store, next } = await begin();
    await onMail('a', 'delete');
    await dovecot.deliver(folder, { '0.h': mail('z', 'Z') });
    const validity = () => dovecot.asUser(async (client) => (await client.mailboxOpen(folder)).uidValidity);
    const before = await validity();
    await dovecot.renumber(folder);
    expect(await validity()).not.toBe(before);
    expect(await next()).toEqual({ upserts: ['z'], unchanged: [], deletes: ['a'] });
    expect(bodies(store)).toEqual({ b: ['B'], z: ['Z'] });
  });

  it('asks for nothing but numbers after a restart when nothing came or went', async () => {
    await dovecot.deliver(folder, { 'a.h': mail('a', 'A') });
    const { store } = await begin();
    await onMail('a', 'see');
    await dovecot.commands();
    expect(await store.run(await open())).toEqual([]);
    expect((await dovecot.commands()).join('\n')).not.toMatch(/FETCH/);
    await append(mail('b', 'B'));
    const [batch] = await store.run(await open());
    expect(batch).toMatchObject({ unchanged: ['a'], sweep: true });
    expect(batch?.upserts.map(({ key }) => key)).toEqual(['b']);
  });

  it('joins threads over folders, by batches smaller than they are', async () => {
    await dovecot.deliver(folder, { 'a.h': mail('a', 'A'), 'b.h': mail('b', 'B', { References: '<a>' }) });
    await dovecot.deliver(`${folder}/Größe`, {
      'c.h': mail('c', 'C', { 'In-Reply-To': '<b>' }),
      'a.h': mail('a', 'A'),
    });
    const { store } = await begin({ folders: [`${folder}*`], batch: 1 });
    expect(bodies(store)).toEqual({ a: ['A', 'B', 'C'] });
    expect([...store.items.values()][0]).toMatchObject({ category: folder.split('/')[1], readers: ['group:staff'] });
  });
});
