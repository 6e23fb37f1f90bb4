import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { rangeOf } from '../../subgraphs/forum/connectors/imap/connection.ts';
import { isInstalled, startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { failure, mail, readingOf } from './imap-server.ts';

const isHere = isInstalled();

describe.skipIf(!isHere)('imap', () => {
  let dovecot: Dovecot;
  beforeAll(
    async () =>
      void (dovecot = await startDovecot(
        `mail_location = maildir:~\nnamespace inbox {\n  mailbox Gone {\n    special_use = \\Trash\n    auto = create\n  }\n}`,
      )),
  );
  afterAll(() => dovecot?.[Symbol.asyncDispose]());
  const { options, load } = readingOf(() => dovecot);

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

  it('writes sets of numbers short', () => {
    expect(rangeOf([3, 1, 2, 7, 9, 10])).toBe('1:3,7,9:10');
  });
});
