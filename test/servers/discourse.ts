import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  directoryItemOf,
  postOf,
  rowOf,
  topicOf,
  type FakeCategory,
  type FakePost,
  type FakeTopic,
  type FakeTopicJson,
  type FakeUser,
  type FakeUsers,
} from './discourse-json.ts';

/** An answer in place of the fake's own. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The key that the fake takes. */
export const KEY = 'a-good-key';

const PAGE = 30;
const WINDOW = 50;
const USERS = 100;
const DIRECTORY = 50;
const START = Date.UTC(2024, 0, 1);
const HTML = '<!DOCTYPE html><html><head><title>Oops</title></head><body>That page does not exist.</body></html>';

/** A small Discourse that keeps state: what people do in it shows in its answers as it does in the real one. */
export class FakeDiscourse implements AsyncDisposable {
  readonly categories = new Map<number, FakeCategory>();
  readonly topics = new Map<number, FakeTopic>();
  readonly users: FakeUsers = new Map();
  /** `GET /latest.json?…`, in order. */
  readonly requests: string[] = [];
  /** Comes first; what it does not answer the fake does. `true`: it has answered by itself. */
  answer: (path: string, reply: ServerResponse) => FakeAnswer | true | undefined = () => undefined;
  /** Paths that the key's scope leaves out. */
  outOfScope: RegExp | undefined;
  /** Whether guests see nothing. */
  isShutToGuests = false;
  /** Names in whose name the key may act; all without it. */
  actsAs: readonly string[] | undefined;
  /** Who asked for what: `ann t/1`, guests without a name. */
  readonly asked: string[] = [];
  /** Where it sends its events. */
  webhook: { readonly url: string; readonly secret: string } | undefined;
  readonly #server = createServer((request, reply) => this.#serve(request, reply));
  #ticks = 0;
  #lastPost = 0;

  /** Starts on a free port of the loopback interface. */
  static async start(): Promise<FakeDiscourse> {
    const fake = new FakeDiscourse();
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

  /** A new forum: the category "General" under id 1, and those who run it. */
  reset(): void {
    for (const map of [this.categories, this.topics, this.users]) map.clear();
    this.requests.length = 0;
    this.answer = () => undefined;
    this.outOfScope = undefined;
    this.actsAs = undefined;
    this.webhook = undefined;
    this.isShutToGuests = false;
    this.asked.length = 0;
    this.#addUser('system', { id: -1, name: 'system', mail: 'no_reply', isAdmin: true });
    this.#addUser('discobot', { id: -2, name: 'discobot', mail: 'no_mail', isAdmin: false });
    this.category('General');
  }

  user(username: string, name = '', mail = `${username.toLowerCase()}@kestrel.example`, isAdmin = false): FakeUser {
    return this.#addUser(username, { id: this.users.size, name, mail, isAdmin });
  }

  #addUser(username: string, about: Pick<FakeUser, 'id' | 'name' | 'mail' | 'isAdmin'>): FakeUser {
    const user = { ...about, groups: [], isSuspended: false, lastSeenAt: null, muted: new Set<number>() };
    this.users.set(username, user);
    return user;
  }

  /** Sends an event to the webhook, as after `created` or `edited`; the status answered. */
  async send(type: string, event: string, payload: object): Promise<number> {
    if (this.webhook === undefined) throw new Error('The fake has no webhook.');
    const { url, secret } = this.webhook;
    const body = JSON.stringify({ [type]: payload });
    const answer = await fetch(url, { method: 'POST', headers: eventHeaders(type, event, body, secret), body });
    await answer.arrayBuffer();
    return answer.status;
  }

  category(name: string, groups?: readonly string[]): FakeCategory {
    const category = { id: this.categories.size + 1, name, groups, hasAnswers: false };
    this.categories.set(category.id, category);
    return category;
  }

  topic(title: string, cooked: string, more: Partial<FakeTopic> & { readonly author?: string } = {}): FakeTopic {
    const { author = 'Ann', ...rest } = more;
    const at = this.#now();
    const id = rest.id ?? Math.max(0, ...this.topics.keys()) + 1;
    const topic: FakeTopic = {
      id,
      title,
      createdAt: at,
      bumpedAt: at,
      tags: [],
      category: 1,
      archetype: 'regular',
      isVisible: true,
      isPinned: false,
      posts: [],
      ...rest,
    };
    this.topics.set(id, topic);
    this.reply(topic, author, cooked);
    return topic;
  }

