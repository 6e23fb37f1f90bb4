import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  contentOf,
  personOf,
  placeOf,
  replyOf,
  trimmed,
  type FakeContent,
  type FakePerson,
  type FakePlace,
  type FakeReply,
} from './jive-json.ts';

/** An answer in place of the fake's own. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The password of everybody, and the token of `admin`. */
export const PASSWORD = 'a-good-password';
export const TOKEN = 'a-good-token';

const API = 'api/core/v3/';
const START = Date.UTC(2024, 0, 1);
const HTML = '<!DOCTYPE html><html><body>Sign in</body></html>';
const KNOWN_TYPES = new Set(['discussion', 'post', 'idea', 'poll', 'announcement', 'document', 'file']);

/** A small Jive that keeps state: what people do in it shows in its answers as it does in the real one. */
export class FakeJive implements AsyncDisposable {
  readonly people = new Map<string, FakePerson>();
  readonly places = new Map<number, FakePlace>();
  readonly contents = new Map<number, FakeContent>();
  /** `GET contents?…`, below the API, in order; ` as <who>` where somebody is acted as. */
  readonly requests: string[] = [];
  /** Comes first; what it does not answer the fake does. */
  answer: (path: string) => FakeAnswer | undefined = () => undefined;
  /** What `jive.api.run_as.strategies` names. */
  strategies = new Set<string>();
  /** Releases differ in what they do with the header while no strategy is named. */
  ignoresRunAs = false;
  allowsGuests = false;
  /** Whether JSON begins as it does in older releases. */
  hasPrefix = true;
  showsMail = true;
  /** The origin of its links, where that is not the address it is asked at. */
  calledAt: string | undefined;
  readonly #server = createServer((request, reply) => this.#serve(request, reply));
  #ticks = 0;
  #lastId = 100;

