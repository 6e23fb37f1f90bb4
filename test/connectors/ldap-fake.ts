import { createServer, type AddressInfo, type Socket } from 'node:net';
import { BerReader, FilterParser } from 'ldapts';

/** An entry as the fake server holds it; attribute names as it would write them. */
export interface FakeEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}

/** A directory that answers any password, and every search with what `find` says. */
export interface FakeDirectory extends AsyncDisposable {
  readonly url: string;
  readonly searches: readonly FakeSearch[];
}

/** A search as the server understands it. */
export interface FakeSearch {
  readonly base: string;
  readonly isBase: boolean;
  readonly filter: string;
  readonly attributes: readonly string[];
}

const BIND = 0x60;
const SEARCH = 0x63;

/** How the server behaves besides. */
export interface FakeManners {
  /** Other servers that every search of a subtree refers to (RFC 4511, section 4.5.3). */
  readonly referrals?: readonly string[];
  /** Says after every page that there are more. */
  readonly isEndless?: boolean;
}

/** Starts a directory of which only the answers to searches matter: for servers that cannot be had here. */
export async function startFakeDirectory(
  find: (search: FakeSearch) => readonly FakeEntry[],
  { referrals = [], isEndless = false }: FakeManners = {},
): Promise<FakeDirectory> {
  const searches: FakeSearch[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, Buffer.from(data)]);
      for (let reader = new BerReader(rest); reader.readSequence() !== null; reader = new BerReader(rest)) {
        if (reader.length > reader.remain) return;
        rest = rest.subarray(reader.offset + reader.length);
        answer(socket, reader);
      }
    });
  });
  const answer = (socket: Socket, reader: BerReader): void => {
    const id = reader.readInt() ?? 0;
    const operation = reader.readSequence();
    if (operation === BIND) socket.write(done(id, 0x61));
    if (operation !== SEARCH) return;
    const base = reader.readString() ?? '';
    const isBase = reader.readEnumeration() === 0;
    reader.readEnumeration();
    reader.readInt();
    reader.readInt();
    reader.readBoolean();
    const filter = FilterParser.parse(reader).toString();
    const attributes: string[] = [];
    reader.readSequence();
    for (const end = reader.offset + reader.length; reader.offset < end;) attributes.push(reader.readString() ?? '');
    const search = { base, isBase, filter, attributes };
    searches.push(search);
    for (const entry of find(search)) socket.write(found(id, entry));
    if (!isBase) for (const url of referrals) socket.write(referral(id, url));
    socket.write(done(id, 0x65, isEndless && !isBase));
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`,
    searches,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function found(id: number, { dn, attributes }: FakeEntry): Buffer {
  const list = Object.entries(attributes).map(([type, values]) =>
    tlv(SEQUENCE, tlv(OCTETS, type), tlv(SET, ...values.map((value) => tlv(OCTETS, value)))),
  );
  return message(id, tlv(0x64, tlv(OCTETS, dn), tlv(SEQUENCE, ...list)));
}

function referral(id: number, url: string): Buffer {
  return message(id, tlv(0x73, tlv(OCTETS, url)));
}

function done(id: number, operation: number, isMore = false): Buffer {
  const result = tlv(operation, tlv(ENUMERATED, Buffer.of(0)), tlv(OCTETS, ''), tlv(OCTETS, ''));
  if (!isMore) return message(id, result);
  // The control that holds the cookie of the next page (RFC 2696).
  const cookie = tlv(SEQUENCE, tlv(INTEGER, Buffer.of(0)), tlv(OCTETS, 'more'));
  const control = tlv(SEQUENCE, tlv(OCTETS, '1.2.840.113556.1.4.319'), tlv(OCTETS, cookie));
  return message(id, result, tlv(0xa0, control));
}

function message(id: number, ...parts: readonly Buffer[]): Buffer {
  const number = Buffer.alloc(4);
  number.writeInt32BE(id);
  return tlv(SEQUENCE, tlv(INTEGER, number), ...parts);
}

const INTEGER = 0x02;
const OCTETS = 0x04;
const ENUMERATED = 0x0a;
const SEQUENCE = 0x30;
const SET = 0x31;

/** A value of BER with its length in four bytes; the library's writer ends at 16 MB. */
function tlv(tag: number, ...contents: readonly (string | Buffer)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.of(tag, 0x84, 0, 0, 0, 0);
  head.writeUInt32BE(content.length, 2);
  return Buffer.concat([head, content]);
}
