import { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient, type HttpAnswer } from '../../../kit/http.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import {
  Categories,
  CategoryTopics,
  Privileges,
  RecentPost,
  TopicPage,
  TopicRow,
  User,
  Users,
  wrapped,
  type Category,
} from './shapes.ts';

/** How the forum is reached. */
export interface NodebbOptions {
  readonly url: string;
  readonly token: string;
  readonly uid: number;
  readonly perMinute: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Items of a list, and those that cannot be used, by what is wrong with them. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  /** `id` where it has one. */
  readonly unfit: readonly { readonly id: number | undefined; readonly reason: string }[];
}

/** In whose name something is asked: the connector's own user, another one by their id, or a guest. */
export type Asker = 'service' | 'guest' | number;

/** The administrators' list of users takes no larger page. */
const USERS = 500;
/** What `api/self` says of a user there is not. */
const NULL = Buffer.from('null');
const MAX_USER_PAGES = 10_000;

/**
 * A NodeBB forum, asked in the name of one user. All requests share one budget. Nothing is asked for that answers with
 * chats, or with what waits for approval.
 */
export class NodebbApi {
  readonly #http: HttpClient;
  readonly #options: NodebbOptions;
  readonly #source: string;
  /** Where addresses of topics start, with a slash at the end. */
  readonly base: string;