  /** Starts on a free port of the loopback interface. */
  static async start(): Promise<FakeJive> {
    const fake = new FakeJive();
    fake.reset();
    await new Promise<void>((resolve) => void fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A new community: `admin`, and an open group under id 1. */
  reset(): void {
    for (const map of [this.people, this.places, this.contents]) map.clear();
    this.requests.length = 0;
    this.answer = () => undefined;
    this.person('admin', 'Administrator').isAdmin = true;
    this.group('General', 'OPEN');
  }

  person(username: string, name = username, mail = `${username.toLowerCase()}@kestrel.example`): FakePerson {
    const person = { id: this.people.size + 2_000, username, name, mail, isAdmin: false };
    this.people.set(username, person);
    return person;
  }

  group(name: string, groupType: string, members: readonly string[] = []): FakePlace {
    return this.place({ name, type: 'group', groupType, members: new Map(members.map((one) => [one, 'member'])) });
  }

  place(place: Partial<FakePlace> & { readonly name: string; readonly type: string }): FakePlace {
    const made = { members: new Map<string, string>(), id: this.places.size + 1, ...place };
    for (const name of made.members.keys()) if (!this.people.has(name)) this.person(name);
    this.places.set(made.id, made);
    return made;
  }

  content(subject: string, html: string, more: Partial<FakeContent> = {}): FakeContent {
    const at = this.now();
    const content: FakeContent = {
      id: ++this.#lastId,
      type: 'discussion',
      subject,
      html,
      author: 'ann',
      place: 1,
      visibility: 'place',
      users: [],
      status: 'published',
      published: at,
      activity: at,
      likes: 0,
      tags: [],
      isQuestion: false,
      options: [],
      replies: [],
      ...more,
    };
    for (const name of [content.author, ...content.users]) if (name !== '' && !this.people.has(name)) this.person(name);
    this.contents.set(content.id, content);
    return content;
  }

  reply(content: FakeContent, author: string, html: string): FakeReply {
    if (author !== '' && !this.people.has(author)) this.person(author);
    const published = this.now();
    const reply: FakeReply = {
      id: ++this.#lastId,
      author,
      html,
      published,
      likes: 0,
      isHelpful: false,
      isAnswer: false,
      status: 'published',
    };
    content.replies.push(reply);
    content.activity = published;
    return reply;
  }

  /** A minute a step, so that all dates differ. */
  now(): number {
    return START + 60_000 * this.#ticks++;
  }

  /** What Jive answers for a content. */
  shown(content: FakeContent): object {
    const place = content.place === undefined ? undefined : this.places.get(content.place);
    return contentOf(content, place, (name) => this.#personNamed(name), this.#api, this.url);
  }

  get #api(): string {
    return `${this.calledAt ?? this.url}${API}`;
  }

  #personNamed(name: string): object | undefined {
    const person = this.people.get(name);
    return person === undefined ? undefined : personOf(person, this.#api, this.url, this.showsMail);
  }

  #serve(request: IncomingMessage, reply: ServerResponse): void {
    request.resume();
    const url = new URL(request.url ?? '/', this.url);
    const isOfApi = url.pathname.startsWith(`/${API}`);
    const path = isOfApi ? `${url.pathname.slice(API.length + 1)}${url.search}` : url.pathname;
    const runAs = request.headers['x-jive-run-as'];
    this.requests.push(`${path}${runAs === undefined ? '' : ` as ${String(runAs)}`}`);
    const { status, headers, body } =
      this.answer(path) ?? (isOfApi ? this.#ordinary(request, url) : { status: 404, body: HTML });
    const isHtml = body?.startsWith('<') === true;
    const prefix = this.hasPrefix && !isHtml && status === 200 ? "throw 'allowIllegalResourceCall is false.';\n" : '';
    const type = isHtml ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
    reply.writeHead(status, { 'content-type': type, ...headers }).end(`${prefix}${body ?? ''}`);
  }

  #ordinary(request: IncomingMessage, url: URL): FakeAnswer {
    const caller = this.#callerOf(request);
    if (caller !== undefined && 'status' in caller) return caller;
    if (caller === undefined && !this.allowsGuests) return refusal(401, 'unauthorized', 'Authentication is required');
    const path = url.pathname.slice(API.length + 1);
    const query = url.searchParams;
    const one = (value: object | undefined, what: string): FakeAnswer =>
      value === undefined
        ? refusal(404, `${what}Missing`, `Missing ${what}`)
        : json(trimmed(value, query.get('fields')));
    if (path === 'people/@me') return one(caller && this.#personNamed(caller.username), 'person');
    const [, by, named] = /^people\/(?:(username|email)\/)?([^/]+)$/.exec(path) ?? [];
    if (named !== undefined) {
      const name = decodeURIComponent(named).toLowerCase();
      const person = [...this.people.values()].find(({ id, username, mail }) =>
        by === undefined ? String(id) === name : (by === 'username' ? username : mail).toLowerCase() === name,
      );
      return one(person && this.#personNamed(person.username), 'person');
    }
    if (path === 'places') return this.#places(url, caller);
    if (path === 'contents') return this.#contents(url, caller);
    const place = this.places.get(Number(/^members\/places\/(\d+)$/.exec(path)?.[1]));
    if (place !== undefined) {
      if (caller?.isAdmin !== true && !place.members.has(caller?.username ?? ''))
        return refusal(403, 'forbidden', 'You are not allowed to see the members');
      const rows = [...place.members].map(([name, state], index) => ({
        id: String(place.id * 1_000 + index),
        type: 'member',
        state,
        person: this.#personNamed(name),
      }));
      return this.#page(url, rows);
    }
    const [, id] = /^(?:messages\/)?contents\/(\d+)(?:\/comments)?$/.exec(path) ?? [];
    const content = this.contents.get(Number(id));
    if (content === undefined || !this.#mayRead(content, caller))
      return refusal(404, 'contentMissing', `Missing content ID ${id ?? ''}`);
    if (path === `contents/${id}`) return one(this.shown(content), 'content');
    if (path.startsWith('messages/') !== (content.type === 'discussion'))
      return refusal(400, 'badType', 'This object does not support it');
    return this.#page(
      url,
      content.replies.map((reply) => replyOf(reply, content, this.#personNamed(reply.author), this.#api)),
    );
  }

  /** Who asks, or is acted as; undefined for guests. */
  #callerOf(request: IncomingMessage): FakePerson | FakeAnswer | undefined {
    const authorization = request.headers.authorization ?? '';
    const basic = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
    const [, name, password] = /^([^:]*):(.*)$/.exec(basic) ?? [];
    const caller = this.people.get(authorization === `Bearer ${TOKEN}` ? 'admin' : (name ?? ''));
    if (authorization === '') return undefined;
    if (caller === undefined || (authorization.startsWith('Basic ') && password !== PASSWORD))
      return refusal(401, 'unauthorized', 'Invalid credentials');
    const header = request.headers['x-jive-run-as'];
    if (typeof header !== 'string') return caller;
    if (this.strategies.size === 0 && this.ignoresRunAs) return caller;
    if (this.strategies.size === 0) return refusal(403, 4048, 'Feature is disabled');
    if (!caller.isAdmin) return refusal(403, 4050, 'Not a full access admin');
    const [strategy = '', value = ''] = header.split(' ');
    if (!this.strategies.has(strategy)) return refusal(403, 4049, 'Unknown strategy');
    const found = [...this.people.values()].find(({ id, username, mail }) =>
      [`username ${username}`, `email ${mail}`, `userid ${id}`, `uri /people/${id}`].includes(`${strategy} ${value}`),
    );
    return found ?? refusal(403, 4052, 'No such user');
  }

  #mayRead(content: FakeContent, caller: FakePerson | undefined): boolean {
    const name = caller?.username ?? '';
    if (caller?.isAdmin === true || content.author === name) return true;
    if (content.visibility === 'hidden') return false;
    if (content.visibility === 'people') return content.users.includes(name);
    const place = content.place === undefined ? undefined : this.places.get(content.place);
    return this.#maySee(place, caller);
  }

  #maySee(place: FakePlace | undefined, caller: FakePerson | undefined): boolean {
    if (caller?.isAdmin === true || place === undefined) return true;
    const parent = this.places.get(Number(/^\/places\/(\d+)$/.exec(place.parent ?? '')?.[1]));
    if (parent !== undefined) return this.#maySee(parent, caller);
    return place.type !== 'group' || place.groupType === 'OPEN' || place.members.has(caller?.username ?? '');
  }

  #places(url: URL, caller: FakePerson | undefined): FakeAnswer {
    const types = filtersOf(url)?.get('type');
    const rows = [...this.places.values()]
      .filter(({ type }) => types?.includes(type) !== false)
      .map((place) => (this.#maySee(place, caller) ? placeOf(place, this.#api, this.url) : undefined));
    return this.#page(url, rows);
  }

  #contents(url: URL, caller: FakePerson | undefined): FakeAnswer {
    const filters = filtersOf(url);
    const types = filters?.get('type');
    const status = filters?.get('status');
    if (filters === undefined || types?.some((type) => !KNOWN_TYPES.has(type)) === true)
      return refusal(400, 'badFilter', 'Invalid filter');
    const isByActivity = url.searchParams.get('sort') === 'latestActivityDesc';
    const rows = [...this.contents.values()]
      .filter((content) => types?.includes(content.type) !== false && status?.includes(content.status) !== false)
      .sort((a, b) => (isByActivity ? b.activity - a.activity : a.published - b.published) || a.id - b.id)
      .map((content) => (this.#mayRead(content, caller) ? this.shown(content) : undefined));
    return this.#page(url, rows);
  }

  /** A page: cut first, and what may not be seen is taken out of it then. */
  #page(url: URL, all: readonly (object | undefined)[]): FakeAnswer {
    const start = Number(url.searchParams.get('startIndex') ?? 0);
    const count = Math.min(Number(url.searchParams.get('count') ?? 25), 100);
    const some = all.slice(start, start + count);
    const next = new URL(url.pathname + url.search, this.calledAt ?? this.url);
    next.searchParams.set('startIndex', String(start + count));
    const fields = url.searchParams.get('fields');
    const list = some.filter((row) => row !== undefined).map((row) => trimmed(row, fields));
    const links = some.length === count && all.length > start + count ? { links: { next: next.href } } : {};
    return json({ itemsPerPage: count, ...links, list, startIndex: start });
  }
}

/** Filters by name, their escapes undone; undefined when one is written wrongly or comes twice. */
function filtersOf(url: URL): Map<string, string[]> | undefined {
  const filters = new Map<string, string[]>();
  for (const written of url.searchParams.getAll('filter')) {
    const [, name, values] = /^(\w+)\(((?:\\.|[^\\()])*)\)$/.exec(written) ?? [];
    if (name === undefined || values === undefined || filters.has(name)) return undefined;
    filters.set(
      name,
      (values.match(/(?:\\.|[^\\,])+/g) ?? []).map((value) => value.replaceAll(/\\(.)/g, '$1')),
    );
  }
  return filters;
}

function json(value: unknown): FakeAnswer {
  return { status: 200, body: JSON.stringify(value, undefined, 2) };
}

/** What Jive answers when it refuses. */
export function refusal(status: number, code: string | number, message: string): FakeAnswer {
  return { status, body: JSON.stringify({ error: { status, code, message } }) };
}