  reply(topic: FakeTopic, author: string, cooked: string, type = 1): FakePost {
    if (!this.users.has(author)) this.user(author);
    const createdAt = this.#now();
    const number = (topic.posts.at(-1)?.number ?? 0) + 1;
    const post: FakePost = {
      id: ++this.#lastPost,
      number,
      author,
      type,
      createdAt,
      updatedAt: createdAt,
      cooked,
      likes: 0,
      isAccepted: false,
      isHidden: false,
    };
    topic.posts.push(post);
    // Whispers and small actions bump nothing.
    if (type < 3) topic.bumpedAt = createdAt;
    return post;
  }

  /** Only the last post's edit bumps its topic. */
  edit(topic: FakeTopic, post: FakePost, cooked: string): void {
    post.cooked = cooked;
    post.updatedAt = this.#now();
    if (topic.posts.at(-1) === post) topic.bumpedAt = post.updatedAt;
  }

  /** What the forum answers for a topic. */
  shown(topic: FakeTopic): FakeTopicJson {
    return topicOf(topic, this.users);
  }

  /** What a list of the forum has for a topic. */
  row(topic: FakeTopic): object {
    return rowOf(topic, this.users);
  }

  /** A second a step, so that all dates differ. */
  #now(): string {
    return new Date(START + 1_000 * this.#ticks++).toISOString();
  }

