import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAccount, toReaders } from '../../subgraphs/kit/text/accounts.ts';
import { toIso } from '../../subgraphs/kit/text/dates.ts';
import { decodeBytes } from '../../subgraphs/kit/text/files.ts';
import { readHtml } from '../../subgraphs/kit/text/html.ts';
import { FrontMatterError, readMarkdown, splitFrontMatter } from '../../subgraphs/kit/text/markdown.ts';
import { clean, webAddress } from '../../subgraphs/kit/text/plain.ts';

describe('Markdown', () => {
  it.each([
    ['*a* **b** ~~c~~ `d`', 'a b c d'],
    ['# One\n\ntwo\nthree', 'One\n\ntwo\nthree'],
    ['- a\n- b\n  - c\n\n1. d', 'a\nb\nc\n\nd'],
    ['- [ ] do\n- [x] done', 'do\ndone'],
    ['> quoted\n> more', 'quoted\nmore'],
    ['```ts\nconst a = "<b>";\n```', 'const a = "<b>";'],
    ['|a|b|\n|-|-|\n|1|`2`|', 'a b\n1 2'],
    ['a &amp; b &lt;c&gt; &copy; \\*d\\*', 'a & b <c> © *d*'],
    ['![alt text](x.png) and <b>bold</b><br>next', 'alt text and bold\nnext'],
    ['<div><p>In <i>HTML</i></p><script>alert(1)</script></div>', 'In HTML'],
    ['<!-- hidden -->\nseen', 'seen'],
    ['a  \nb\n\n---\n\nc', 'a\nb\n\nc'],
    ['[t][r]\n\n[r]: https://x.example', 't'],
    ['NUL\0 and \uD800 end', 'NUL and \uFFFD end'],
  ])('%j reads %j', (markdown, text) => expect(readMarkdown(markdown).text).toBe(text));

  it('finds the title and the absolute links', () => {
    expect(
      readMarkdown(
        'intro\n\n# A *title*\n\n[a](https://a.example/x?y=1&z=2) [b](b.md) <https://c.example> https://d.example. [e](javascript:alert(1)) [r]\n\n[r]: https://r.example',
        'https://base.example/docs/p.md',
      ),
    ).toMatchObject({
      title: 'A title',
      links: [
        'https://a.example/x?y=1&z=2',
        'https://base.example/docs/b.md',
        'https://c.example/',
        'https://d.example/',
        'https://r.example/',
      ],
    });
  });

  it('gives up parsing what would take hours', () => {
    const { text } = readMarkdown(`first ${'_a_'.repeat(300_000)}`);
    expect(text).toMatch(/^first /);
    // What was broken off is not in the way of the next text.
    expect(readMarkdown(`*as* ${'ever '.repeat(1_000)}`).text).toMatch(/^as ever/);
  });

  it('reads anything without failing, also what is nested beyond reason', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from('#*_`[]()<>|-> \n\t\\&!~a1:'), '\0', '\uD800'),
          maxLength: 300,
        }),
        (text) => {
          expect(readMarkdown(text).text.isWellFormed()).toBe(true);
        },
      ),
    );
    for (const text of [
      '>'.repeat(50_000),
      '> '.repeat(50_000),
      '['.repeat(50_000),
      '- '.repeat(20_000),
      '*a '.repeat(20_000),
    ])
      expect(readMarkdown(text).text).toBeTypeOf('string');
  });

  it('takes front matter off', () => {
    const { fields, body } = splitFrontMatter('---\r\ntitle: A\r\n__proto__: {x: 1}\r\n---\r\n# B\r\n');
    expect([...fields.keys()]).toEqual(['title', '__proto__']);
    expect(body).toBe('# B\r\n');
    expect(({} as { x?: number }).x).toBeUndefined();
    expect(splitFrontMatter('---\n---\nx')).toEqual({ fields: new Map(), body: 'x' });
    expect(splitFrontMatter('---\n\nA thematic break').fields.size).toBe(0);
    expect(splitFrontMatter('no front matter\n---\n').fields.size).toBe(0);
  });

  it.each([
    ['---\na: [\n---\n', 2],
    ['---\ntitle: x\nreaders: [group:a\n', 1],
    ['---\n- a\n---\n', 1],
    ['---\na: 1\na: 2\n---\n', 3],
    [
      `---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n---\n`,
      1,
    ],
  ])('refuses the front matter %j, naming its line', (text, line) => {
    expect(() => splitFrontMatter(text)).toThrow(FrontMatterError);
    try {
      splitFrontMatter(text);
    } catch (error) {
      expect((error as FrontMatterError).line).toBeGreaterThanOrEqual(line - 1);
    }
  });
});

