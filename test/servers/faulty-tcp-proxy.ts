import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';

/**
 * The place at which a server goes wrong: how many bytes of all that it said on a connection still arrive. Undefined
 * while that place has not come.
 */
export type Place = (said: Buffer) => number | undefined;

/** What a server gone wrong does to who is connected. `rest` is what it would have said from there on. */
export type TcpMisbehaviour = (client: Socket, rest: Readable, said: Buffer, proxy: FaultyTcpProxy) => void;

/** When a server goes wrong, and how. */
export interface TcpSpell {
  readonly at: Place;
  readonly misbehave: TcpMisbehaviour;
}

/** Stands before a server on the loopback interface, passes bytes on, and misbehaves on order. */
export class FaultyTcpProxy implements AsyncDisposable {
  /** Connections misbehaved on since the last `break` or `mend`. */
  misbehaved = 0;
  /** What the server said on the last connection, as far as it was passed on. */
  said = Buffer.alloc(0);
  readonly #target: number;
  readonly #clients = new Set<Socket>();
  readonly #server = createServer((client) => this.#serve(client));
  #spell: TcpSpell | undefined;
  #port = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** @param target the server's port. */
  static async start(target: number): Promise<FaultyTcpProxy> {
    const proxy = new FaultyTcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** How many are connected. */
  get connected(): number {
    return this.#clients.size;
  }

  /** Misbehaves from now on, on every new connection. */
  break(spell: TcpSpell): void {
    this.#spell = spell;
    this.misbehaved = 0;
  }

  /** Is as the server is again. */
  async mend(): Promise<void> {
    this.#spell = undefined;
    this.misbehaved = 0;
    for (const client of this.#clients) client.destroy();
    if (!this.#server.listening) await this.#listen();
  }

  /** Refuses connections, until mended. */
  stop(): void {
    this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #serve(client: Socket): void {
    const spell = this.#spell;
    const server = connect(this.#target, '127.0.0.1');
    let said = Buffer.alloc(0);
    let rest: PassThrough | undefined;
    const goOn = (data: Buffer): void => {
      const before = said.length;
      said = this.said = Buffer.concat([said, data]);
      const at = spell?.at(said);
      if (spell === undefined || at === undefined || at > said.length) {
        if (data.length > 0) client.write(data);
        return;
      }
      const kept = Math.max(before, at);
      if (kept > before) client.write(said.subarray(before, kept));
      rest = new PassThrough();
      rest.write(said.subarray(kept));
      this.misbehaved++;
      spell.misbehave(client, rest, said, this);
    };
    this.#clients.add(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    server.on('data', (data: Buffer) => void (rest === undefined ? goOn(data) : rest.write(data)));
    server.on('end', () => (rest === undefined ? client.end() : rest.end()));
    client.on('data', (data) => server.write(data));
    client.on('close', () => {
      this.#clients.delete(client);
      server.destroy();
    });
    // What goes wrong before the server has said a word.
    goOn(Buffer.alloc(0));
  }
}
