import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  listedOf,
  postOf,
  privilegesOf,
  recentOf,
  rowOf,
  type FakeCategory,
  type FakePost,
  type FakeTopic,
  type FakeUser,
  type FakeUsers,
} from './nodebb-json.ts';

/** An answer in place of the fake's own. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The master token that the fake takes. */
export const TOKEN = 'a-master-token';

const PAGE = 20;
const START = Date.UTC(2024, 0, 1);
const SYSTEM = ['registered-users', 'verified-users', 'banned-users', 'guests', 'spiders', 'fediverse'];
/** Groups that may read a category when nothing else is said. */
export const PUBLIC = ['registered-users', 'guests', 'spiders', 'fediverse'];

/** A small NodeBB that keeps state: what people do in it shows in its answers as it does in the real one. */
export class FakeNodebb implements AsyncDisposable {
  readonly categories = new Map<number, FakeCategory>();
  readonly topics = new Map<number, FakeTopic>();
  readonly users: FakeUsers = new Map();
  readonly groups = new Set<string>();
  /** `GET /api/self?…`, in order. */
  readonly requests: string[] = [];
  /** Tokens that count, by the user they act as; 0 may act as anybody. */
  readonly tokens = new Map([[TOKEN, 0]]);
  /** Comes first; what it does not answer the fake does. */
  answer: (path: string) => FakeAnswer | undefined = () => undefined;
  readonly #server = createServer((request, reply) => this.#serve(request, reply));
  #ticks = 0;
  #lastPost = 0;