describe('HTML', () => {
  it('ends where it nests deeper than any page, for the parser would take hours', () => {
    const { text } = readHtml(`<p>first</p>${'<div>deep '.repeat(1_000_000)}`);
    expect(text).toMatch(/^first\n\ndeep/);
    // Beside one another there may be as many as there are.
    expect(readHtml(`${'<div><b>one</b></div>'.repeat(5_000)}last`).text).toMatch(/one\nlast$/);
  });

  it('reads text, title, author and links, and drops what is not to be read', () => {
    expect(
      readHtml(
        `<!doctype html><html><head><title>A &amp; B</title><meta name=author content="Ann"><meta name=author content="Bo"><link rel=canonical href="/x"><meta name="keywords" content="x, y z">
      <style>p{}</style><script>bad()</script></head><body><nav>menu</nav><h1>Head</h1><p>One
      two<br>three</p><ul><li>a</li><li>b</li></ul><table><tr><td>1</td><td>2</td></tr></table><pre>  x
  y</pre><a href="/rel">r</a><a href="https://a.example">a</a><a href="javascript:x">j</a></body></html>`,
        { base: 'https://b.example/d/' },
      ),
    ).toEqual({
      title: 'A & B',
      authors: ['Ann', 'Bo'],
      canonical: 'https://b.example/x',
      keywords: ['x', 'y z'],
      text: 'Head\n\nOne two\nthree\n\na\nb\n\n1 2\n\n  x\n  y\n\nraj',
      links: ['https://b.example/rel', 'https://a.example/'],
    });
  });
  it('leaves out what a mail quotes, when asked', () => {
    expect(
      readHtml('<p>new</p><div class="gmail_quote">On … wrote:<blockquote>old</blockquote></div>', { dropQuotes: true })
        .text,
    ).toBe('new');
  });
  it('reads anything without failing', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '<',
            '>',
            '/',
            'p',
            'script',
            'a href=',
            '"',
            '&',
            ';',
            '!--',
            '-->',
            'pre',
            ' ',
            '\0',
            '<title>',
          ),
          maxLength: 60,
        }),
        (text) => {
          expect(readHtml(text).text.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});

describe('dates', () => {
  it.each<[unknown, string | undefined]>([
    ['2024-01-31', '2024-01-31T00:00:00.000Z'],
    ['2024-01-31T10:00:00+02:00', '2024-01-31T08:00:00.000Z'],
    ['2024-01-31T10:00:00+0200', '2024-01-31T08:00:00.000Z'],
    ['2024-01-31 10:00', '2024-01-31T10:00:00.000Z'],
    ['2024-01-31T10:00:00.5Z', '2024-01-31T10:00:00.500Z'],
    ['20240131100000Z', '2024-01-31T10:00:00.000Z'],
    ['20240131100000.0Z', '2024-01-31T10:00:00.000Z'],
    ['202401311000+0100', '2024-01-31T09:00:00.000Z'],
    ['Wed, 31 Jan 2024 10:00:00 +0100', '2024-01-31T09:00:00.000Z'],
    ['Wed, 31 Jan 2024 10:00:00 +0100 (CET)', '2024-01-31T09:00:00.000Z'],
    ['31 Jan 2024 10:00', '2024-01-31T10:00:00.000Z'],
    ['Wed, 31 Jan 2024 10:00:00 EST', '2024-01-31T15:00:00.000Z'],
    ['Wed, 31 Jan 2024 10:00:00 XYZ', '2024-01-31T10:00:00.000Z'],
    ['Jan 31 10:00:00 2024', '2024-01-31T10:00:00.000Z'],
    [1706695200, '2024-01-31T10:00:00.000Z'],
    [1706695200000, '2024-01-31T10:00:00.000Z'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    ['2024-02-30', undefined],
    ['2024-13-01', undefined],
    ['2024-01-31T25:00', undefined],
    ['0001-01-01', undefined],
    ['yesterday', undefined],
    ['', undefined],
    ['12', undefined],
    [Number.NaN, undefined],
    [1e300, undefined],
    [null, undefined],
    [{}, undefined],
    ['9'.repeat(1000), undefined],
  ])('%j is %s', (value, iso) => expect(toIso(value)).toBe(iso));
});

describe('accounts, readers, addresses, bytes', () => {
  it.each<[unknown, unknown]>([
    ['@ann', { handle: 'ann' }],
    ['Ann@X.example', { handle: 'ann@x.example', mail: 'ann@x.example' }],
    ['"Berg, Ann" <Ann@x.example>', { handle: 'ann@x.example', name: 'Berg, Ann', mail: 'ann@x.example' }],
    [
      { handle: 'Ann', name: 'Ann Berg', mail: 'A@x.example' },
      { handle: 'Ann', name: 'Ann Berg', mail: 'a@x.example' },
    ],
    ['', undefined],
    [{}, undefined],
    [null, undefined],
    [7, undefined],
  ])('%j is the account %j', (value, account) => expect(toAccount(value)).toEqual(account));
  it.each<[unknown, unknown]>([
    [['everyone'], ['everyone']],
    ['group:a b', ['group:a b']],
    [['group:a', 'group:a'], ['group:a']],
    [[], undefined],
    [['everyone', 'staff'], undefined],
    [['group:'], undefined],
    [42, undefined],
    [undefined, undefined],
    ['Everyone', undefined],
  ])('%j are the readers %j', (value, readers) => expect(toReaders(value)).toEqual(readers));
  it('refuses addresses that are none', () => {
    for (const text of ['x', 'ftp://x', 'javascript:1', 'http://u:p@x.example', ''])
      expect(webAddress(text)).toBeUndefined();
  });
  it('cleans any text', () => {
    expect(clean('a\0b\r\nc\rd\u0007\uD800\uFEFF')).toBe('ab\nc\nd\uFFFD');
  });
  it('tells encodings apart', () => {
    expect(decodeBytes(Buffer.from('Zoë'))).toBe('Zoë');
    expect(decodeBytes(Buffer.from('Zo\xEB', 'latin1'))).toBe('Zoë');
    expect(decodeBytes(Buffer.from('\uFEFFZoë', 'utf16le'))).toBe('Zoë');
    expect(decodeBytes(Buffer.from([0xcf, 0xf0]), 'windows-1251')).toBe('Пр');
    expect(decodeBytes(Buffer.from([0xff]), 'no-such-charset')).toBe('ÿ');
  });
});
