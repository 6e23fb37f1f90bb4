import { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient, type HttpAnswer } from '../../../kit/http.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import { booleanOf, namesOf, type Endpoint } from './resource.ts';

/** How the server is reached. */
export interface ScimOptions {
  readonly url: string;
  readonly token: string;
  readonly perMinute?: number | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** What is asked of a list. */
export interface ListQuery {
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
  readonly filter?: string | undefined;
  readonly attributes?: string | undefined;
}

/** A page of a list. */
export interface ListPage {
  readonly resources: readonly unknown[];
  /** How many there are in all, as the server says. `itemsPerPage` is not read: some servers echo the request. */
  readonly total: number | undefined;
}

const Total = z.coerce.number().int().nonnegative();
/** An empty list may lack `Resources` (RFC 7644, 3.4.2), but then says that it is empty. */
const List = z
  .looseObject({ totalResults: Total.optional(), Resources: z.array(z.unknown()).nullish() })
  .refine(({ totalResults, Resources }) => totalResults !== undefined || Array.isArray(Resources), 'is no list');

const NOUNS: Readonly<Record<Endpoint, string>> = { Users: 'users', Groups: 'groups' };

/** A SCIM server. All requests share one budget. */
export class ScimApi {
  readonly #http: HttpClient;
  readonly #url: string;
  readonly #source: string;

  /** @throws ConnectorError MISCONFIGURED when the address is none. */
  constructor({ url, token, perMinute, timeoutMs, maxBytes }: ScimOptions, source: string) {
    const headers = (): Record<string, string> => ({
      authorization: `Bearer ${token}`,
      accept: 'application/scim+json, application/json',
    });
    this.#http = new HttpClient({ source, baseUrl: url, headers, perMinute, timeoutMs, maxBytes });
    this.#url = url;
    this.#source = source;
  }

  /** Whether the server says that it filters lists. Where it does not describe itself, it does not. */
  async filters(call: Call): Promise<boolean> {
    const answer = await this.#ask('ServiceProviderConfig', [400, 401, 403, 404, 501], call);
    if (answer.status !== 200) return false;
    const config = namesOf(this.#http.read(answer, z.unknown()));
    return booleanOf(namesOf(config.get('filter')).get('supported')) === true;
  }

  /**
   * A page; undefined when the server does not take the filter, or the choice of attributes.
   * @throws ConnectorError that says what to change
   */
  async list(endpoint: Endpoint, query: ListQuery, call: Call): Promise<ListPage | undefined> {
    const { startIndex, count, filter, attributes } = query;
    const parameters = new URLSearchParams({ startIndex: String(startIndex), count: String(count) });
    if (filter !== undefined) parameters.set('filter', filter);
    if (attributes !== undefined) parameters.set('attributes', attributes);
    // Some servers take a plus for a plus: RFC 3986 knows no other meaning.
    const path = `${endpoint}?${parameters.toString().replaceAll('+', '%20')}`;
    const refusals = filter === undefined && attributes === undefined ? [] : [400, 501];
    const answer = await this.#ask(path, [401, 403, 404, ...refusals], call);
    if (refusals.includes(answer.status)) return undefined;
    this.#mustBeReadable(endpoint, answer);
    const { totalResults, Resources } = this.#http.read(answer, List);
    return { resources: Resources ?? [], total: totalResults };
  }

  /** One user or group; undefined when it is gone, or cannot be asked for. */
  async one(endpoint: Endpoint, id: string, call: Call): Promise<unknown> {
    // As part of an address these would mean another one.
    if (/^\.{0,2}$/.test(id)) return undefined;
    const answer = await this.#ask(`${endpoint}/${encodeURIComponent(id)}`, [401, 403, 404, 410], call);
    if (answer.status === 404 || answer.status === 410) return undefined;
    this.#mustBeReadable(endpoint, answer);
    return this.#http.read(answer, z.unknown());
  }

  #mustBeReadable(endpoint: Endpoint, { status }: HttpAnswer): void {
    const nouns = NOUNS[endpoint];
    if (status === 401)
      throw this.error('UNAUTHORIZED', `${this.#url} refuses the token; set \`token\` to a valid one`);
    if (status === 403) {
      throw this.error('FORBIDDEN', `${this.#url} does not let this token read ${nouns}; give it the right to`);
    }
    if (status !== 404) return;
    const none = endpoint === 'Groups' ? ', or `groups: false` where it keeps none' : '';
    throw this.error(
      'MISCONFIGURED',
      `${this.#url} has no ${nouns}; set \`url\` to the address that /${endpoint} comes after${none}`,
    );
  }

  /** A call that is ended from our side fails as that, whatever else fails with it. */
  async #ask(path: string, expected: readonly number[], call: Call): Promise<HttpAnswer> {
    stopIfCancelled(call, this.#source);
    try {
      return await this.#http.ask({ path, expected }, call);
    } catch (cause) {
      stopIfCancelled(call, this.#source);
      throw cause;
    }
  }

  /** An error of this source. */
  error(code: ConnectorErrorCode, what: string): ConnectorError {
    return new ConnectorError(code, `${this.#source}: ${what}`);
  }
}
