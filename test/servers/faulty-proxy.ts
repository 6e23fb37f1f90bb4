import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request as it came. */
export interface ProxyRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the tool answered. */
export interface ProxyAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Does to a request what the tool would not: answers it by itself, or never. `truth` is the tool's own answer. */
export type Misbehaviour = (
  reply: ServerResponse,
  truth: () => Promise<ProxyAnswer>,
  proxy: FaultyProxy,
) => void | Promise<void>;

/** Which requests are misbehaved on. */
export interface Spell {
  readonly misbehave: Misbehaviour;
  /** So many requests are answered well before. */
  readonly after?: number;
  /** So many are misbehaved on; without it all that follow. */
  readonly times?: number;
  /** So long after the first one; without it until mended. */
  readonly forMs?: number;
  /** Only these; the others are answered well, and not counted. */
  readonly only?: ((request: ProxyRequest) => boolean) | undefined;
}

/** Misbehaves on nothing. */
const NONE: Spell = { misbehave: () => {}, times: 0 };

/** How a proxy passes answers on. */
export interface ProxyOptions {
  /** Writes its own address into bodies in place of the tool's: for tools that give absolute links. */
  readonly rewrites?: boolean;
}

/** Headers that belong to one connection, or to a body as it was packed. */
const OWN = new Set(['connection', 'content-encoding', 'content-length', 'host', 'keep-alive', 'transfer-encoding']);

/** A tool whose answers are remembered: asked the same again, it says the same, however slow it is itself. */
export class RememberedTool {
  readonly origin: string;
  readonly path: string;
  readonly #answers = new Map<string, Promise<ProxyAnswer>>();

  constructor(url: string) {
    const { origin, pathname } = new URL(url);
    this.origin = origin;
    this.path = pathname;
  }

  ask(request: ProxyRequest): Promise<ProxyAnswer> {
    const key = JSON.stringify(request);
    const known = this.#answers.get(key) ?? this.#fetch(request);
    this.#answers.set(key, known);
    return known;
  }

  async #fetch({ method, path, headers, body }: ProxyRequest): Promise<ProxyAnswer> {
    const answer = await fetch(new URL(path, this.origin), {
      method,
      headers,
      redirect: 'manual',
      ...(body === '' ? {} : { body }),
    });
    return {
      status: answer.status,
      headers: [...answer.headers].filter(([name]) => !OWN.has(name)),
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }
}

/** Stands before a tool on the loopback interface, and misbehaves on order. */
export class FaultyProxy implements AsyncDisposable {
  /** All requests since the last `break` or `mend`. */
  asked = 0;
  /** Those of them that the spell is about. */
  counted = 0;
  /** Those of them that were misbehaved on. */
  misbehaved = 0;
  readonly #tool: RememberedTool;
  readonly #options: ProxyOptions;
  readonly #server = createServer((request, reply) => void this.#serve(request, reply));
  #spell = NONE;
  #since: number | undefined;
  #port = 0;

  private constructor(tool: RememberedTool, options: ProxyOptions) {
    this.#tool = tool;
    this.#options = options;
  }

  static async start(tool: RememberedTool, options: ProxyOptions = {}): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(tool, options);
    await proxy.#listen();
    return proxy;
  }

  /** What the tool's address is by way of the proxy. */
  get url(): string {
    return `${this.#origin}${this.#tool.path}`;
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Misbehaves from now on. */
  break(spell: Spell): void {
    this.#spell = spell;
    this.#since = undefined;
    this.asked = this.misbehaved = this.counted = 0;
  }

  /** Is as the tool is again. */
  async mend(): Promise<void> {
    this.break(NONE);
    this.#server.closeAllConnections();
    if (!this.#server.listening) await this.#listen();
  }

  /** Refuses connections, until mended. */
  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => void this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
    try {
      const headers = Object.entries(incoming.headers).filter(([name]) => !OWN.has(name));
      const request: ProxyRequest = {
        method: incoming.method ?? 'GET',
        path: this.#translated(incoming.url ?? '/', this.#origin, this.#tool.origin),
        headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
        body: this.#translated((await buffer(incoming)).toString('utf8'), this.#origin, this.#tool.origin),
      };
      this.asked++;
      const truth = async (): Promise<ProxyAnswer> => this.#asOwn(await this.#tool.ask(request));
      if (this.#isBroken(request)) await this.#spell.misbehave(reply, truth, this);
      else send(reply, await truth());
    } catch {
      reply.destroy();
    }
  }

  #isBroken(request: ProxyRequest): boolean {
    const { after = 0, times = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY, only } = this.#spell;
    if (only?.(request) === false) return false;
    const place = this.counted++;
    if (place < after || place >= after + times) return false;
    this.#since ??= performance.now();
    if (performance.now() - this.#since >= forMs) return false;
    this.misbehaved++;
    return true;
  }

  #asOwn(answer: ProxyAnswer): ProxyAnswer {
    const translate = (text: string): string => this.#translated(text, this.#tool.origin, this.#origin);
    return {
      ...answer,
      headers: answer.headers.map(([name, value]) => [name, name === 'location' ? translate(value) : value]),
      body: this.#options.rewrites === true ? Buffer.from(translate(answer.body.toString('utf8'))) : answer.body,
    };
  }

  #translated(text: string, from: string, to: string): string {
    // JSON may write its slashes with a backslash.
    return text.replaceAll(from, to).replaceAll(from.replaceAll('/', '\\/'), to.replaceAll('/', '\\/'));
  }
}

/** Sends an answer as it is; more than one header may have the same name. */
export function send(reply: ServerResponse, { status, headers, body }: ProxyAnswer): void {
  for (const [name, value] of headers) reply.appendHeader(name, value);
  reply.writeHead(status).end(body);
}