  #serve(request: IncomingMessage, reply: ServerResponse): void {
    request.resume();
    const path = request.url ?? '/';
    this.requests.push(`${request.method} ${path}`);
    const own = this.answer(path, reply);
    if (own === true) return;
    const { status, headers, body } = own ?? this.#ordinary(request, new URL(path, this.url));
    const type = body?.startsWith('<') ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
    reply.writeHead(status, { 'content-type': type, ...headers }).end(body);
  }

  #ordinary(request: IncomingMessage, { pathname, searchParams }: URL): FakeAnswer {
    // Without either the forum answers with the page for browsers.
    if (!pathname.endsWith('.json') && request.headers.accept?.includes('json') !== true)
      return { status: 200, body: HTML };
    const name = request.headers['api-username'];
    this.asked.push(`${String(name ?? '')} ${pathname.slice(1)}`.trim());
    const user = this.#userBy(request);
    const isRefused = request.headers['api-key'] === undefined ? this.isShutToGuests : user === undefined;
    if (isRefused || this.outOfScope?.test(pathname) === true)
      return refusal(403, 'invalid_access', 'The API username or key is invalid.');
    const path = pathname.replace(/\.json$/, '');
    const isAdmin = user?.isAdmin === true;
    if (path === '/site') return json(this.#site(user));
    if (path === '/latest') return json(this.#latest(searchParams, user));
    if (path === '/posts') return json({ latest_posts: this.#recent(searchParams, user) });
    if (path === '/directory_items') return json(this.#directory(searchParams));
    const named = [...this.users].find(([username]) => path === `/u/${username.toLowerCase()}`);
    if (named !== undefined) {
      const [username, { id, name: shown, isSuspended }] = named;
      const till = isSuspended ? { suspended_till: '2099-01-01T00:00:00.000Z' } : {};
      return json({ user_badges: [], user: { id, username, name: shown, ...till } });
    }
    if (path === '/admin/users/list/active')
      return isAdmin ? json(this.#people(searchParams)) : { status: 404, body: HTML };
    const shown = /^\/c\/(\d+)\/show$/.exec(path);
    const category = this.categories.get(Number(shown?.[1]));
    if (category !== undefined && this.#mayRead(category.id, user))
      return json({ category: this.#categoryOf(category, isAdmin) });
    const [, id, posts] = /^\/t\/(\d+)(\/posts)?$/.exec(path) ?? [];
    const topic = this.topics.get(Number(id));
    if (topic !== undefined) {
      if (!this.#mayRead(topic.category, user)) return refusal(403, 'invalid_access', 'You are not permitted.');
      if (posts === undefined) return json(topicOf(topic, this.users));
      const ids = new Set(searchParams.getAll('post_ids[]').map(Number));
      const some = topic.posts.filter((post) => ids.has(post.id));
      return json({ post_stream: { posts: some.map((post) => postOf(post, topic, this.users)) }, id: topic.id });
    }
    return request.headers.accept?.includes('json') === true
      ? refusal(404, 'not_found', 'The requested URL or resource could not be found.')
      : { status: 404, body: HTML };
  }

  /** Undefined for guests, and for those the key does not act for. */
  #userBy({ headers }: IncomingMessage): FakeUser | undefined {
    if (headers['api-key'] !== KEY) return undefined;
    const name = String(headers['api-username']).toLowerCase();
    if (this.actsAs?.includes(name) === false) return undefined;
    const [, user] = [...this.users].find(([username]) => username.toLowerCase() === name) ?? [];
    return user?.isSuspended === true ? undefined : user;
  }

  #mayRead(id: number | null, user: FakeUser | undefined): boolean {
    if (user?.isAdmin === true) return true;
    const category = id === null ? undefined : this.categories.get(id);
    if (category === undefined) return false;
    return category.groups === undefined || category.groups.some((group) => user?.groups.includes(group) === true);
  }

  #site(user: FakeUser | undefined): object {
    const shown = [...this.categories.values()].filter(({ id }) => this.#mayRead(id, user));
    return {
      post_action_types: [{ id: 2, name_key: 'like', name: 'Like' }],
      categories: shown.map((category) => ({ ...this.#categoryOf(category, false) })),
    };
  }

  #categoryOf({ id, name, groups, hasAnswers }: FakeCategory, isAdmin: boolean): object {
    const permissions = (groups ?? ['everyone']).map((group, index) => ({
      permission_type: (index % 3) + 1,
      group_name: group,
    }));
    return {
      id,
      name,
      slug: name.toLowerCase(),
      read_restricted: groups !== undefined,
      custom_fields: hasAnswers ? { enable_accepted_answers: 'true' } : {},
      ...(isAdmin ? { group_permissions: permissions } : {}),
    };
  }

  #latest(query: URLSearchParams, user: FakeUser | undefined): object {
    const ids = query.get('topic_ids')?.split(',').map(Number);
    const by = query.get('order') === 'created' ? 'createdAt' : 'bumpedAt';
    const all = [...this.topics.values()]
      .filter((topic) => topic.archetype !== 'private_message' && this.#mayRead(topic.category, user))
      .filter((topic) => ids?.includes(topic.id) !== false && (topic.isVisible || user?.isAdmin === true))
      .filter((topic) => user?.muted.has(topic.id) !== true)
      .sort((a, b) => (a[by] < b[by] ? 1 : a[by] > b[by] ? -1 : b.id - a.id));
    // Pinned topics come first where no other order is asked for, which that of activity does not count as.
    if (by === 'bumpedAt') all.sort((a, b) => Number(b.isPinned) - Number(a.isPinned));
    const perPage = Number(query.get('per_page') ?? PAGE);
    const page = Number(query.get('page') ?? 0);
    const shown = all.slice(page * perPage, (page + 1) * perPage);
    const more = shown.length === perPage ? { more_topics_url: `/latest?page=${page + 1}&per_page=${perPage}` } : {};
    const topics = shown.map((topic) => rowOf(topic, this.users));
    return { topic_list: { can_create_topic: true, ...more, per_page: perPage, topics } };
  }

  #recent(query: URLSearchParams, user: FakeUser | undefined): object[] {
    const before = Number(query.get('before') ?? this.#lastPost);
    return [...this.topics.values()]
      .filter((topic) => topic.archetype !== 'private_message' && topic.isVisible)
      .filter((topic) => this.#mayRead(topic.category, user))
      .flatMap((topic) =>
        topic.posts
          .filter((post) => post.type === 1 && !post.isHidden)
          .map((post) => postOf(post, topic, this.users, true)),
      )
      .filter(({ id }) => id <= before && id > before - WINDOW)
      .sort((a, b) => b.id - a.id);
  }

  #people(query: URLSearchParams): object[] {
    const page = Math.max(1, Number(query.get('page')));
    const isShown = query.get('show_emails') === 'true';
    return [...this.users]
      .slice((page - 1) * USERS, page * USERS)
      .map(([username, { id, name, mail, lastSeenAt }]) => ({
        id,
        username,
        name,
        last_seen_at: lastSeenAt,
        ...(isShown ? { email: mail } : {}),
      }));
  }

  #directory(query: URLSearchParams): object {
    const page = Number(query.get('page') ?? 0);
    const all = [...this.users]
      .filter(([, { id }]) => id > 0)
      .map(([username, user]) => directoryItemOf(username, user, this.topics.values()))
      .sort((a, b) => b.likes_received - a.likes_received);
    return {
      directory_items: all.slice(page * DIRECTORY, (page + 1) * DIRECTORY),
      meta: {
        last_updated_at: new Date(START).toISOString(),
        total_rows_directory_items: all.length,
        load_more_directory_items: `/directory_items.json?page=${page + 1}`,
      },
    };
  }
}

function json(value: unknown): FakeAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function refusal(status: number, type: string, message: string): FakeAnswer {
  return { status, body: JSON.stringify({ errors: [message], error_type: type }) };
}

/** What Discourse sends an event with. */
export function eventHeaders(type: string, event: string, body: string, secret: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-discourse-event-id': randomUUID(),
    'x-discourse-event-type': type,
    'x-discourse-event': `${type}_${event}`,
    'x-discourse-event-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
}
