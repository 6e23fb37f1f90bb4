import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

/** What the tests' token is. */
export const TOKEN = 'a token of the tests';

/** The schema extension for companies. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** A user or group as a client of the server writes it. */
export type ScimResource = Readonly<Record<string, unknown>>;

interface Stored extends ScimResource {
  readonly id: string;
  readonly meta: { readonly created: string; readonly lastModified: string };
}

/** What a test has the server answer in place of its own. */
export interface ScimAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body: unknown;
}

/** What is asked for, as tests see it. */
export interface ScimRequest {
  /** Below the base address: `/Users`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What SCIMMY hands to the functions that hold the data. */
interface Asked {
  readonly id?: string;
  readonly filter?: { match(list: readonly unknown[]): Stored[] };
}

const BASE = '/scim/v2';

/**
 * A SCIM server: SCIMMY's protocol and schemas over data in memory. It is one per process by its design, and so each
 * request carries the server it is for.
 */
export class ScimServer {
  readonly url: string;
  readonly users = new Map<string, Stored>();
  readonly groups = new Map<string, Stored>();
  /** Everything that was asked for since the start. */
  readonly requests: ScimRequest[] = [];
  /** Answers in the server's place, where it gives anything. */
  answer: ((request: ScimRequest) => ScimAnswer | undefined) | undefined;
  /** Changes an answer of the server. */
  twist: ((body: Record<string, unknown>, request: ScimRequest) => unknown) | undefined;
  /** Whether the filter that was asked for is applied: SCIMMY leaves that to the application. */
  isFiltering = true;
  /** What the clock of the server says. */
  now = (): Date => new Date();
  readonly #http: Server;
  #count = 0;

  private constructor(http: Server) {
    this.#http = http;
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}${BASE}`;
  }

  /** Starts an empty server on a free port. */
  static async start(): Promise<ScimServer> {
    declare();
    const app = express();
    app.disable('x-powered-by');
    const http = createServer(app);
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
    const server = new ScimServer(http);
    app.use(BASE, (request, response, next) => {
      if (request.method !== 'GET') {
        next();
        return;
      }
      const [path = '', query = ''] = request.url.split('?');
      const asked: ScimRequest = { path, query: new URLSearchParams(query) };
      server.requests.push(asked);
      const answer = server.answer?.(asked);
      if (answer !== undefined) {
        response.status(answer.status ?? 200).set(answer.headers ?? {});
        response.send(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
        return;
      }
      const send = response.send.bind(response);
      response.send = (body: unknown) => {
        if (server.twist === undefined || typeof body !== 'object' || body === null) return send(body);
        response.send = send;
        return send(server.twist(JSON.parse(JSON.stringify(body)) as Record<string, unknown>, asked));
      };
      next();
    });
    app.use(
      BASE,
      new SCIMMYRouters({
        type: 'bearer',
        handler: (request: { header(name: string): string | undefined }) => {
          if (request.header('Authorization') !== `Bearer ${TOKEN}`) throw new Error('Who is it?');
          return 'the client';
        },
        context: () => server,
      }),
    );
    return server;
  }

  /** Writes to the server as an identity provider does, over HTTP. @returns what the server made of it. */
  async write(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: ScimResource): Promise<{ id: string }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/scim+json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? { id: '' } : JSON.parse(text)) as { id: string };
  }

  /** Adds a user. @returns the id. */
  async addUser(user: ScimResource): Promise<string> {
    const schemas = [SCIMMY.Schemas.User.definition.id, ...(ENTERPRISE in user ? [ENTERPRISE] : [])];
    return (await this.write('POST', '/Users', { schemas, ...user })).id;
  }

  /** Adds a group. @returns the id. */
  async addGroup(group: ScimResource): Promise<string> {
    return (await this.write('POST', '/Groups', { schemas: [SCIMMY.Schemas.Group.definition.id], ...group })).id;
  }

  /** Changes some attributes of a user or group. */
  async patch(path: string, value: ScimResource): Promise<void> {
    await this.write('PATCH', path, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value }],
    });
  }

  /** Requests of lists since the last look, as `Users` or `Users filter=…`. */
  lists(): string[] {
    return this.requests.splice(0).flatMap(({ path, query }) => {
      if (path !== '/Users' && path !== '/Groups') return [];
      const how = ['filter', 'attributes'].flatMap((name) => (query.has(name) ? [` by ${name}`] : []));
      return [`${path.slice(1)}${how.join('')}`];
    });
  }

  /** A page of users as most servers give it: SCIMMY starts over past the end, and takes its time over thousands. */
  page({ query }: ScimRequest): ScimAnswer {
    const [, since = ''] = /gt "(.*)"/.exec(query.get('filter') ?? '') ?? [];
    const all = [...this.users.values()].filter(({ meta }) => meta.lastModified > since);
    const from = Number(query.get('startIndex')) - 1;
    return { body: { totalResults: all.length, Resources: all.slice(from, from + Number(query.get('count'))) } };
  }

  /** What the application behind SCIMMY does when something is read. */
  read(of: Map<string, Stored>, { id, filter }: Asked): Stored | Stored[] | undefined {
    if (id !== undefined) return of.get(id);
    const all = [...of.values()];
    return filter !== undefined && this.isFiltering ? filter.match(all) : all;
  }

  /** What it does when something is written. */
  store(of: Map<string, Stored>, { id = this.#newId() }: Asked, data: object): Stored {
    const now = this.now().toISOString();
    const created = of.get(id)?.meta.created ?? now;
    const stored = { ...(JSON.parse(JSON.stringify(data)) as object), id, meta: { created, lastModified: now } };
    of.set(id, stored);
    return stored;
  }

  /** Ids whose case tells them apart, as Okta has them. */
  #newId(): string {
    this.#count++;
    return `00u${this.#count.toString(36)}aB`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => void this.#http.close(resolve));
  }
}

let isDeclared = false;
function declare(): void {
  if (isDeclared) return;
  isDeclared = true;
  SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
  const handlers = (data: (server: ScimServer) => Map<string, Stored>) => ({
    egress: (asked: Asked, server: ScimServer) => server.read(data(server), asked),
    ingress: (asked: Asked, written: object, server: ScimServer) => server.store(data(server), asked, written),
    degress: ({ id = '' }: Asked, server: ScimServer) => {
      if (!data(server).delete(id)) throw new Error(`There is no ${id}.`);
    },
  });
  const { Resources } = SCIMMY as unknown as {
    Resources: { declare(resource: unknown, handlers: object): void; User: unknown; Group: unknown };
  };
  Resources.declare(
    Resources.User,
    handlers(({ users }) => users),
  );
  Resources.declare(
    Resources.Group,
    handlers(({ groups }) => groups),
  );
}
