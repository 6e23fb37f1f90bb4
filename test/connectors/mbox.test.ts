import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeFrom, unescapeFrom } from '../../subgraphs/forum/connectors/mail/mbox.ts';
import { mbox } from '../../subgraphs/forum/connectors/mbox.ts';
import { load } from './run.ts';

const FROM = 'From ann@x.example Tue Jan  2 10:00:00 2024\n';
function mail(headers: Record<string, string>, body: string): string {
  const lines = Object.entries({
    From: 'Ann Berg <Ann@X.example>',
    Date: 'Tue, 2 Jan 2024 10:00:00 +0100',
    Subject: 'Hello',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return `${FROM}${lines.join('\n')}\n\n${body}\n\n`;
}
const read = (text: string | Uint8Array, options: object = {}) =>
  load(mbox, { 'dev.mbox': text }, { path: 'dev.mbox', ...options });

describe('mbox: messages', () => {
  it('reads a thread', async () => {
    const { items, problems } = await read(
      mail(
        { 'Message-ID': '<1@x>', Subject: '[dev] Where is the beef', 'List-Id': 'Developers <dev.lists.x.example>' },
        'Where is it? See https://x.example/a.\n-- \nAnn',
      ) +
        mail(
          {
            'Message-ID': '<2@x>',
            'In-Reply-To': '<1@x>',
            From: 'bo@x.example',
            Subject: 'Re: [dev] Where is the beef',
            Date: 'Wed, 3 Jan 2024 10:00:00 +0000',
          },
          'On Tue, Ann wrote:\n> Where is it?\n\nThere.',
        ),
      { url: 'https://lists.example/{list}/{id}', readers: ['group:dev'] },
    );
    expect(problems).toEqual([]);
    expect(items).toMatchObject([
      {
        key: '1@x',
        url: 'https://lists.example/dev.lists.x.example/1%40x',
        title: 'Where is the beef',
        body: 'Where is it? See https://x.example/a.',
        createdAt: '2024-01-02T09:00:00.000Z',
        updatedAt: '2024-01-03T10:00:00.000Z',
        links: ['https://x.example/a'],
        readers: ['group:dev'],
        channel: 'EMAIL',
        category: 'dev.lists.x.example',
        author: { handle: 'ann@x.example', name: 'Ann Berg', mail: 'ann@x.example' },
        isQuestion: true,
        replies: [
          {
            key: '2@x',
            author: { handle: 'bo@x.example', mail: 'bo@x.example' },
            body: 'There.',
            createdAt: '2024-01-03T10:00:00.000Z',
          },
        ],
      },
    ]);
  });

  it.each<[what: string, headers: Record<string, string>, body: string | Buffer, text: string]>([
    [
      'quoted-printable',
      { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': 'quoted-printable' },
      'Zo=C3=AB =\nhere',
      'Zoë here',
    ],
    [
      'base64',
      { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': 'base64' },
      Buffer.from('Zoë').toString('base64'),
      'Zoë',
    ],
    ['ISO 8859-1', { 'Content-Type': 'text/plain; charset=iso-8859-1' }, Buffer.from('Zo\xEB', 'latin1'), 'Zoë'],
    ['KOI8-R', { 'Content-Type': 'text/plain; charset=koi8-r' }, Buffer.from([0xf0, 0xf2]), 'ПР'],
    [
      'ISO 2022-JP',
      { 'Content-Type': 'text/plain; charset=iso-2022-jp' },
      Buffer.from('1b2442467c4b5c1b2842', 'hex'),
      '日本',
    ],
    ['an unknown charset', { 'Content-Type': 'text/plain; charset=x-none' }, 'plain', 'plain'],
    [
      'HTML only',
      { 'Content-Type': 'text/html; charset=utf-8' },
      '<p>One<br>two</p><script>x</script><blockquote>old</blockquote>',
      'One\ntwo',
    ],
    [
      'alternatives',
      { 'Content-Type': 'multipart/alternative; boundary=b' },
      '--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>html</p>\n--b--',
      'plain',
    ],
    [
      'an attachment',
      { 'Content-Type': 'multipart/mixed; boundary=b' },
      '--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: application/x\nContent-Disposition: attachment; filename=a\n\nSECRET\n--b--',
      'plain',
    ],
    ['format=flowed', { 'Content-Type': 'text/plain; format=flowed' }, 'one \ntwo', 'one two'],
    ['escaped From lines', {}, '>From here\n>>From there', 'From here'],
  ])('reads %s', async (_what, headers, body, text) => {
    const [before, after] = mail({ 'Message-ID': '<1@x>', ...headers }, '\u0001').split('\u0001') as [string, string];
    const { items, problems } = await read(
      Buffer.concat([Buffer.from(before), Buffer.from(body as string), Buffer.from(after)]),
    );
    expect(problems).toEqual([]);
    expect(items[0]?.body).toBe(text);
  });

  it('decodes names and subjects', async () => {
    const { items } = await read(
      mail(
        {
          'Message-ID': '<1@x>',
          From: '=?utf-8?Q?Zo=C3=AB?= <z@x.example>',
          Subject: '=?iso-8859-1?Q?=C5re?=\n =?utf-8?B?w6Q=?= AW: x',
        },
        'x',
      ),
    );
    expect(items[0]).toMatchObject({ author: { handle: 'z@x.example', name: 'Zoë' }, title: 'Åreä AW: x' });
  });

  it('reads what Mailman’s public archives make of addresses', async () => {
    const { items } = await read(
      'From ann at x.example  Tue Jan  2 10:00:00 2024\nFrom: ann at x.example (Ann Berg)\nDate: Tue, 2 Jan 2024 10:00:00 +0100\nSubject: [dev] Hi\nMessage-ID: <1@x>\n\nHi\n',
    );
    expect(items[0]).toMatchObject({
      author: { handle: 'ann@x.example', name: 'Ann Berg' },
      category: 'dev',
      title: 'Hi',
    });
  });

  it('splits where messages begin, and nowhere else', async () => {
    const body = 'From me to you\n\nFrom the beginning, it was so.\n\n>From Tue Jan  2 10:00:00 2024\nend';
    const { items } = await read(
      mail({ 'Message-ID': '<1@x>' }, body) + mail({ 'Message-ID': '<2@x>' }, 'second').replaceAll('\n', '\r\n'),
    );
    expect(items.map((item) => item.key)).toEqual(['1@x', '2@x']);
    expect(items[1]?.body).toBe('second');
  });

  it('reports what is no mbox, twice the same id, and what is too large, and takes the rest', async () => {
    const { items, problems } = await read(
      `garbage\nmore\n\n${mail({ 'Message-ID': '<1@x>' }, 'one')}${mail({ 'Message-ID': '<1@x>' }, 'other')}${mail({ 'Message-ID': '<1@x>' }, 'one')}${mail({ 'Message-ID': '<2@x>' }, 'x\n'.repeat(2000))}${mail({}, 'no id')}`,
      { maxBytes: 2000 },
    );
    expect(items.map((item) => item.body)).toEqual(['one', 'no id']);
    expect(problems).toEqual([
      expect.stringMatching(/^dev\.mbox:1: expected a line "From/),
      expect.stringMatching(/^dev\.mbox:12: a second message/),
      expect.stringMatching(/^dev\.mbox:28: .*maxBytes/),
    ]);
  });

  it('takes mboxrd’s escaping off again, whatever was written', () => {
    const line = fc.string({ unit: fc.constantFrom('>', 'From ', 'From', ' ', 'x', 'é'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join('\n');
        expect(unescapeFrom(Buffer.from(escapeFrom(text))).toString()).toBe(text);
        expect(escapeFrom(text)).not.toMatch(/^From /m);
      }),
    );
  });

  it('gives back the text of any mails that were written as mboxrd', async () => {
    const text = fc
      .array(fc.constantFrom('From x Tue Jan  2 10:00:00 2024', 'From x', 'one', 'Två.', ''), {
        minLength: 1,
        maxLength: 6,
      })
      .map(
        (lines) =>
          lines
            .join('\n')
            .trim()
            .replace(/\n{3,}/g, '\n\n') || 'x',
      );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (bodies) => {
        const { items } = await read(
          bodies
            .map((body, index) =>
              mail({ 'Message-ID': `<${index}@x>`, 'Content-Type': 'text/plain; charset=utf-8' }, escapeFrom(body)),
            )
            .join(''),
        );
        expect(items.map((item) => item.body)).toEqual(bodies);
      }),
      { numRuns: 60 },
    );
  });
});

describe('mbox: threads', () => {
  const threads = async (
    ...messages: [id: string, references: string, inReplyTo?: string][]
  ): Promise<Record<string, string[]>> => {
    const { items } = await read(
      messages
        .map(([id, references, inReplyTo], index) =>
          mail(
            {
              'Message-ID': `<${id}>`,
              Date: `Tue, 2 Jan 2024 10:0${index}:00 +0000`,
              ...(references ? { References: references } : {}),
              ...(inReplyTo ? { 'In-Reply-To': inReplyTo } : {}),
            },
            id,
          ),
        )
        .join(''),
    );
    return Object.fromEntries(items.map((item) => [item.key, [item.body, ...item.replies.map((reply) => reply.body)]]));
  };
  it.each<[string, [id: string, references: string, inReplyTo?: string][], Record<string, string[]>]>([
    [
      'by References',
      [
        ['a', ''],
        ['b', '<a>'],
        ['c', '<a> <b>'],
      ],
      { a: ['a', 'b', 'c'] },
    ],
    [
      'by In-Reply-To alone',
      [
        ['a', ''],
        ['b', '', '<a>'],
        ['c', '', 'Your message of <b>'],
      ],
      { a: ['a', 'b', 'c'] },
    ],
    [
      'folded References, and what they say of others',
      [
        ['a', ''],
        ['b', ''],
        ['c', '<a>\n\t<b>'],
      ],
      { a: ['a', 'b', 'c'] },
    ],
    [
      'an answer before its question',
      [
        ['b', '<a>'],
        ['a', ''],
      ],
      { a: ['a', 'b'] },
    ],
    [
      'a missing root',
      [
        ['b', '<a>'],
        ['c', '<a> <b>'],
        ['d', '<a>'],
      ],
      { a: ['b', 'c', 'd'] },
    ],
    [
      'a missing message in the middle',
      [
        ['a', ''],
        ['c', '<a> <b>'],
      ],
      { a: ['a', 'c'] },
    ],
    [
      'two threads under one subject',
      [
        ['a', ''],
        ['b', ''],
      ],
      { a: ['a'], b: ['b'] },
    ],
    [
      'a circle',
      [
        ['a', '<b>'],
        ['b', '<a>'],
      ],
      { b: ['b', 'a'] },
    ],
    ['itself', [['a', '<a>']], { a: ['a'] }],
  ])('joins %s', async (_what, messages, expected) => expect(await threads(...messages)).toEqual(expected));
});
