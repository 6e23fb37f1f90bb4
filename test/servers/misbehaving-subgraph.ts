import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What must never reach a client: where the subgraph is, how it is made, and what it says. */
export const CANARY = 'upstream-canary at forum.internal.example:8443 (/srv/app/resolvers.js:12:7)';

/** Does to a request what the subgraph would not; `truth` asks the subgraph itself. */
type Misbehaviour = (reply: ServerResponse, truth: () => Promise<string>) => void | Promise<void>;

/** Large enough for a memory that would keep it. */
const HUGE = 200 * 1024 ** 2;
/** A hundred thousand of them. */
const ENDLESS_ERRORS = `{"data":null,"errors":[${'{},'.repeat(100_000)}{}]}`;
const CHUNK = Buffer.alloc(1024 ** 2, 0x20);

function json(reply: ServerResponse, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  reply.writeHead(200, { 'content-type': 'application/json', ...headers });
  reply.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function status(code: number, headers: Readonly<Record<string, string>> = {}): Misbehaviour {
  return (reply) =>
    void reply.writeHead(code, { 'content-type': 'text/html', ...headers }).end(`<html><body>${CANARY}</body></html>`);
}

/** Replaces every value inside by what is no such value. */
function twisted(value: unknown): unknown {
  if (Array.isArray(value)) return { 0: CANARY };
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, twistedLeaf(each)]));
  }
  return twistedLeaf(value);
}

function twistedLeaf(value: unknown): unknown {
  if (typeof value === 'string') return { text: CANARY };
  if (typeof value === 'number') return [CANARY];
  if (typeof value === 'boolean') return { flag: CANARY };
  return twisted(value);
}

async function writeAll(reply: ServerResponse, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !reply.destroyed; sent += CHUNK.length) {
    if (!reply.write(CHUNK)) await Promise.race([once(reply, 'drain'), once(reply, 'close')]);
  }
}

function once(reply: ServerResponse, event: string): Promise<void> {
  return new Promise((resolve) => void reply.once(event, () => resolve()));
}

/** All ways in which a subgraph can misbehave while somebody listens at its address. */
export const MISBEHAVIOURS = {
  'never answers': () => {},
  drips: async (reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' });
    reply.write('{"data":');
    while (!reply.destroyed) {
      reply.write(' ');
      await wait(20);
    }
  },
  'answers 500': status(500),
  'answers 503': status(503),
  'answers 429 for long': status(429, { 'retry-after': '3600' }),
  'answers 401': status(401),
  'answers HTML': status(200),
  'answers garbage': (reply) => void reply.socket?.end(`\u0001\u0002 ${CANARY}\r\n\r\n`),
  'answers no JSON': (reply) => json(reply, `{"data": ${CANARY}`),
  'answers nothing': (reply) => json(reply, ''),
  'breaks off': async (reply, truth) => {
    const text = await truth();
    reply.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    reply.write(text.slice(0, text.length / 2));
    await wait(5);
    reply.socket?.destroy();
  },
  resets: (reply) => void reply.socket?.resetAndDestroy(),
  'has a huge header': (reply) => json(reply, '{"data":{}}', { 'x-large': 'x'.repeat(100_000) }),
  'answers {}': (reply) => json(reply, {}),
  'answers [] and null': (reply) => json(reply, '[null]'),
  'answers data: null': (reply) => json(reply, { data: null }),
  'is slow': async (reply, truth) => {
    await wait(4_000);
    json(reply, await truth());
  },
  'nests deep': (reply) => json(reply, `{"data":${'{"a":['.repeat(50_000)}1${']}'.repeat(50_000)}}`),
  'nests deep where it was asked': async (reply, truth) => {
    const deep = `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`;
    json(reply, (await truth()).replace(/"data":\{"([^"]+)":/, `"data":{"deep":${deep},"$1":`));
  },
  'answers wrong types': async (reply, truth) => {
    const answer = JSON.parse(await truth()) as { data: Record<string, unknown> };
    json(reply, { data: Object.fromEntries(Object.entries(answer.data).map(([key, each]) => [key, twisted(each)])) });
  },
  'poisons errors': (reply) =>
    json(reply, {
      data: null,
      errors: [
        { message: CANARY, path: [CANARY, '__proto__', 3], extensions: { code: CANARY, stack: CANARY } },
        { message: CANARY, path: CANARY, extensions: { code: 'INTERNAL_SERVER_ERROR', exception: { cause: CANARY } } },
        { message: { toString: CANARY }, locations: CANARY, extensions: { code: 'BAD_USER_INPUT' } },
        { message: CANARY, extensions: { code: 'constructor' } },
        { message: CANARY, path: ['_entities', 1e9, CANARY], extensions: { code: 'SUBGRAPH_ERROR' } },
        null,
        CANARY,
      ],
    }),
  'gives no end of errors': (reply) => json(reply, ENDLESS_ERRORS),
  'adds extensions': (reply) =>
    json(reply, { data: null, errors: [{ message: CANARY }], extensions: { trace: CANARY, stale: CANARY } }),
  'has __proto__ keys': async (reply, truth) => {
    const poison = `"__proto__":{"polluted":"${CANARY}","title":"${CANARY}"},"constructor":{"prototype":{"polluted":1}}`;
    json(reply, (await truth()).replaceAll('{', `{${poison},`).replaceAll(',}', '}'));
  },
  redirects: status(302, { location: 'http://elsewhere.internal.example:8443/graphql' }),
  'sends 200 MB': async (reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' });
    await writeAll(reply, HUGE);
    reply.end('{"data":{}}');
  },
  'sends a gzip bomb': (reply) => {
    const packed = gzipSync(CHUNK);
    reply.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    reply.end(Buffer.concat(Array.from({ length: HUGE / CHUNK.length }, () => packed)));
  },
  'packs garbage': (reply) => json(reply, CANARY, { 'content-encoding': 'gzip' }),
  'packs as nobody asked': (reply) => {
    reply.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'constructor' });
    reply.end(gzipSync('{"data":{}}'));
  },
  'sends 50 MB of text': async (reply) => {
    reply.writeHead(200, { 'content-type': 'text/plain' });
    await writeAll(reply, HUGE / 4);
    reply.end();
  },
} satisfies Readonly<Record<string, Misbehaviour>>;

