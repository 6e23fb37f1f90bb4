import type { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient, type HttpAnswer } from '../../../kit/http.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import { Pages, type PageOptions, type Rows } from './pages.ts';
import { CONTENT_FIELDS, filter, MEMBER_FIELDS, PER_PAGE, PERSON_FIELDS, PLACE_FIELDS, REPLY_FIELDS } from './query.ts';
import { explain, readJson } from './refusals.ts';
import { Content, Page, Person } from './shapes.ts';

/** How Jive is reached. */
export interface JiveOptions {
  readonly url: string;
  /** The header that says who asks. */
  readonly authorization: string;
  readonly types: readonly string[];
  readonly perMinute: number;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** In whose name something is asked for: headers beside those of the account; `guest` without any. */
export type As = Readonly<Record<string, string>> | 'guest';

const API = 'api/core/v3/';
/** Statuses that are answers: what they mean depends on what was asked for. */
const EXPECTED = [400, 401, 403, 404, 409, 410];
const GONE = [404, 410];

/** A Jive community by its REST API, version 3. All requests share one budget. */
export class JiveApi {
  readonly #http: HttpClient;
  readonly #guest: HttpClient;
  readonly #options: JiveOptions;
  readonly #root: URL;
  readonly source: string;
  /** Where addresses of the community start, with a slash at the end. */
  readonly base: string;

  /** @throws ConnectorError MISCONFIGURED when the address is none. */
  constructor(options: JiveOptions, source: string) {
    const { url, authorization, perMinute, timeoutMs, maxBytes } = options;
    this.base = url.replace(/\/*$/, '/');
    const common = { source, baseUrl: `${this.base}${API}`, perMinute, timeoutMs, maxBytes };
    this.#http = new HttpClient({ ...common, headers: () => ({ authorization }) });
    this.#guest = new HttpClient(common);
    this.#root = new URL(common.baseUrl);
    this.#options = options;
    this.source = source;
  }

  /** Who the account is, or who it acts as. @throws ConnectorError that says what to change */
  async me(call: Call, as: As = {}): Promise<Person> {
    const answer = await this.#ask(`people/@me?fields=${PERSON_FIELDS}`, call, as);
    const isForeign = answer.status === 404 || answer.body.toString('utf8').trimStart().startsWith('<');
    if (isForeign && answer.status !== 401 && answer.status !== 403) throw this.#foreign();
    this.#mustBeRead(answer, 'read its own profile');
    const person = this.#read(answer, Person);
    // Where guests are let in, a token that has run out makes one of its owner.
    if (Number(person.id) <= 0) throw this.#error('UNAUTHORIZED', `${this.base} takes the credentials for a guest’s`);
    return person;
  }

  /** Spaces, groups, projects and blogs. */
  places(call: Call): AsyncGenerator<Rows> {
    const query = filter('type', 'space', 'group', 'project', 'blog');
    return this.#list(`places?${query}&fields=${PLACE_FIELDS}&count=${PER_PAGE}`, 'list places', call, {
      idOf: 'placeID',
    });
  }

  /** Who is in a group; undefined when that is not shown. */
  async members(place: string, call: Call): Promise<unknown[] | undefined> {
    return this.#all(
      `members/places/${place}?fields=${MEMBER_FIELDS}&count=${PER_PAGE}`,
      'read members',
      [403, ...GONE],
      call,
    );
  }