  /** @throws ConnectorError MISCONFIGURED when the address is none. */
  constructor(options: NodebbOptions, source: string) {
    const { url, perMinute, timeoutMs, maxBytes } = options;
    this.#http = new HttpClient({ source, baseUrl: url, perMinute, timeoutMs, maxBytes });
    this.#options = options;
    this.#source = source;
    this.base = url.replace(/\/*$/, '/');
  }

  /**
   * Makes sure that the forum takes the token, and lets it act as this user: with a wrong one it answers like to a
   * guest, with a user's own it answers to that one, and neither is an error. Called at the beginning of every run, and
   * before anything counts as gone.
   * @throws ConnectorError that says what to change
   */
  async verify(call: Call, uid = this.#options.uid): Promise<void> {
    const user = await this.self(uid, call);
    if (user === undefined) throw this.error('MISCONFIGURED', `has no user ${uid}; set \`uid\` to an administrator's`);
    if (user.uid !== uid)
      throw this.error(
        'MISCONFIGURED',
        `takes the token for that of user ${user.uid} alone; set \`token\` to a master token`,
      );
  }

  /** The user that the forum takes us for when asked as `uid`; undefined when there is no such user. */
  async self(uid: number, call: Call): Promise<User | undefined> {
    const { url } = this.#options;
    const answer = await this.#ask('api/self', uid, [401, 403, 404], call);
    if (answer.status === 401)
      throw this.error('UNAUTHORIZED', `takes us for a guest; set \`token\` to a master token that is not revoked`);
    if (answer.status === 403)
      throw this.error('FORBIDDEN', `refuses the user ${uid}, or this address or program; a proxy before it may do so`);
    if (answer.body.equals(NULL)) return undefined;
    if (answer.status === 404 || answer.body.toString('utf8', 0, 200).trimStart().startsWith('<'))
      throw this.error('MISCONFIGURED', `has no NodeBB forum at ${url}; set \`url\` to the forum's own address`);
    return this.#http.read(answer, User);
  }

  /** All categories of this server that the user finds. */
  async categories(call: Call): Promise<readonly (Category & { readonly cid: number })[]> {
    const answer = await this.#ask('api/v3/categories', 'service', [404], call);
    if (answer.status === 404)
      throw this.error('MISCONFIGURED', `does not list its categories; it must be NodeBB 3 or newer`);
    const { categories } = this.#http.read(answer, wrapped(Categories)).response;
    return categories.filter((one): one is Category & { cid: number } => typeof one.cid === 'number' && one.cid > 0);
  }

  /** Who may do what in a category; undefined where the user may not see that. */
  async privileges(cid: number, call: Call): Promise<z.output<typeof Privileges> | undefined> {
    const answer = await this.#ask(`api/v3/categories/${cid}/privileges`, 'service', [401, 403, 404], call);
    return answer.status === 200 ? this.#http.read(answer, wrapped(Privileges)).response : undefined;
  }

  /** Topics of a category, the newest first but for pinned ones; `next` is where the list goes on. */
  async topics(cid: number, after: number, call: Call): Promise<Listed<TopicRow> & { readonly next?: number }> {
    const query = `sort=recently_created&categoryTopicSort=recently_created&after=${after}`;
    const answer = await this.#ask(`api/v3/categories/${cid}/topics?${query}`, 'service', [401, 403, 404], call);
    if (answer.status !== 200) {
      await this.verify(call);
      // The category is gone since it was listed.
      return { items: [], unfit: [] };
    }
    const { topics, nextStart, privileges } = this.#http.read(answer, wrapped(CategoryTopics)).response;
    if (privileges?.uid !== undefined && Number(privileges.uid) !== this.#options.uid) await this.verify(call);
    const next = topics.length > 0 && typeof nextStart === 'number' ? { next: nextStart } : {};
    if (next.next !== undefined && next.next <= after) throw this.error('BAD_RESPONSE', 'lists topics in circles');
    return { ...this.#listed(topics, TopicRow, 'tid'), ...next };
  }

  /** A topic without its posts; undefined where `as` may not read it, or it does not exist. */
  async topicRow(tid: number, as: Asker, call: Call): Promise<TopicRow | undefined> {
    const answer = await this.#ask(`api/v3/topics/${tid}`, as, [401, 403, 404], call);
    if (answer.status !== 200) return undefined;
    const row = this.#http.read(answer, wrapped(TopicRow)).response;
    return row.tid === tid ? row : undefined;
  }

  /** A topic with a page of its posts, from 1; undefined when it is gone. */
  async topic(tid: number, page: number, call: Call): Promise<TopicPage | undefined> {
    const query = `page=${page}&sort=oldest_to_newest`;
    const answer = await this.#ask(`api/topic/${tid}?${query}`, 'service', [401, 403, 404], call);
    const topic = answer.status === 200 ? this.#http.read(answer, TopicPage) : undefined;
    if (topic?.loggedIn !== true) await this.verify(call);
    return topic?.tid === tid ? topic : undefined;
  }

  /** Posts of all topics, the newest first: 20 a page, less those that the user may not read. */
  async recentPosts(page: number, call: Call): Promise<Listed<RecentPost>> {
    const answer = await this.#ask(`api/recent/posts?page=${page}`, 'service', [], call);
    return this.#listed(this.#http.read(answer, z.array(z.unknown())), RecentPost, 'pid');
  }

  /** A page of all users; undefined when the user may not list them with their mail addresses. */
  async users(
    page: number,
    call: Call,
  ): Promise<{ readonly users: readonly User[]; readonly isLast: boolean } | undefined> {
    if (page > MAX_USER_PAGES) throw this.error('BAD_RESPONSE', 'lists users without end');
    const query = `resultsPerPage=${USERS}&sortBy=joindate&sortDirection=asc&page=${page}`;
    const answer = await this.#ask(`api/admin/manage/users?${query}`, 'service', [401, 403, 404], call);
    if (answer.status !== 200) return undefined;
    const { users, pageCount } = this.#http.read(answer, Users);
    return { users: this.#listed(users, User, 'uid').items, isLast: users.length === 0 || page >= (pageCount ?? 1) };
  }

  #listed<Item>(list: readonly unknown[], shape: z.ZodType<Item>, idName: string): Listed<Item> {
    const items: Item[] = [];
    const unfit: Listed<Item>['unfit'][number][] = [];
    for (const one of list) {
      const parsed = shape.safeParse(one);
      if (parsed.success) {
        items.push(parsed.data);
        continue;
      }
      const id: unknown = (one as Record<string, unknown> | null)?.[idName];
      // What other servers sent lies among it, under ids of theirs.
      if (typeof id === 'string') continue;
      const [issue] = parsed.error.issues;
      const isId = Number.isSafeInteger(id);
      unfit.push({
        id: isId ? (id as number) : undefined,
        reason: `\`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}`,
      });
    }
    if (items.length === 0 && unfit.length > 0)
      throw this.error('BAD_RESPONSE', `lists items of another shape: ${unfit[0]?.reason ?? ''}`);
    return { items, unfit };
  }

  /** A call that is ended from our side fails as that, whatever else fails with it. */
  async #ask(path: string, as: Asker, expected: readonly number[], call: Call): Promise<HttpAnswer> {
    stopIfCancelled(call, this.#source);
    const uid = as === 'service' ? this.#options.uid : as;
    const query = uid === 'guest' ? '' : `${path.includes('?') ? '&' : '?'}_uid=${uid}`;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (as !== 'guest') headers['authorization'] = `Bearer ${this.#options.token}`;
    try {
      const answer = await this.#http.ask({ path: `${path}${query}`, headers, expected: [...expected, 426] }, call);
      if (answer.status !== 426) return answer;
    } catch (error) {
      stopIfCancelled(call, this.#source);
      throw error;
    }
    throw this.error('MISCONFIGURED', 'answers over https alone; set `url` to its https address');
  }

  /** An error of this forum. */
  error(code: ConnectorErrorCode, what: string): ConnectorError {
    return new ConnectorError(code, `${this.#source}: the forum ${what}`);
  }
}
