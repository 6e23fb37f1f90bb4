import type { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient, type HttpAnswer, type HttpRequest } from '../../../kit/http.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import {
  CategoryAnswer,
  DirectoryPage,
  ManyPosts,
  PostChunk,
  RecentPosts,
  ShownTopic,
  Site,
  Topic,
  TopicList,
  TopicRow,
  User,
  Users,
  WaitAnswer,
  type Category,
} from './shapes.ts';

/** How the forum is reached. */
export interface DiscourseOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly apiUser: string;
  readonly perMinute: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** A page of a list of topics. */
export interface TopicPage {
  readonly rows: readonly TopicRow[];
  /** Rows that cannot be used, by what is wrong with them; `id` where it has one. */
  readonly unfit: readonly { readonly id: number | undefined; readonly reason: string }[];
  readonly hasMore: boolean;
}

const PER_PAGE = 100;
/** Topics of one answer when asked for by id. */
const BY_ID = 30;
/** Posts of one request: their ids make up its address. */
const POSTS = 50;
const MAX_USER_PAGES = 5_000;
/** Newer forums refuse to go on in the list shown to all. */
const DIRECTORY_PAGES = 11;

/**
 * A Discourse forum. All requests share one budget. Nothing is asked for that answers with private messages: lists of
 * topics, and topics that such a list has named.
 */
export class DiscourseApi {
  readonly #http: HttpClient;
  readonly #options: DiscourseOptions;
  /** The source's name, for messages. */
  readonly source: string;
  /** Where addresses of topics start, with a slash at the end. */
  readonly base: string;

  readonly #user: string | null;