  /**
   * Contents: all of them, the oldest first, so that what is new comes at the end; or the last active first. Filters by
   * date are only for searches, which want words.
   */
  contents(sort: 'dateCreatedAsc' | 'latestActivityDesc', call: Call, count = PER_PAGE): AsyncGenerator<Rows> {
    const query = [
      filter('type', ...this.#options.types),
      filter('status', 'published'),
      `sort=${sort}`,
      `count=${count}`,
      `fields=${CONTENT_FIELDS}`,
    ];
    return this.#list(`contents?${query.join('&')}`, 'list contents', call, {
      idOf: 'contentID',
      isSteady: sort === 'dateCreatedAsc',
    });
  }

  /** A content; undefined when it is gone, or not to be seen by who asks. */
  async content(id: string, call: Call, as: As = {}, fields = CONTENT_FIELDS): Promise<unknown> {
    const answer = await this.#ask(`contents/${id}?fields=${fields}`, call, as);
    if (answer.status === 401 && as !== 'guest') this.#mustBeRead(answer, 'read contents');
    return answer.status === 200 ? this.#read(answer, Content.pick({ contentID: true }).loose()) : undefined;
  }

  /** Messages of a discussion, or comments of what else there is; undefined when it is gone. */
  async replies(id: string, isDiscussion: boolean, call: Call): Promise<unknown[] | undefined> {
    const path = isDiscussion ? `messages/contents/${id}` : `contents/${id}/comments`;
    return this.#all(`${path}?hierarchical=false&fields=${REPLY_FIELDS}&count=${PER_PAGE}`, 'read replies', GONE, call);
  }

  /** Somebody by their id, user name or mail address; undefined when there is nobody, or not for this account. */
  async person(by: 'id' | 'username' | 'email', name: string, call: Call): Promise<Person | undefined> {
    const path = by === 'id' ? `people/${name}` : `people/${by}/${encodeURIComponent(name)}`;
    const answer = await this.#ask(`${path}?fields=${PERSON_FIELDS}`, call);
    return answer.status === 200 ? this.#read(answer, Person) : undefined;
  }

  /** @param absent statuses that mean that there is nothing, or not for this account */
  async #all(path: string, what: string, absent: readonly number[], call: Call): Promise<unknown[] | undefined> {
    const all: unknown[] = [];
    try {
      for await (const { rows } of this.#list(path, what, call, { idOf: 'id', absent })) all.push(...rows);
    } catch (error) {
      if (error instanceof Absent) return undefined;
      throw error;
    }
    return all;
  }

  /** Pages of a list, as far as `links.next` goes. `what` it is to read it goes into messages. */
  async *#list(
    path: string,
    what: string,
    call: Call,
    { absent, ...options }: PageOptions & { readonly absent?: readonly number[] },
  ): AsyncGenerator<Rows> {
    const pages = new Pages(options);
    for (let next: string | undefined = path; next !== undefined;) {
      const answer: HttpAnswer = await this.#ask(next, call);
      if (absent?.includes(answer.status) === true) throw new Absent();
      if (answer.status === 404) throw this.#foreign();
      this.#mustBeRead(answer, what);
      const page = this.#read(answer, Page);
      next = this.#below(page.links?.next);
      const rows = pages.take(page.list, next !== undefined);
      if (rows === undefined) throw this.#error('BAD_RESPONSE', `${this.base} lists the same again and again`);
      if (next !== undefined) next = pages.next(next);
      yield rows;
    }
  }

  /** The path of a link within the API. Credentials go nowhere else. */
  #below(link: string | null | undefined): string | undefined {
    if (!link) return undefined;
    const url = URL.canParse(link, this.#root.href) ? new URL(link, this.#root) : undefined;
    if (url?.origin !== this.#root.origin || !url.pathname.startsWith(this.#root.pathname)) {
      const where = url === undefined ? 'nowhere' : `at ${url.origin}`;
      throw this.#error('MISCONFIGURED', `its lists go on ${where}; set \`url\` to the address Jive gives itself`);
    }
    return `${url.pathname.slice(this.#root.pathname.length)}${url.search}`;
  }

  /** @throws ConnectorError for an answer that is none */
  #mustBeRead(answer: HttpAnswer, what: string): void {
    if (answer.status < 400) return;
    throw explain(answer, what, this.base, this.source);
  }

  #read<Shape extends z.ZodType>(answer: HttpAnswer, shape: Shape): z.output<Shape> {
    return this.#http.read(readJson(answer), shape);
  }

  /** A call that is ended from our side fails as that, whatever else fails with it. */
  async #ask(path: string, call: Call, as: As = {}): Promise<HttpAnswer> {
    stopIfCancelled(call, this.source);
    const isGuest = as === 'guest';
    const headers = { accept: 'application/json', ...(isGuest ? {} : as) };
    try {
      const answer = await (isGuest ? this.#guest : this.#http).ask({ path, headers, expected: EXPECTED }, call);
      // A refusal to act as somebody says nothing of what was asked for.
      const refusal = isGuest || Object.keys(as).length === 0 ? undefined : explain(answer, '', this.base, this.source);
      if (refusal?.code === 'MISCONFIGURED') throw refusal;
      return answer;
    } catch (cause) {
      stopIfCancelled(call, this.source);
      throw cause;
    }
  }

  #foreign(): ConnectorError {
    return this.#error(
      'MISCONFIGURED',
      `${this.base} is not a Jive community; set \`url\` to its own address, without \`/api\``,
    );
  }

  #error(code: ConnectorErrorCode, what: string): ConnectorError {
    return new ConnectorError(code, `${this.source}: ${what}`);
  }
}

/** What was asked for is not there. */
class Absent extends Error {}