  /** Starts on a free port of the loopback interface. */
  static async start(): Promise<FakeNodebb> {
    const fake = new FakeNodebb();
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

  /** A new forum: the category "General" under id 1, and the administrator, user 1. */
  reset(): void {
    for (const all of [this.categories, this.topics, this.users, this.groups]) all.clear();
    this.requests.length = 0;
    this.answer = () => undefined;
    for (const name of [...SYSTEM, 'Global Moderators']) this.groups.add(name);
    this.user('admin', { isAdmin: true });
    this.category('General');
  }

  user(username: string, more: Partial<FakeUser> = {}): FakeUser {
    const uid = Math.max(0, ...this.users.keys()) + 1;
    const userslug = username.toLowerCase().replaceAll(/[\s!-'*-,/:-@[-^`{-~]+/g, '-');
    const email = `${userslug}@kestrel.example`;
    const plain = {
      fullname: '',
      email,
      isConfirmed: true,
      isAdmin: false,
      isBanned: false,
      groups: [],
      reputation: 0,
      lastonline: 0,
    };
    const user = { uid, username, userslug, ...plain, ...more };
    this.users.set(uid, user);
    return user;
  }

  /** The user of a name, who joins if there is none. */
  named(username: string): FakeUser {
    return this.users.values().find((user) => user.username === username) ?? this.user(username);
  }

  category(name: string, groups: readonly string[] = PUBLIC): FakeCategory {
    for (const group of groups) this.groups.add(group);
    const cid = Math.max(0, ...this.categories.keys()) + 1;
    const category = { cid, name, groups: [...groups], users: [], isDisabled: false };
    this.categories.set(cid, category);
    return category;
  }

  topic(title: string, content: string, more: Partial<FakeTopic> & { readonly author?: string } = {}): FakeTopic {
    const { author = 'Ann', ...rest } = more;
    const flags = { isDeleted: false, isScheduled: false, isPinned: false, isQuestion: false };
    const topic: FakeTopic = {
      tid: rest.tid ?? Math.max(0, ...this.topics.keys()) + 1,
      cid: 1,
      uid: this.named(author).uid,
      title,
      timestamp: START + 1_000 * this.#ticks,
      tags: [],
      posts: [],
      ...flags,
      solvedPid: undefined,
      views: 0,
      ...rest,
    };
    this.topics.set(topic.tid, topic);
    this.reply(topic, author, content);
    return topic;
  }

  /** A second a step, so that all dates differ. */
  reply(topic: FakeTopic, author: string, content: string): FakePost {
    const pid = ++this.#lastPost;
    const timestamp = START + 1_000 * this.#ticks++;
    const { uid } = this.named(author);
    const post = { pid, tid: topic.tid, uid, timestamp, content, upvotes: 0, downvotes: 0, isDeleted: false };
    topic.posts.push(post);
    return post;
  }

  /** What the forum answers for a topic and the first page of its posts. */
  shown(tid: number): object {
    const topic = this.topics.get(tid);
    return topic === undefined ? {} : this.#open(topic, 1, 1);
  }

  #serve(request: IncomingMessage, reply: ServerResponse): void {
    request.resume();
    const path = request.url ?? '/';
    this.requests.push(`${request.method} ${path}`);
    const { status, headers, body } = this.answer(path) ?? this.#ordinary(request, new URL(path, this.url));
    const type = body?.startsWith('<') ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
    reply.writeHead(status, { 'content-type': type, 'set-cookie': 'express.sid=x', ...headers }).end(body);
  }

  #ordinary(request: IncomingMessage, { pathname: path, searchParams: query }: URL): FakeAnswer {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const owner = this.tokens.get(token);
    if (owner === 0 && !query.has('_uid')) return path.startsWith('/api/v3/') ? v3(400) : page(500);
    // A token that does not count is no error: it makes a guest.
    const uid = owner === undefined ? 0 : owner === 0 ? Number(query.get('_uid')) : owner;
    const user = this.users.get(uid);
    if (user !== undefined) user.lastonline = Date.now();
    const numbers = (pattern: RegExp): number[] => (pattern.exec(path) ?? []).slice(1).map(Number);

    if (path === '/api/self')
      return uid === 0 ? { status: 401, body: '"not-authorized"' } : bare(user ? this.#profile(user) : null);
    if (path === '/api/v3/categories') return v3(200, { categories: this.#categories(uid) });
    if (path === '/api/recent/posts') return bare(this.#recent(uid, Number(query.get('page') ?? 1)));
    if (path === '/api/admin/manage/users')
      return uid === 0 ? v3(401) : user?.isAdmin === true ? bare(this.#people(query)) : page(403);
    const [privileges] = numbers(/^\/api\/v3\/categories\/(\d+)\/privileges$/);
    if (privileges !== undefined) {
      const category = this.categories.get(privileges);
      if (uid === 0) return v3(401);
      return user?.isAdmin === true && category
        ? v3(200, privilegesOf(category, [...this.groups], this.users))
        : v3(403);
    }
    const [cid] = numbers(/^\/api\/v3\/categories\/(\d+)\/topics$/);
    if (cid !== undefined) return this.#topicsOf(cid, uid, query);
    const [tid] = numbers(/^\/api\/v3\/topics\/(\d+)$/);
    if (tid !== undefined) {
      const topic = this.topics.get(tid);
      return topic && this.#mayRead(topic, uid) ? v3(200, rowOf(topic)) : v3(404);
    }
    const [opened] = numbers(/^\/api\/topic\/(\d+)$/);
    const topic = this.topics.get(opened ?? 0);
    if (topic !== undefined)
      return this.#mayRead(topic, uid) ? bare(this.#open(topic, uid, Number(query.get('page') ?? 1))) : page(403);
    return path.startsWith('/api/v3/') ? v3(404) : page(404);
  }

  #profile(user: FakeUser): object {
    return { ...listedOf(user), status: 'online', reputation: user.reputation };
  }

  #mayEnter({ groups, users, isDisabled }: FakeCategory, uid: number): boolean {
    const user = this.users.get(uid);
    if (isDisabled) return false;
    if (uid === 0) return groups.includes('guests');
    if (user === undefined) return false;
    const own = user.isBanned ? ['banned-users'] : ['registered-users', ...user.groups];
    return user.isAdmin || users.includes(uid) || own.some((group) => groups.includes(group));
  }

  #mayRead({ cid, isDeleted, isScheduled }: FakeTopic, uid: number): boolean {
    const category = this.categories.get(cid);
    if (category === undefined || !this.#mayEnter(category, uid)) return false;
    return (!isDeleted && !isScheduled) || this.users.get(uid)?.isAdmin === true;
  }

  #categories(uid: number): object[] {
    const found = [...this.categories.values()].filter((category) => this.#mayEnter(category, uid));
    const world = { cid: -1, name: '[[category:uncategorized]]', disabled: 0, post_count: 0 };
    return [
      world,
      ...found.map(({ cid, name }) => {
        const posts = [...this.topics.values()].filter((topic) => topic.cid === cid).flatMap((topic) => topic.posts);
        return { cid, name, disabled: 0, post_count: posts.length };
      }),
    ];
  }

  #topicsOf(cid: number, uid: number, query: URLSearchParams): FakeAnswer {
    const category = this.categories.get(cid);
    if (category === undefined) return v3(404);
    if (!this.#mayEnter(category, uid)) return v3(403);
    const by = query.get('sort') === 'recently_created' ? 'timestamp' : 'lastposttime';
    const after = Number(query.get('after') ?? 0);
    const rows = [...this.topics.values()]
      .filter((topic) => topic.cid === cid)
      .map((topic) => rowOf(topic) as Record<'pinned' | 'timestamp' | 'lastposttime', number>)
      .sort((a, b) => b.pinned - a.pinned || b[by] - a[by])
      .slice(after, after + PAGE);
    const more = rows.length > 0 ? { nextStart: after + PAGE } : {};
    return v3(200, { topics: rows, ...more, privileges: { cid: String(cid), uid, 'topics:read': true } });
  }

  /** To open a topic is to have looked at it. */
  #open(topic: FakeTopic, uid: number, number: number): object {
    topic.views++;
    const some = topic.posts.slice((number - 1) * PAGE, number * PAGE);
    // The plugin puts the answer below the question as well.
    const answer = number === 1 ? topic.posts.find(({ pid }) => pid === topic.solvedPid) : undefined;
    const shown = answer === undefined ? some : [some[0] ?? answer, answer, ...some.slice(1)];
    const pageCount = Math.max(1, Math.ceil(topic.posts.length / PAGE));
    const posts = shown.map((post) => postOf(post, this.users));
    return { ...rowOf(topic), posts, pagination: { currentPage: number, pageCount }, loggedIn: uid > 0 };
  }

  /** Pages are cut first, and then less what may not be read. */
  #recent(uid: number, number: number): object[] {
    return [...this.topics.values()]
      .flatMap((topic) => topic.posts.map((post) => ({ topic, post })))
      .filter(({ topic }) => !topic.isScheduled)
      .sort((a, b) => b.post.timestamp - a.post.timestamp)
      .slice((number - 1) * PAGE, number * PAGE)
      .filter(({ topic }) => this.#mayRead(topic, uid))
      .map(({ topic, post }) => recentOf(post, topic, this.users));
  }

  #people(query: URLSearchParams): object {
    const size = Number(query.get('resultsPerPage'));
    const number = Number(query.get('page') ?? 1);
    const users = [...this.users.values()].slice((number - 1) * size, number * size).map(listedOf);
    return { users, page: number, pageCount: Math.max(1, Math.ceil(this.users.size / size)) };
  }
}

function bare(value: unknown): FakeAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

const CODES: Record<number, string> = {
  200: 'ok',
  400: 'bad-request',
  401: 'not-authorised',
  403: 'forbidden',
  404: 'not-found',
};

/** The newer half of the API wraps its answers. */
function v3(status: number, response: object = {}): FakeAnswer {
  return { status, body: JSON.stringify({ status: { code: CODES[status], message: '' }, response }) };
}

/** The older half answers with what its error page is made of. */
function page(status: number): FakeAnswer {
  return { status, body: JSON.stringify({ path: '/', title: `[[global:${status}.title]]` }) };
}
