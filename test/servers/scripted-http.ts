import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A request as it came over the wire. */
export interface RawRequest {
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** Which connection it came over, from 1. */
  readonly connection: number;
}

/** A server on the loopback interface that answers with the bytes it is told, whether or not they are HTTP. */
export class ScriptedHttp implements AsyncDisposable {
  readonly requests: RawRequest[] = [];
  /** Connections there were. */
  connections = 0;
  /** What happens with a request that came whole. */
  answer: (request: RawRequest) => void;
  readonly #open = new Set<Socket>();
  readonly #onConnection: (socket: Socket) => void;
  readonly #server = createServer({ noDelay: true }, (socket) => this.#serve(socket));

  private constructor(answer: (request: RawRequest) => void, onConnection: (socket: Socket) => void) {
    this.answer = answer;
    this.#onConnection = onConnection;
  }

  /** @param onConnection what happens with a connection before any request */
  static async start(
    answer: string | ((request: RawRequest) => void),
    onConnection: (socket: Socket) => void = () => undefined,
  ): Promise<ScriptedHttp> {
    const script =
      typeof answer === 'string' ? ({ socket }: RawRequest) => void socket.write(answer, 'latin1') : answer;
    const server = new ScriptedHttp(script, onConnection);
    await new Promise<void>((resolve) => void server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/graphql?a=b`);
  }

  /** Connections that are open. */
  get open(): ReadonlySet<Socket> {
    return this.#open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => void this.#server.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    const connection = ++this.connections;
    let bytes = Buffer.alloc(0);
    this.#open.add(socket);
    socket
      .on('error', () => undefined)
      .on('close', () => this.#open.delete(socket))
      .on('data', (piece) => {
        bytes = Buffer.concat([bytes, piece]);
        const end = bytes.indexOf('\r\n\r\n') + 4;
        const head = bytes.toString('latin1', 0, end);
        const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? Number.NaN);
        if (end < 4 || bytes.length < end + length) return;
        const request = { head, body: bytes.toString('utf8', end, end + length), socket, connection };
        bytes = bytes.subarray(end + length);
        this.requests.push(request);
        this.answer(request);
      });
    this.#onConnection(socket);
  }
}