  /**
   * @param parent the forum asked in another's name; its budget is shared
   * @throws ConnectorError MISCONFIGURED when the address is none.
   */
  constructor(options: DiscourseOptions, source: string, parent?: DiscourseApi, user: string | null = options.apiUser) {
    const { url, perMinute, timeoutMs, maxBytes } = options;
    this.#http = parent
      ? parent.#http
      : new HttpClient({ source, baseUrl: url, perMinute, timeoutMs, maxBytes, waitIn });
    this.#options = options;
    this.source = source;
    this.#user = user;
    this.base = url.replace(/\/*$/, '/');
  }

  /** The forum as a user has it; null: as guests have it, without a key. */
  as(user: string | null): DiscourseApi {
    return new DiscourseApi(this.#options, this.source, this, user);
  }

  /**
   * The categories, from the first call of every run.
   * @throws ConnectorError that says what to change
   */
  async categories(call: Call): Promise<readonly Category[]> {
    const { url } = this.#options;
    const answer = await this.#ask({ path: 'site.json', expected: [403, 404] }, call);
    if (answer.status === 403) throw await this.#refused(answer, call);
    const text = answer.body.toString('utf8').trimStart();
    if (answer.status === 404 || text.startsWith('<'))
      throw this.#error('MISCONFIGURED', `${url} is not a Discourse forum; set \`url\` to the forum's own address`);
    return this.#http.read(answer, Site).categories ?? [];
  }

  /** A category with its groups; undefined when it is not shown to this user. */
  async category(id: number, call: Call): Promise<Category | undefined> {
    const answer = await this.#ask({ path: `c/${id}/show.json`, expected: [403, 404] }, call);
    return answer.status === 200 ? this.#http.read(answer, CategoryAnswer).category : undefined;
  }

  /** Topics in the order of their beginning or of their last activity, the newest first. */
  topics(order: 'created' | 'activity', page: number, call: Call, perPage = PER_PAGE): Promise<TopicPage> {
    return this.#list(`order=${order}&per_page=${perPage}&page=${page}`, call);
  }

  /** Those topics of `ids` that there are. */
  async topicsById(ids: readonly number[], call: Call): Promise<TopicPage> {
    const rows: TopicRow[] = [];
    const unfit: TopicPage['unfit'][number][] = [];
    for (let at = 0; at < ids.length; at += BY_ID) {
      const some = ids.slice(at, at + BY_ID);
      const page = await this.#list(`topic_ids=${some.join(',')}`, call);
      // Absence from a list of something else proves nothing.
      if (page.rows.some(({ id }) => !some.includes(id)))
        throw this.#error('BAD_RESPONSE', 'lists other topics than those asked for by id');
      rows.push(...page.rows);
      unfit.push(...page.unfit);
    }
    return { rows, unfit, hasMore: false };
  }

  /** A topic that a list has named; undefined when it is gone since. */
  async topic(id: number, call: Call): Promise<Topic | undefined> {
    const answer = await this.#ask({ path: `t/${id}.json`, expected: [403, 404, 410] }, call);
    if (answer.status === 403) throw this.#lacking('read topics', '`topics: read`');
    return answer.status === 200 ? this.#http.read(answer, Topic) : undefined;
  }

  /** The line of a topic, if it is shown. Asked without `track_visit`, it does not count as read. */
  async shown(id: number, call: Call): Promise<z.output<typeof ShownTopic> | undefined> {
    const answer = await this.#ask({ path: `t/${id}.json`, expected: [403, 404, 410] }, call);
    return answer.status === 200 ? this.#http.read(answer, ShownTopic) : undefined;
  }

  /** Posts of a topic by their ids. */
  async posts(topic: number, ids: readonly number[], call: Call): Promise<unknown[]> {
    const posts: unknown[] = [];
    for (let at = 0; at < ids.length; at += POSTS) {
      const query = ids.slice(at, at + POSTS).map((id) => `post_ids[]=${id}`);
      const chunk = await this.#json({ path: `t/${topic}/posts.json?${query.join('&')}` }, PostChunk, call);
      posts.push(...chunk.post_stream.posts);
    }
    return posts;
  }

  /** The newest posts of public topics; with the date of their last edit. */
  async recentPosts(call: Call): Promise<z.output<typeof RecentPosts>['latest_posts']> {
    const answer = await this.#ask({ path: 'posts.json', expected: [403] }, call);
    if (answer.status === 403) throw this.#lacking('list posts', '`posts: list`');
    return this.#http.read(answer, RecentPosts).latest_posts;
  }

  /** Posts of public topics with ids up to 50 below. */
  async postsBefore(id: number, call: Call): Promise<readonly unknown[]> {
    return (await this.#json({ path: `posts.json?before=${id}` }, ManyPosts, call)).latest_posts;
  }

  /** A page of users; undefined when the key or its user may not list them. */
  async users(page: number, call: Call): Promise<z.output<typeof Users> | undefined> {
    if (page > MAX_USER_PAGES) throw this.#error('BAD_RESPONSE', 'lists users without end');
    const path = `admin/users/list/active.json?show_emails=true&order=created&asc=true&page=${page}`;
    const answer = await this.#ask({ path, expected: [403, 404] }, call);
    return answer.status === 200 ? this.#http.read(answer, Users) : undefined;
  }

  /**
   * A user by name; undefined when there is none.
   * @throws ConnectorError that says what to change when it is the key that is refused
   */
  async user(username: string, call: Call): Promise<z.output<typeof User>['user'] | undefined> {
    const answer = await this.#ask({ path: `u/${encodeURIComponent(username)}.json`, expected: [403, 404] }, call);
    if (answer.status === 403) throw await this.#refused(answer, call);
    return answer.status === 200 ? this.#http.read(answer, User).user : undefined;
  }

  /** The rows of the list of users that the forum shows to all, with most likes first; none when it has no such list. */
  async directory(call: Call): Promise<readonly unknown[]> {
    const rows: unknown[] = [];
    for (let page = 0; page < DIRECTORY_PAGES; page++) {
      const path = `directory_items.json?period=all&order=likes_received&page=${page}`;
      const answer = await this.#ask({ path, expected: [403, 404] }, call);
      if (answer.status === 403) {
        throw this.#error('FORBIDDEN', 'the list of users is switched off, or the key lacks the right to read it');
      }
      const some = answer.status === 200 ? this.#http.read(answer, DirectoryPage).directory_items : [];
      if (some.length === 0) break;
      rows.push(...some);
    }
    return rows;
  }

  async #list(query: string, call: Call): Promise<TopicPage> {
    const answer = await this.#ask({ path: `latest.json?no_definitions=true&${query}`, expected: [403] }, call);
    if (answer.status === 403) throw this.#lacking('list topics', '`topics: read lists`');
    const { topics, more_topics_url: more } = this.#http.read(answer, TopicList).topic_list;
    const rows: TopicRow[] = [];
    const unfit: TopicPage['unfit'][number][] = [];
    for (const topic of topics) {
      const parsed = TopicRow.safeParse(topic);
      if (parsed.success) {
        rows.push(parsed.data);
        continue;
      }
      const id = TopicRow.shape.id.safeParse((topic as { id?: unknown } | null)?.id);
      const [issue] = parsed.error.issues;
      unfit.push({ id: id.data, reason: `\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}` });
    }
    if (rows.length === 0 && unfit.length > 0)
      throw this.#error('BAD_RESPONSE', `lists topics of another shape: ${unfit[0]?.reason ?? ''}`);
    return { rows, unfit, hasMore: typeof more === 'string' };
  }

  async #json<Shape extends z.ZodType>(request: HttpRequest, shape: Shape, call: Call): Promise<z.output<Shape>> {
    return this.#http.read(await this.#ask(request, call), shape);
  }

  /** A call that is ended from our side fails as that, whatever else fails with it. */
  async #ask(request: HttpRequest, call: Call): Promise<HttpAnswer> {
    stopIfCancelled(call, this.source);
    const { apiKey } = this.#options;
    const headers: Record<string, string> = {
      ...(this.#user === null ? {} : { 'api-key': apiKey, 'api-username': this.#user }),
      // Addresses without `.json` answer with HTML else.
      accept: 'application/json',
      ...request.headers,
    };
    try {
      return await this.#http.ask({ ...request, headers }, call);
    } catch (cause) {
      stopIfCancelled(call, this.source);
      throw cause;
    }
  }

  /**
   * Discourse answers a wrong key and a wrong user with the same words; `system` exists everywhere, so that a key for
   * all users tells which it is.
   */
  async #refused({ body }: HttpAnswer, call: Call): Promise<ConnectorError> {
    const { apiUser, url } = this.#options;
    if (!body.toString('utf8').includes('invalid_access'))
      return this.#error('FORBIDDEN', `${url} refuses this address or program; a proxy before it may do so`);
    const as = (name: string): Promise<HttpAnswer> =>
      this.#ask({ path: 'site.json', headers: { 'api-username': name }, expected: [403, 404] }, call);
    if (apiUser !== 'system' && (await as('system')).status === 200)
      return this.#error('UNAUTHORIZED', `${url} has no user "${apiUser}"; correct \`apiUser\``);
    return this.#error(
      'UNAUTHORIZED',
      `${url} refuses the key; set \`apiKey\` to one for all users${apiUser === 'system' ? '' : ` or for "${apiUser}"`}, which may read everything`,
    );
  }

  #lacking(what: string, right: string): ConnectorError {
    return this.#error('FORBIDDEN', `the key may not ${what}; give it the right ${right}, or all read rights`);
  }

  #error(code: ConnectorErrorCode, what: string): ConnectorError {
    return new ConnectorError(code, `${this.source}: ${what}`);
  }
}

/** Proxies before a forum drop `Retry-After`; Discourse says it in the body too. */
function waitIn({ body }: HttpAnswer): number | undefined {
  try {
    const { data } = WaitAnswer.safeParse(JSON.parse(body.toString('utf8')));
    return data && data.extras.wait_seconds * 1_000;
  } catch {
    return undefined;
  }
}
