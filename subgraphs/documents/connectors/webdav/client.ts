import { cleanLine } from '../../../kit/text/plain.ts';
import type { Call, Problem } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient, type HttpAnswer } from '../../../kit/http.ts';
import { Unreachable } from '../../../kit/unreachable.ts';
import { cloudOf, type Cloud } from './cloud.ts';
import { entryOf, type Entry } from './entries.ts';
import { namesBelow, pathOf } from './hrefs.ts';
import { elementsOf, MultistatusError, readMultistatus, type Resource } from './multistatus.ts';
import { Ocs, type Capabilities } from './ocs.ts';
import { TELLING_PROPS, vendorOf, type Vendor } from './vendors.ts';

/** How the server is reached. */
export interface DavOptions {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly maxBytes: number;
  readonly perMinute?: number | undefined;
  readonly timeoutMs: number;
}

/**
 * What stands between us and one file or folder: the account may not read it; it is no longer there; or it is there,
 * but locked or broken for now.
 */
export type Refusal = 'forbidden' | 'gone' | 'locked' | 'broken';

/** A file whose answer is of no use: too large, or sent elsewhere; a sentence. */
export interface Unfit {
  readonly unfit: string;
}

/** A folder's entries, sorted by name, and what in its listing was of no use. */
export interface Listing {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

const REFUSALS: Readonly<Record<number, Refusal>> = {
  // Apache says 401 for a folder closed to an account that it knows.
  401: 'forbidden',
  403: 'forbidden',
  404: 'gone',
  410: 'gone',
  423: 'locked',
  // One broken file or folder; a server that is down says 502 to 504, or nothing.
  500: 'broken',
};

/** A listing of some 60,000 entries. */
const MAX_LISTING = 64 * 1024 ** 2;

const PROPS = ['resourcetype', 'getcontentlength', 'getetag', 'getlastmodified', 'displayname'].map(
  (name) => `DAV:${name}`,
);

/** A WebDAV server below one address: looks at it, lists its folders one by one, reads its files. */
export class DavClient {
  /** Where the address lies, if it is one of Nextcloud or ownCloud. */
  readonly cloud: Cloud | undefined;
  readonly ocs: Ocs;
  readonly #http: HttpClient;
  readonly #base: URL;
  readonly #options: DavOptions;
  readonly #source: string;
  /** The path from the server's own address to the base. */
  readonly #prefix: string;
  #vendor: Vendor | undefined;
  #capabilities: Capabilities | undefined;

