import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseReader } from '../../../gateway/execution/subgraphs/http1/response-reader.ts';
import { TransportFault } from '../../../gateway/execution/subgraphs/transport.ts';

const LIMIT = 1_000;

/** What a reader makes of bytes that come in these pieces, each of them in memory that is used again at once. */
function read(pieces: readonly Buffer[]) {
  const heads: number[] = [];
  const reader = new ResponseReader(LIMIT, ({ status }) => heads.push(status));
  let rest = 0;
  let body: string | undefined;
  try {
    for (const piece of pieces) {
      if (body !== undefined) rest += piece.length;
      else {
        const bytes = Buffer.from(piece);
        const end = reader.take(bytes);
        if (end !== undefined) {
          body = reader.body.toString('latin1');
          rest += piece.length - end;
        }
        bytes.fill(0x21);
      }
    }
  } catch (error) {
    return { heads, fault: error instanceof TransportFault ? error.fault : error };
  }
  const { status, framing, keepsAlive, headers } = reader.head ?? {};
  const isWhole = body !== undefined;
  return { heads, isWhole, status, framing, keepsAlive, headers, rest, body: body ?? reader.body.toString('latin1') };
}

function whole(text: string) {
  return read([Buffer.from(text, 'latin1')]);
}

/** The text cut at these places. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...new Set([...places.map((place) => place % bytes.length), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const OK = 'HTTP/1.1 200 OK\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

const GOOD: Readonly<Record<string, [answer: string, expected: object]>> = {
  'a length': [`${OK}${JSON_TYPE}Content-Length: 5\r\n\r\nhello`, { isWhole: true, body: 'hello', keepsAlive: true }],
  'length zero': [`${OK}content-length: 0\r\n\r\n`, { isWhole: true, body: '', keepsAlive: true }],
  'a body with line ends': [
    `${OK}content-length: 8\r\n\r\n\r\n\r\n\r\n\r\n`,
    { isWhole: true, body: '\r\n\r\n\r\n\r\n' },
  ],
  chunks: [
    `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0006;a="b;c"\r\n world\r\n0\r\n\r\n`,
    { isWhole: true, body: 'hello world', framing: 'chunked', keepsAlive: true, rest: 0 },
  ],
  'no chunk': [`${OK}transfer-encoding: Chunked\r\n\r\n0\r\n\r\n`, { isWhole: true, body: '' }],
  'sizes in both cases': [
    `${OK}transfer-encoding: chunked\r\n\r\na\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    { isWhole: true, body: '01234567890123456789' },
  ],
  trailers: [
    `${OK}transfer-encoding: chunked\r\n\r\n1 ; x\r\na\r\n0\r\nx-sum: 1\r\ny: 2\r\n\r\n`,
    { isWhole: true, body: 'a', rest: 0 },
  ],
  'no length': [`${OK}\r\nhello`, { isWhole: false, body: 'hello', framing: 'until close', keepsAlive: false }],
  'a close': [`${OK}connection: Keep-Alive, Close\r\ncontent-length: 1\r\n\r\na`, { isWhole: true, keepsAlive: false }],
  'HTTP/1.0': ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', { isWhole: true, keepsAlive: false }],
  'HTTP/1.0 that stays': [
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\na',
    { isWhole: true, keepsAlive: true },
  ],
  'no reason': ['HTTP/1.1 503\r\ncontent-length: 0\r\n\r\n', { isWhole: true, status: 503 }],
  'a status without body': ['HTTP/1.1 204 No Content\r\n\r\n', { isWhole: true, body: '', keepsAlive: true }],
  'not modified': ['HTTP/1.1 304 X\r\ncontent-length: 9\r\n\r\n', { isWhole: true, body: '', rest: 0 }],
  announcements: [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: 1\r\n\r\na`,
    { isWhole: true, status: 200, body: 'a', heads: [200] },
  ],
  'more than the answer': [`${OK}content-length: 1\r\n\r\nab${OK}`, { isWhole: true, body: 'a', rest: 1 + OK.length }],
  'more than the last chunk': [`${OK}transfer-encoding: chunked\r\n\r\n0\r\n\r\nX`, { isWhole: true, rest: 1 }],
  'an answer that goes on': [`${OK}content-length: 5\r\n\r\nhel`, { isWhole: false, body: 'hel' }],
  'the largest body': [`${OK}content-length: ${LIMIT}\r\n\r\n${'x'.repeat(LIMIT)}`, { isWhole: true }],
};

const chunked = (rest: string) => `${OK}transfer-encoding: chunked\r\n\r\n${rest}`;

const BAD: Readonly<Record<string, [answer: string, fault: TransportFault['fault']]>> = {
  'another protocol': ['SSH-2.0-OpenSSH\r\n', 'no HTTP'],
  'a TLS alert': ['\x15\x03\x03\x00\x02\x02\x46', 'no HTTP'],
  'lines before it': [`\r\n${OK}\r\n`, 'no HTTP'],
  'HTTP/2': ['HTTP/2.0 200 OK\r\n\r\n', 'no HTTP'],
  'HTTP/1.2': ['HTTP/1.2 200 OK\r\n\r\n', 'no HTTP'],
  'a status of two digits': ['HTTP/1.1 20 OK\r\n\r\n', 'no HTTP'],
  'a status of four digits': ['HTTP/1.1 2000 OK\r\n\r\n', 'no HTTP'],
  'a status of no class': ['HTTP/1.1 600 OK\r\n\r\n', 'no HTTP'],
  'two spaces before the status': ['HTTP/1.1  200 OK\r\n\r\n', 'no HTTP'],
  'lines that end in LF': ['HTTP/1.1 200 OK\ncontent-length: 0\n\n', 'no HTTP'],
  'CR inside a line': [`${OK}a: b\rc\r\n\r\n`, 'no HTTP'],
  'CR CR LF': [`${OK}a: b\r\r\n\r\n`, 'no HTTP'],
  'NUL in a value': [`${OK}a: \0\r\n\r\n`, 'no HTTP'],
  'DEL in a value': [`${OK}a: \x7f\r\n\r\n`, 'no HTTP'],
  'a header without colon': [`${OK}content-length\r\n\r\n`, 'no HTTP'],
  'a header without name': [`${OK}: 5\r\n\r\n`, 'no HTTP'],
  'a space before the colon': [`${OK}content-length : 5\r\n\r\nhello`, 'no HTTP'],
  'a line that goes on': [`${OK}a: b\r\n c\r\n\r\n`, 'no HTTP'],
  'a name beyond ASCII': [`${OK}\xe4: b\r\n\r\n`, 'no HTTP'],
  'a length with sign': [`${OK}content-length: +5\r\n\r\nhello`, 'no HTTP'],
  'a negative length': [`${OK}content-length: -5\r\n\r\nhello`, 'no HTTP'],
  'a hexadecimal length': [`${OK}content-length: 0x5\r\n\r\nhello`, 'no HTTP'],
  'an empty length': [`${OK}content-length:\r\n\r\nhello`, 'no HTTP'],
  'a list of lengths': [`${OK}content-length: 5, 5\r\n\r\nhello`, 'no HTTP'],
  'two lengths': [`${OK}content-length: 5\r\nContent-Length: 6\r\n\r\nhello`, 'no HTTP'],
  'a length beyond numbers': [`${OK}content-length: 99999999999999999999\r\n\r\n`, 'no HTTP'],
  'a length beyond the limit': [`${OK}content-length: ${LIMIT + 1}\r\n\r\n`, 'too large'],
  'length and chunks': [`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 'no HTTP'],
  'length and chunks without body': [
    'HTTP/1.1 204 X\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
    'no HTTP',
  ],
  'chunks of HTTP/1.0': ['HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'no HTTP'],
  'another coding': [`${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 'no HTTP'],
  'chunked twice': [`${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 'no HTTP'],
  'chunked after a vertical tab': [`${OK}transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n`, 'no HTTP'],
  'identity, which is no coding any more': [`${OK}transfer-encoding: identity\r\n\r\n`, 'no HTTP'],
  'a chunk without size': [chunked('\r\nhello'), 'no HTTP'],
  'a size that is none': [chunked('g\r\nhello'), 'no HTTP'],
  'a size with sign': [chunked('-1\r\nhello'), 'no HTTP'],
  'a size with prefix': [chunked('0x5\r\nhello\r\n0\r\n\r\n'), 'no HTTP'],
  'a size of too many digits': [chunked(`${'0'.repeat(20)}5\r\nhello`), 'no HTTP'],
  'a size that ends in LF': [chunked('5\nhello'), 'no HTTP'],
  'a chunk longer than it says': [chunked('5\r\nhello!\r\n0\r\n\r\n'), 'no HTTP'],
  'a chunk that ends in LF': [chunked('5\r\nhello\n0\r\n\r\n'), 'no HTTP'],
  'a chunk beyond the limit': [chunked('fffffffffffffff0\r\n'), 'too large'],
  'chunks that together are beyond the limit': [chunked(`1\r\na\r\n${LIMIT.toString(16)}\r\n`), 'too large'],
  'control characters in an extension': [chunked('5;\0\r\nhello\r\n0\r\n\r\n'), 'no HTTP'],
  'LF in an extension': [chunked('5;a\nhello\r\n0\r\n\r\n'), 'no HTTP'],
  'no end of extensions': [chunked('1;'.padEnd(20_000, 'x')), 'no HTTP'],
  'extensions of no end of chunks': [chunked(`1;${'x'.repeat(99)}\r\na\r\n`.repeat(170)), 'no HTTP'],
  'no end of trailers': [chunked(`0\r\n${'a: b\r\n'.repeat(5_000)}`), 'no HTTP'],
  'control characters in a trailer': [chunked('0\r\na: \0\r\n\r\n'), 'no HTTP'],
  'a body without length beyond the limit': [`${OK}\r\n${'x'.repeat(LIMIT + 1)}`, 'too large'],
  'no end of announcements': ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(9), 'no HTTP'],
  'another protocol from now on': ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n', 'no HTTP'],
  'no end of a head': [`${OK}a: ${'x'.repeat(40_000)}`, 'no HTTP'],
  'a large head': [`${OK}a: ${'x'.repeat(32_768)}\r\n\r\n`, 'no HTTP'],
  'many headers': [`${OK}${'a: b\r\n'.repeat(201)}\r\n`, 'no HTTP'],
};

describe('an answer is read', () => {
  it.each(Object.entries(GOOD))('with %s', (_what, [answer, expected]) => {
    expect(whole(answer)).toMatchObject(expected);
  });

  it('with names in lower case, values without spaces around them, and what came twice joined', () => {
    const { headers } = whole(`${OK}X-A:\t 1 \t\r\nx-b:\r\nx-a:2, 3\r\nx-c: \xa0\r\ncontent-length: 0\r\n\r\n`);
    expect([...(headers ?? [])]).toEqual([
      ['x-a', '1, 2, 3'],
      ['x-b', ''],
      ['x-c', '\xa0'],
      ['content-length', '0'],
    ]);
  });

  it('where its head is as large as it may be', () => {
    const head = `${OK}content-length: 0\r\na: `;
    const answer = `${head}${'x'.repeat(32_768 - head.length - 4)}\r\n\r\n`;
    expect(whole(answer)).toMatchObject({ isWhole: true });
    expect(read(cut(answer, [32_767]))).toMatchObject({ isWhole: true });
  });
});

describe('an answer is refused', () => {
  it.each(Object.entries(BAD))('with %s', (_what, [answer, fault]) => {
    expect(whole(answer)).toMatchObject({ fault });
  });

  it('by whoever looks at its head, before anything of its body is', () => {
    const refusal = new Error('not this one');
    for (const rest of ['content-length: 2000\r\n\r\n', 'transfer-encoding: chunked\r\n\r\nnonsense']) {
      const reader = new ResponseReader(LIMIT, () => {
        throw refusal;
      });
      expect(() => reader.take(Buffer.from(`${OK}${rest}`))).toThrow(refusal);
    }
  });
});

describe('how the bytes were cut makes no difference', () => {
  const answers = [...Object.values(GOOD), ...Object.values(BAD)].map(([answer]) => answer);

  it('at any one place, nor at all', () => {
    for (const answer of answers.filter(({ length }) => length < 500)) {
      const expected = whole(answer);
      for (let place = 1; place < answer.length; place++) expect(read(cut(answer, [place]))).toEqual(expected);
      expect(
        read(
          cut(
            answer,
            Array.from(answer, (_, index) => index),
          ),
        ),
      ).toEqual(expected);
    }
  });

  it('at any places', () => {
    const places = fc.array(fc.nat(50_000), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...answers), places, (answer, places) => {
        expect(read(cut(answer, places))).toEqual(whole(answer));
      }),
      { numRuns: 2_000 },
    );
  });

  it('whatever they are', () => {
    const parts =
      '\r\n|\r|\n| |:|;|,|0|5|a|hello|\0|HTTP/1.|1\r\na\r\n|0\r\n\r\n|content-length|transfer-encoding|chunked|' +
      `connection: close|HTTP/1.1 100 X\r\n\r\n|${JSON_TYPE}|${OK}|${OK}content-length: 5\r\n\r\n|${chunked('')}`;
    const part = fc.constantFrom(...parts.split('|'));
    const noise = fc.tuple(fc.constantFrom('', OK, chunked('')), fc.array(part, { maxLength: 12 }));
    fc.assert(
      fc.property(noise, fc.array(fc.nat(300), { maxLength: 10 }), ([start, parts], places) => {
        const answer = start + parts.join('') || ' ';
        const expected = whole(answer);
        expect(read(cut(answer, places))).toEqual(expected);
        // Only faults of its own: nothing else is thrown, whatever comes.
        if ('fault' in expected) expect(['no HTTP', 'too large']).toContain(expected.fault);
      }),
      { numRuns: 5_000 },
    );
  });

  it('for chunks of any sizes', () => {
    const pieces = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(2_000), { maxLength: 20 }), (pieces, places) => {
        const body = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
        const answer = read(cut(chunked(`${body}0\r\n\r\n`), places));
        expect(answer).toMatchObject({ isWhole: true, body: pieces.join(''), rest: 0 });
      }),
    );
  });
});

it('a body that comes in many small pieces takes no more than it is long, and time in proportion', () => {
  const reader = new ResponseReader(2_000_000, () => undefined);
  reader.take(Buffer.from(chunked('')));
  const piece = Buffer.from('1\r\na\r\n'.repeat(1_000));
  for (let count = 0; count < 1_000; count++) reader.take(piece);
  expect(reader.take(Buffer.from('0\r\n\r\n'))).toBe(5);
  expect(reader.body.length).toBe(1_000_000);
  expect(reader.body.buffer.byteLength).toBeLessThanOrEqual(2_000_000);
});
