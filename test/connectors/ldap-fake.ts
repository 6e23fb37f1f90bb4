import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Ber, BerReader, BerWriter, FilterParser } from 'ldapts';

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

/** Starts a directory of which only the answers to searches matter: for servers that cannot be had here. */
export async function startFakeDirectory(find: (search: FakeSearch) => readonly FakeEntry[]): Promise<FakeDirectory> {
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
    socket.write(done(id, 0x65));
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
  return message(id, 0x64, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [type, values] of Object.entries(attributes)) {
      writer.startSequence();
      writer.writeString(type);
      writer.startSequence(0x31);
      for (const value of values)
        if (typeof value === 'string') writer.writeString(value);
        else writer.writeBuffer(value, Ber.OctetString);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
}

function done(id: number, operation: number): Buffer {
  return message(id, operation, (writer) => {
    writer.writeEnumeration(0);
    writer.writeString('');
    writer.writeString('');
  });
}

function message(id: number, operation: number, write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  writer.endSequence();
  return writer.buffer;
}