  /** @throws ConnectorError MISCONFIGURED when the address is none. */
  constructor(options: DavOptions, source: string) {
    const { url, user, password = '', maxBytes, perMinute, timeoutMs } = options;
    // RFC 7617: the first colon ends the user's name.
    const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const headers = (): Record<string, string> => (user === undefined ? {} : { authorization: basic });
    this.#base = new URL(url.replace(/\/*$/, '/'));
    this.cloud = cloudOf(this.#base);
    // One client for all interfaces of a server: they share its budget.
    const baseUrl = this.cloud?.root ?? this.#base.href;
    this.#prefix = this.#base.href.slice(baseUrl.length);
    this.#http = new HttpClient({ source, baseUrl, headers, maxBytes, perMinute, timeoutMs });
    this.ocs = new Ocs(this.#http, source);
    this.#options = options;
    this.#source = source;
  }

  /** The address of a file. */
  urlOf(path: string): string {
    return new URL(pathOf(path), this.#base).href;
  }

  /**
   * The folder itself, whose server it is on, and what time it is there.
   * @throws ConnectorError that says what to change, when there is no such folder or it may not be read
   */
  async look(call: Call): Promise<{ readonly vendor: Vendor; readonly root: Entry; readonly at: number }> {
    const url = this.#base.href;
    const answer = await this.#propfind('', '0', [...PROPS, ...TELLING_PROPS], call, [400, 405, 501]);
    const { status } = answer;
    if (status === 401) {
      const { user } = this.#options;
      const what =
        user === undefined
          ? 'asks for a user and a password; correct `user` and `password`'
          : 'refuses the credentials; correct `user` and `password`, or they may not enter this folder';
      throw this.#error('UNAUTHORIZED', `${url} ${what}`);
    }
    if (status === 403)
      throw this.#error('FORBIDDEN', `${url} may not be read by this account; give it the right, or use another`);
    if (status === 404 || status === 410)
      throw this.#error('MISCONFIGURED', `there is nothing at ${url}; set \`url\` to the folder's address`);
    if (status === 423 || status === 500) throw this.#error('UNAVAILABLE', `${url} answered with status ${status}`);
    if (status !== 207) {
      throw this.#error(
        'MISCONFIGURED',
        `${url} is not a WebDAV folder (PROPFIND gets status ${status}); set \`url\` to its WebDAV address`,
      );
    }
    const root = this.#entriesOf(answer, '').self;
    if (!root.isFolder) throw this.#error('MISCONFIGURED', `${url} is a file; set \`url\` to the folder's address`);
    // Kept for the listings: their properties depend on it.
    this.#capabilities ??= this.cloud && (await this.ocs.capabilities(call));
    this.#vendor = vendorOf(answer.headers.get('dav') ?? '', root.resource, this.#capabilities);
    return { vendor: this.#vendor, root, at: Date.parse(answer.headers.get('date') ?? '') || Date.now() };
  }

  /**
   * What a SEARCH (RFC 5323) finds below the base; `query` is given the properties and the scope. Undefined where the
   * server does not search, or fails over it: it can be done without.
   */
  async search(
    query: (props: string, scope: string) => string,
    call: Call,
  ): Promise<{ readonly entries: readonly Entry[]; readonly count: number } | undefined> {
    const { account, inside } = this.cloud ?? {};
    if (account === undefined || inside === undefined) return undefined;
    const scope = `/files/${[account, ...inside].map(encodeURIComponent).join('/')}`;
    const request = {
      method: 'SEARCH',
      path: 'remote.php/dav/',
      headers: { 'content-type': 'text/xml; charset=utf-8', accept: 'application/xml, text/xml' },
      body: query(elementsOf([...PROPS, ...(this.#vendor?.props ?? [])]), scope),
      expected: [400, 403, 404, 405, 422, 500, 501],
      maxBytes: MAX_LISTING,
    };
    let answer: HttpAnswer;
    let resources: Resource[];
    try {
      answer = await this.#http.ask(request, call);
      resources = this.#resourcesOf(answer, `SEARCH below ${scope}`);
    } catch (cause) {
      if (call.signal.aborted || !(cause instanceof ConnectorError)) throw cause;
      return undefined;
    }
    const entries = resources.flatMap((resource) => {
      const names = namesBelow(this.#base, resource.href, answer.url);
      return typeof names === 'string' || names.length === 0 || resource.status !== 200
        ? []
        : [entryOf(names.join('/'), resource)];
    });
    return { entries, count: resources.length };
  }

  /**
   * What is in a folder. Depth 1: most servers refuse to list all at once, and to be asked without a depth.
   * @throws ConnectorError when the server does not answer, or not with a whole listing of this folder
   */
  async list(folder: string, call: Call): Promise<Listing | Refusal> {
    const answer = await this.#propfind(folder, '1', [...PROPS, ...(this.#vendor?.props ?? [])], call);
    const refusal = REFUSALS[answer.status];
    return refusal === undefined ? this.#entriesOf(answer, folder) : this.#ofItself(refusal, call);
  }

  /** The bytes of a file, or why it is not to be had. @throws ConnectorError when the server does not answer */
  async get(path: string, call: Call): Promise<Buffer | Refusal | Unfit> {
    const expected = Object.keys(REFUSALS).map(Number);
    let answer: HttpAnswer;
    try {
      answer = await this.#http.ask({ path: `${this.#prefix}${pathOf(path)}`, expected }, call);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error instanceof Unreachable) throw error;
      const isOfFile = error.code === 'BAD_RESPONSE' || error.code === 'MISCONFIGURED';
      if (isOfFile) return { unfit: error.message.replace(`${this.#source}: `, '').replace(/\.$/, '') };
      throw error;
    }
    const refusal = REFUSALS[answer.status];
    if (refusal !== undefined) return this.#ofItself(refusal, call);
    // A page to log in on is not the file, though its status is 200.
    const isFile = answer.status === 200 && typeof namesBelow(this.#base, answer.url, answer.url) !== 'string';
    return isFile ? answer.body : { unfit: 'the server answers with something else than the file' };
  }

  /** Whether it is this one alone that is refused: an account that is closed meanwhile must not empty the store. */
  async #ofItself(refusal: Refusal, call: Call): Promise<Refusal> {
    if (refusal !== 'locked') await this.look(call);
    return refusal;
  }

  #propfind(
    folder: string,
    depth: '0' | '1',
    props: readonly string[],
    call: Call,
    expected: readonly number[] = [],
  ): Promise<HttpAnswer> {
    return this.#http.ask(
      {
        method: 'PROPFIND',
        path: folder === '' ? this.#prefix : `${this.#prefix}${pathOf(folder)}/`,
        headers: { depth, 'content-type': 'application/xml; charset=utf-8', accept: 'application/xml, text/xml' },
        body: `<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:"><d:prop>${elementsOf(props)}</d:prop></d:propfind>`,
        expected: [...expected, ...Object.keys(REFUSALS).map(Number)],
        maxBytes: MAX_LISTING,
      },
      call,
    );
  }

  #resourcesOf(answer: HttpAnswer, asked: string): Resource[] {
    try {
      if (answer.status !== 207) throw new MultistatusError(`with status ${answer.status}`);
      return readMultistatus(answer.body.toString('utf8'));
    } catch (cause) {
      if (!(cause instanceof MultistatusError)) throw cause;
      throw this.#error('BAD_RESPONSE', `${asked} was answered with something ${cause.message}`, cause);
    }
  }

  #entriesOf(answer: HttpAnswer, folder: string): Listing & { readonly self: Entry } {
    const place = folder === '' ? this.#base.href : `${this.#base.href}${pathOf(folder)}/`;
    const resources = this.#resourcesOf(answer, `PROPFIND of ${place}`);
    const depth = folder === '' ? 0 : folder.split('/').length;
    const problems: Problem[] = [];
    const byPath = new Map<string, Entry>();
    for (const resource of resources) {
      const names = namesBelow(this.#base, resource.href, answer.url);
      const path = typeof names === 'string' ? undefined : names.join('/');
      if (path === folder || (path !== undefined && isDirectlyIn(path, folder, depth))) {
        byPath.set(path, entryOf(path, resource));
        continue;
      }
      const shown = cleanLine(resource.href).slice(0, 200);
      const what = names === 'name' ? 'has a name that is not UTF-8 or not fit for one' : 'lies outside of it';
      problems.push({ place: folder || '/', reason: `its listing names "${shown}", which ${what}; it is left out` });
    }
    const self = byPath.get(folder);
    if (self === undefined) {
      throw this.#error(
        'BAD_RESPONSE',
        `the listing of ${place} is one of another address; set \`url\` as the server writes it${seenIn(resources)}`,
      );
    }
    byPath.delete(folder);
    const entries = [...byPath.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { self, entries, problems };
  }

  #error(code: ConnectorErrorCode, what: string, cause?: unknown): ConnectorError {
    return new ConnectorError(code, `${this.#source}: ${what}`, { cause });
  }
}

function isDirectlyIn(path: string, folder: string, depth: number): boolean {
  return path.split('/').length === depth + 1 && (folder === '' || path.startsWith(`${folder}/`));
}

function seenIn(resources: readonly Resource[]): string {
  const [first] = resources;
  return first === undefined ? '' : ` (it begins with ${cleanLine(first.href).slice(0, 200)})`;
}