/** The name of a way to misbehave. */
export type MisbehaviourName = keyof typeof MISBEHAVIOURS | 'is not there';

/** Stands before a subgraph, on the loopback interface: passes on what it is asked, until told to misbehave. */
export class MisbehavingSubgraph implements AsyncDisposable {
  /** Requests that came. */
  asked = 0;
  /** Those of them that are under way, and the most there were at once. */
  open = 0;
  mostOpen = 0;
  /** Headers of the last one. */
  headers: IncomingMessage['headers'] = {};
  readonly #origin: string;
  readonly #server = createServer((request, reply) => void this.#serve(request, reply));
  readonly #sockets = new Set<Socket>();
  /** Which requests are answered in which way; undefined for well. */
  #choose: () => Misbehaviour | undefined = () => undefined;
  #port = 0;

  private constructor(origin: string) {
    this.#origin = origin;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param origin where the subgraph itself is */
  static async start(origin: string): Promise<MisbehavingSubgraph> {
    const server = new MisbehavingSubgraph(origin);
    await server.#listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Misbehaves from now on; or, with `share`, on that part of the requests. */
  async misbehave(name: MisbehaviourName, share = 1): Promise<void> {
    if (name === 'is not there') {
      this.#server.close();
      for (const socket of this.#sockets) socket.destroy();
      return;
    }
    const misbehaviour: Misbehaviour = MISBEHAVIOURS[name];
    this.#choose = () => (Math.random() < share ? misbehaviour : undefined);
  }

  /** Answers all requests in a way of the caller's own. */
  answerWith(misbehaviour: Misbehaviour): void {
    this.#choose = () => misbehaviour;
  }

  /** Is as the subgraph is again. */
  async mend(): Promise<void> {
    this.#choose = () => undefined;
    if (!this.#server.listening) await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => void this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    this.asked++;
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    reply.once('close', () => this.open--);
    this.headers = request.headers;
    reply.on('error', () => undefined);
    try {
      const body = await buffer(request);
      const truth = () => this.#ask(request, body);
      const misbehave = this.#choose();
      if (misbehave) await misbehave(reply, truth);
      else json(reply, await truth());
    } catch {
      reply.destroy();
    }
  }

  async #ask({ url = '/', headers }: IncomingMessage, body: Buffer): Promise<string> {
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...rest } = headers;
    const answer = await fetch(new URL(url, this.#origin), {
      method: 'POST',
      headers: rest as Record<string, string>,
      body: new Uint8Array(body),
    });
    return answer.text();
  }
}
