import { createServer, type AddressInfo, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { rangeOf } from '../../subgraphs/forum/connectors/imap/connection.ts';
import { call, MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ACCOUNT, isInstalled, startDovecot, type Dovecot } from '../servers/dovecot.ts';

/** A mail with these headers besides the usual ones. */
function mail(id: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    'Message-ID': `<${id}>`,
    From: 'Ann Berg <Ann@x.example>',
    Date: 'Tue, 2 Jan 2024 10:00:00 +0000',
    Subject: `About ${id}`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

const failure = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'no failure',
    (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`,
  );
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

  const open = (options: object = {}) =>
    openWith(
      imap,
      {
        host: '127.0.0.1',
        port: dovecot.port,
        security: 'none',
        ...ACCOUNT,
        folders: [folder],
        readers: ['group:staff'],
        ...options,
      },
      '/',
    );
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

describe.skipIf(!isHere)('imap', () => {
  let dovecot: Dovecot;
  beforeAll(
    async () =>
      void (dovecot = await startDovecot(
        `mail_location = maildir:~\nnamespace inbox {\n  mailbox Gone {\n    special_use = \\Trash\n    auto = create\n  }\n}`,
      )),
  );
  afterAll(() => dovecot?.[Symbol.asyncDispose]());
  const options = (more: object = {}) => ({
    host: '127.0.0.1',
    port: dovecot.port,
    security: 'none',
    ...ACCOUNT,
    folders: ['dev'],
    readers: ['group:staff'],
    ...more,
  });
  const open = (more: object = {}) => openWith(imap, options(more), '/');
  const load = async (more: object = {}) => {
    const store = new MemoryStore<ConversationItem>();
    await store.run(await open(more));
    return store;
  };

  it('reads the text of all kinds of mails, and fetches no attachments', async () => {
    const part = (type: string, text: string, more = ''): string =>
      `--b\r\nContent-Type: ${type}\r\n${more}\r\n${text}\r\n`;
    const multi = (kind: string, ...parts: string[]): [string, Record<string, string>] => [
      `${parts.join('')}--b--\r\n`,
      { 'Content-Type': `multipart/${kind}; boundary=b`, 'MIME-Version': '1.0' },
    ];
    const attachment = part('text/plain; name=x.txt', 'SECRET', 'Content-Disposition: attachment; filename=x.txt\r\n');
    const kinds: Record<string, string> = {
      plain: mail('plain', 'Zo=C3=AB =\r\nhere', {
        'Content-Type': 'text/plain; charset="utf-8"',
        'Content-Transfer-Encoding': 'quoted-printable',
      }),
      latin: mail('latin', 'Zo=EB', {
        'Content-Type': 'text/plain; charset=iso-8859-1',
        'Content-Transfer-Encoding': 'quoted-printable',
      }),
      base: mail('base', Buffer.from('Zoë').toString('base64'), {
        'Content-Type': 'text/plain; charset=utf-8',
        'Content-Transfer-Encoding': 'base64',
      }),
      flowed: mail('flowed', 'one \r\ntwo', { 'Content-Type': 'text/plain; format=flowed' }),
      html: mail('html', '<p>One<br>two</p><script>x</script>', { 'Content-Type': 'text/html' }),
      either: mail('either', ...multi('alternative', part('text/plain', 'plain'), part('text/html', '<p>html</p>'))),
      mixed: mail('mixed', ...multi('mixed', part('text/plain', 'first'), attachment, part('text/plain', 'second'))),
      only: mail('only', ...multi('mixed', attachment)),
      mailed: mail(
        'mailed',
        ...multi('mixed', part('text/plain', 'see below'), part('message/rfc822', mail('i', 'SECRET'))),
      ),
      empty: mail('empty', ''),
      long: mail('long', 'x'.repeat(5000)),
    };
    await dovecot.deliver('dev', Object.fromEntries(Object.entries(kinds).map(([id, text]) => [`${id}.h`, text])));
    await dovecot.commands();
    const store = await load({ maxBytes: 1024 });
    const commands = (await dovecot.commands()).join('\n');
    // Text parts by their numbers, or their beginning; never a whole mail, never for writing.
    const fetched = [...commands.matchAll(/BODY\.PEEK\[(?!HEADER)([^\]]*)\]([<>\d.]*)/g)].map(
      ([, key, range]) => `${key}${range}`,
    );
    expect(new Set(fetched)).toEqual(new Set(['1<0.1024>', '3<0.1024>']));
    expect(commands).toMatch(/EXAMINE dev/);
    expect(commands.match(/SELECT|\bSTORE|BODY\[|RFC822(?!\.SIZE)/g)).toBeNull();
    expect(store.problems).toEqual([]);
    expect(Object.fromEntries([...store.items].map(([key, { body }]) => [key, body]))).toEqual({
      plain: 'Zoë here',
      latin: 'Zoë',
      base: 'Zoë',
      flowed: 'one two',
      html: 'One\ntwo',
      either: 'plain',
      mixed: 'first\n\nsecond',
      only: '',
      mailed: 'see below',
      empty: '',
      long: 'x'.repeat(1024),
    });
    expect(store.items.get('plain')).toMatchObject({
      author: { handle: 'ann@x.example', name: 'Ann Berg', mail: 'ann@x.example' },
      createdAt: '2024-01-02T10:00:00.000Z',
      category: 'dev',
    });
  });

  it('takes mails without an id or a date, and reports what is no mail', async () => {
    await dovecot.deliver('odd', {
      '1.h': 'From: a@x\r\nSubject: One\r\n\r\none',
      '2.h': 'From: a@x\r\nSubject: Two\r\nDate: nonsense\r\n\r\ntwo',
      '3.h': '\r\nno headers',
      '4.h': mail('round', 'a', { References: '<about>' }),
      '5.h': mail('about', 'b', { References: '<round>' }),
    });
    const store = await load({ folders: ['odd'] });
    expect([...store.items.values()].map(({ title }) => title).sort()).toEqual(['About about', 'One', 'Two']);
    for (const { createdAt } of store.items.values()) expect(createdAt).toMatch(/^20\d\d-/);
    expect(store.problems).toMatchObject([{ place: 'odd uid 3', reason: expect.stringMatching(/without headers/) }]);
  });

  it('reads no folder that is not named, and by patterns no inbox and nothing that is somebody’s own', async () => {
    await dovecot.deliver('INBOX', { '1.h': mail('inbox', 'x') });
    await dovecot.deliver('Gone', { '1.h': mail('gone', 'x') });
    await dovecot.deliver('team/board', { '1.h': mail('board', 'x') });
    await dovecot.deliver('team/all', { '1.h': mail('all', 'x') });
    const keys = async (more: object) =>
      [...(await load(more)).items.values()].map(({ key, readers }) => `${key.split(' ')[0]} ${readers.join()}`).sort();
    const folderReaders = { 'team/board': ['group:board'] };
    expect(await keys({ folders: ['team/*'], folderReaders })).toEqual(['all group:staff', 'board group:board']);
    // Not a folder that can hold mails.
    expect(await failure(keys({ folders: ['team'] }))).toMatch(/^MISCONFIGURED .*no folder "team"/);
    const all = await keys({ folders: ['*'] });
    expect(all).toContain('all group:staff');
    expect(all).not.toContain('inbox group:staff');
    expect(all).not.toContain('gone group:staff');
    expect(await keys({ folders: ['inbox', 'Gone'] })).toEqual(['gone group:staff', 'inbox group:staff']);
    expect(() => imap.options.parse({ ...options(), folders: undefined })).toThrow(/folders/);
    expect(() => imap.options.parse({ ...options(), readers: undefined })).toThrow(/readers/);
  });

  it('takes names as the server has them, and what lies below a closed folder as closed', async () => {
    await using other = await startDovecot('namespace inbox {\n  prefix = INBOX.\n  separator = .\n}');
    await other.deliver('lists/dev', { '1.h': mail('dev', 'x') });
    await other.deliver('lists/board/minutes', { '1.h': mail('board', 'x') });
    const more = { port: other.port, folderReaders: { 'INBOX.lists.board': ['group:board'] } };
    const store = await load({ ...more, folders: ['INBOX.lists.*'] });
    expect([...store.items.values()].map(({ category, readers }) => [category, readers])).toEqual([
      ['minutes', ['group:board']],
      ['dev', ['group:staff']],
    ]);
    expect(await failure(load({ ...more, folders: ['lists.dev'] }))).toMatch(/^MISCONFIGURED .*no folder "lists\.dev"/);
    // Misspelt, it would close nothing.
    expect(await failure(load({ ...more, folderReaders: { 'lists.board': ['group:board'] } }))).toMatch(
      /^MISCONFIGURED .*`folderReaders` names "lists\.board"/,
    );
    expect((await other.commands()).join('\n')).toMatch(/LIST "" "\*"/);
  });

  describe('failures', () => {
    beforeAll(() => dovecot.deliver('dev', {}));
    it('names what is wrong, each by a sentence of its own', async () => {
      await dovecot.close('closed');
      expect(await failure(open({ password: 'wrong' }))).toBe(
        'UNAUTHORIZED test: the server refuses `user` with this `password`',
      );
      expect(await failure(open({ folders: ['dev', 'nowhere'] }))).toMatch(
        /^MISCONFIGURED .*no folder "nowhere".*set `folders`/,
      );
      expect(await failure(open({ folders: ['nowhere/*'] }))).toMatch(/^MISCONFIGURED .*no folder "nowhere\/\*"/);
      expect(await failure(load({ folders: ['closed'] }))).toMatch(/^FORBIDDEN .*may not read the folder "closed"/);
      expect(await failure(open({ port: 1 }))).toMatch(/^UNAVAILABLE .*nothing answers/);
      expect(await failure(open({ caFile: 'nowhere.pem' }))).toMatch(/^MISCONFIGURED .*nowhere\.pem.*caFile/);
      expect(await failure(open({ caFile: fileURLToPath(import.meta.url) }))).toMatch(
        /^MISCONFIGURED .*is no PEM file/,
      );
      const closed = await open({ folders: ['closed'] });
      expect(await closed.health(call)).toMatchObject({
        status: 'failed',
        detail: expect.stringMatching(/may not read/),
      });
    });

    it('trusts certificates of the authority given, for the name given, and no others', async () => {
      const tls = { security: 'tls', host: 'localhost', port: dovecot.tlsPort };
      const starttls = { security: 'starttls', host: 'localhost', caFile: dovecot.caFile };
      expect(await failure(open(tls))).toMatch(/^MISCONFIGURED .*signed by nobody known.*caFile/);
      expect(await failure(open({ ...starttls, caFile: undefined }))).toMatch(
        /^MISCONFIGURED .*signed by nobody known/,
      );
      for (const good of [{ ...tls, caFile: dovecot.caFile }, starttls])
        expect(await (await open(good)).health(call)).toMatchObject({ status: 'ok' });
      expect(await failure(open({ ...tls, host: '127.0.0.1', caFile: dovecot.caFile }))).toMatch(
        /^MISCONFIGURED .*another name/,
      );
      expect(await failure(open({ ...tls, port: dovecot.port, caFile: dovecot.caFile }))).toMatch(
        /^MISCONFIGURED .*no TLS on this port/,
      );
    });

    it('sends no password in the clear', async () => {
      const parse = (more: object) => imap.options.safeParse({ ...options(), ...more });
      expect(parse({ host: 'imap.x.example' }).error?.issues[0]?.message).toMatch(/encrypted/);
      for (const host of ['localhost', '127.0.0.1', '::1']) expect(parse({ host }).success).toBe(true);
      expect(parse({ host: '127.0.0.1.x.example' }).success).toBe(false);
      // A server, or somebody in between, that offers no STARTTLS.
      await using server = await pretend(() => '* OK [CAPABILITY IMAP4rev1] ready\r\n');
      expect(await failure(open({ security: 'starttls', port: server.port }))).toMatch(/^MISCONFIGURED .*STARTTLS/);
      expect(server.heard()).not.toMatch(/LOGIN|AUTHENTICATE|p.ssword/);
    });

    it.each([
      ['NO [PRIVACYREQUIRED] no', /^MISCONFIGURED .*encrypted.*`security`/],
      ['NO [UNAVAILABLE] later', /^UNAVAILABLE .*cannot check passwords/],
      ['NO [LIMIT] too many', /^RATE_LIMITED .*connections/],
      ['NO [EXPIRED] old', /^UNAUTHORIZED .*expired/],
      ['NO', /^UNAUTHORIZED .*refuses `user`/],
    ])('explains a login that is answered with %s', async (answer, sentence) => {
      await using server = await pretend(
        () => '* OK [CAPABILITY IMAP4rev1] ready\r\n',
        (tag, command) => (command === 'LOGIN' ? `${tag} ${answer}\r\n` : `${tag} OK\r\n`),
      );
      const message = await failure(open({ port: server.port }));
      expect(message).toMatch(sentence);
      expect(message).not.toContain(ACCOUNT.password);
    });

    it('takes no more than it asked for', async () => {
      const folder = '* LIST () "/" dev\r\n';
      const spaces = '* NAMESPACE (("" "/")) NIL NIL\r\n';
      const opened = '* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n';
      await using server = await pretend(
        () => '* OK [CAPABILITY IMAP4rev1 NAMESPACE] ready\r\n',
        (tag, command, rest) => {
          if (command === 'UID' && rest.startsWith('FETCH'))
            return `* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {900000000}\r\n`;
          const answers: Record<string, string> = {
            NAMESPACE: spaces,
            LIST: folder,
            EXAMINE: opened,
            UID: '* SEARCH 1\r\n',
          };
          return `${answers[command] ?? ''}${tag} OK\r\n`;
        },
      );
      expect(await failure(load({ port: server.port }))).toMatch(/^BAD_RESPONSE .*more than was asked for/);
    });

    it('calls a server that is down, silent or no IMAP server unknown, and deletes nothing', async () => {
      await dovecot.deliver('down', { '1.h': mail('x', 'X') });
      const store = new MemoryStore<ConversationItem>();
      const connector = await open({ folders: ['down'] });
      await store.run(connector);
      await dovecot.stop();
      expect(await failure(store.run(connector))).toMatch(/^UNAVAILABLE/);
      expect(await connector.health(call)).toMatchObject({ status: 'unknown' });
      await dovecot.start();
      await dovecot.removeFolder('down');
      expect(await failure(store.run(connector))).toMatch(/^MISCONFIGURED .*"down"/);
      expect(store.items.size).toBe(1);
      await using silent = await pretend(() => '');
      expect(await failure(open({ port: silent.port, timeoutMs: 200 }))).toMatch(/^UNAVAILABLE .*in time/);
      await using other = await pretend(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
      expect(await failure(open({ port: other.port, timeoutMs: 500 }))).toMatch(/^(?:UNAVAILABLE|BAD_RESPONSE)/);
      const secrets = [silent, other].map(async ({ port }) => failure(open({ port, timeoutMs: 200 })));
      for (const message of await Promise.all(secrets)) expect(message).not.toContain(ACCOUNT.password);
    });

    it('ends at once when the call does', async () => {
      const ending = new AbortController();
      const connector = await open();
      const health = connector.health({ signal: ending.signal });
      ending.abort();
      expect(await health).toMatchObject({ status: 'unknown' });
      // One command a minute: the second one is not waited for.
      expect(await failure(open({ perMinute: 1, timeoutMs: 100 }))).toMatch(/^UNAVAILABLE .*in time/);
    });
  });

  it('writes sets of numbers short', () => {
    expect(rangeOf([3, 1, 2, 7, 9, 10])).toBe('1:3,7,9:10');
  });
});

/** A server that says one thing to whoever comes, and listens. */
async function pretend(
  greeting: () => string,
  answer = (tag: string, _command: string, _rest: string): string => `${tag} BAD no\r\n`,
) {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString();
      for (const [, tag = '', command = '', rest = ''] of data.toString().matchAll(/^(\S+) (\w+) ?(.*)/gm))
        socket.write(
          command === 'CAPABILITY' ? `* CAPABILITY IMAP4rev1 NAMESPACE\r\n${tag} OK\r\n` : answer(tag, command, rest),
        );
    });
    socket.write(greeting());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
