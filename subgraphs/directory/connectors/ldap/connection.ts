import type { ConnectionOptions } from 'node:tls';
import type { Client, Entry as Found, SearchOptions } from 'ldapts';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { stopIfCancelled } from '../../../kit/text/files.ts';
import type { Entry } from '../inet-org-person.ts';
import { AnswerSize, MAX_ANSWER } from './answer-size.ts';
import { clientOf, tlsOptions, type ConnectionSettings } from './client.ts';
import { RESULT, resultCode, toConnectorError } from './errors.ts';
import { readableFilter } from './filters.ts';

/** What to look for, and where. */
export interface Search {
  readonly base: string;
  readonly filter: string;
  readonly attributes: readonly string[];
}

/** One page of entries; `isCut` on the last one when the server would not give all there are. */
export interface Page {
  readonly entries: readonly Entry[];
  readonly isCut: boolean;
}

/** More than any server has: with a limit of our own the library keeps what came before the server's one. */
const NO_LIMIT = 2 ** 31 - 1;

/** Values that are no text, in the spellings servers give their names in. */
const BINARY = ['objectGUID', 'objectguid', 'objectGuid', 'objectSid', 'objectsid', 'objectSID'];

/** The answer was larger than anything sensible, and was broken off; the connection is a new one. */
export class TooLarge extends ConnectorError {
  constructor(source: string, options?: ErrorOptions) {
    const limit = `${MAX_ANSWER / 1024 / 1024} MB`;
    super('BAD_RESPONSE', `${source}: the server’s answer is larger than ${limit}; lower \`pageSize\``, options);
  }
}

/**
 * One connection, logged in. It is not mended when it breaks: the library would go on unnamed, and what nobody in
 * particular may read would look like what there is.
 */
export class Connection implements AsyncDisposable {
  #client: Client;
  readonly #size: AnswerSize;
  readonly #settings: ConnectionSettings;
  readonly #call: Call;
  readonly #end = (): void => void this.#client.unbind().catch(() => undefined);

  private constructor(client: Client, size: AnswerSize, settings: ConnectionSettings, call: Call) {
    this.#client = client;
    this.#size = size;
    this.#settings = settings;
    this.#call = call;
    call.signal.addEventListener('abort', this.#end, { once: true });
  }

  /** @throws ConnectorError when the server cannot be reached, or does not take the credentials. */
  static async open(settings: ConnectionSettings, call: Call): Promise<Connection> {
    const { source, bindDn, password } = settings;
    stopIfCancelled(call, source);
    // RFC 4513, section 5.1.2: a name without a password is let in as nobody, which looks like success.
    if (bindDn !== undefined && !password) {
      throw new ConnectorError('MISCONFIGURED', `${source}: \`password\` is empty; a server would let anybody in so`);
    }
    const tls = await tlsOptions(settings);
    const size = new AnswerSize();
    const connection = new Connection(clientOf(settings, tls, size), size, settings, call);
    try {
      await connection.#logIn(tls);
      return connection;
    } catch (cause) {
      await connection[Symbol.asyncDispose]();
      stopIfCancelled(call, source);
      throw connection.#brokenOff(cause) ?? toConnectorError(source, cause);
    }
  }

  async #logIn(tls: ConnectionOptions): Promise<void> {
    const { startTls, bindDn, password } = this.#settings;
    this.#size.reset();
    if (startTls) await this.#inTime(this.#client.startTLS(tls));
    await this.#client.bind(bindDn ?? '', password ?? '');
  }

  /** Pages of entries below `base`. Their order is the server's: sorted ones break off between pages on OpenLDAP. */
  async *pages(search: Search, pageSize: number): AsyncGenerator<Page> {
    const seen = new Set<string>();
    const { base } = search;
    const options = this.#options(search);
    try {
      this.#mustBeConnected();
      this.#size.reset();
      for await (const { searchEntries } of this.#client.searchPaginated(base, { ...options, paged: { pageSize } })) {
        const before = seen.size;
        for (const { dn } of searchEntries) seen.add(dn);
        if (searchEntries.length > 0 && seen.size === before)
          throw new ConnectorError('BAD_RESPONSE', `${this.#settings.source}: the server gives the same page again`);
        const entries: Entry[] = [];
        for (const found of searchEntries) entries.push(await this.#whole(found));
        yield { entries, isCut: false };
        stopIfCancelled(this.#call, this.#settings.source);
        this.#size.reset();
      }
    } catch (cause) {
      if (resultCode(cause) !== RESULT.sizeLimitExceeded) throw await this.#error(cause, base);
      // The page that went beyond the limit is lost; without pages the server gives all that it allows.
      const rest = await this.#search(search, { sizeLimit: NO_LIMIT }).catch(() => []);
      yield { entries: rest.filter(({ dn }) => !seen.has(dn)).map(toEntry), isCut: true };
    }
  }

  /** The one entry of that name, if it is there and the filter fits. */
  async read(search: Search): Promise<Entry | undefined> {
    try {
      const [found] = await this.#search(search, { scope: 'base' });
      return found && (await this.#whole(found));
    } catch (cause) {
      if (resultCode(cause) === RESULT.noSuchObject) return undefined;
      throw await this.#error(cause, search.base);
    }
  }

  /** The first entry found, or none. @throws ConnectorError MISCONFIGURED when there is no such base. */
  async first(search: Search): Promise<Entry | undefined> {
    try {
      const [found] = await this.#search(search, { sizeLimit: 1 });
      return found && toEntry(found);
    } catch (cause) {
      throw await this.#error(cause, search.base);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call.signal.removeEventListener('abort', this.#end);
    await this.#client.unbind().catch(() => undefined);
  }

  /** Active Directory gives 1500 members at a time, as `member;range=0-1499`, and more when asked ([MS-ADTS] 3.1.1.3.1.3.3). */
  async #whole(found: Found): Promise<Entry> {
    const entry = toEntry(found);
    let range = rangeOf(found);
    while (range !== undefined) {
      const { name, last } = range;
      const next: Search = { base: found.dn, filter: '(objectClass=*)', attributes: [`${name};range=${last + 1}-*`] };
      const [more] = await this.#search(next, { scope: 'base' });
      if (more === undefined) break;
      const type = name.toLowerCase();
      const values = [...(entry.attributes.get(type) ?? []), ...(toEntry(more).attributes.get(type) ?? [])];
      entry.attributes.set(type, values);
      range = rangeOf(more);
      // The last part ends in `*`; one that does not get further would be asked for for ever.
      if (range !== undefined && range.last <= last) break;
    }
    return entry;
  }

  async #search(search: Search, more: SearchOptions): Promise<Found[]> {
    this.#mustBeConnected();
    this.#size.reset();
    const { searchEntries } = await this.#client.search(search.base, { ...this.#options(search), ...more });
    return searchEntries;
  }

  #options({ filter, attributes }: Search): SearchOptions {
    return {
      filter: readableFilter(filter),
      attributes: [...attributes],
      explicitBufferAttributes: BINARY,
      // The library would set ten seconds.
      timeLimit: Math.ceil(this.#settings.timeoutMs / 1000),
    };
  }

  #mustBeConnected(): void {
    if (!this.#client.isConnected) throw new Error('connection closed');
  }

  async #error(cause: unknown, base: string): Promise<ConnectorError> {
    stopIfCancelled(this.#call, this.#settings.source);
    const error = this.#brokenOff(cause);
    if (error instanceof TooLarge) {
      await this.#client.unbind().catch(() => undefined);
      const tls = await tlsOptions(this.#settings);
      this.#client = clientOf(this.#settings, tls, this.#size);
      await this.#logIn(tls).catch((reason: unknown) => {
        throw this.#brokenOff(reason) ?? toConnectorError(this.#settings.source, reason);
      });
    }
    return error ?? toConnectorError(this.#settings.source, cause, base);
  }

  /** Why the connection was broken off from our side; undefined where it was not. */
  #brokenOff(cause: unknown): ConnectorError | undefined {
    const { source } = this.#settings;
    if (this.#size.isOver) return new TooLarge(source, { cause });
    if (!this.#size.isForeign) return undefined;
    const message = `${source}: the server answered with something that is no LDAP; look at the port in \`url\``;
    return new ConnectorError('BAD_RESPONSE', message, { cause });
  }

  /** The library waits for ever for the other side to greet back. */
  async #inTime(work: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('timeout')), this.#settings.timeoutMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The attribute of which there is more, and the place of the last value given. */
function rangeOf(found: Found): { readonly name: string; readonly last: number } | undefined {
  for (const attribute of Object.keys(found)) {
    const [, name, last] = /^([\w-]+);range=\d+-(\d+)$/i.exec(attribute) ?? [];
    if (name !== undefined) return { name, last: Number(last) };
  }
  return undefined;
}

/** An entry whose values can still be added to. */
interface OpenEntry extends Entry {
  readonly attributes: Map<string, (string | Uint8Array)[]>;
}

function toEntry(found: Found): OpenEntry {
  const attributes = new Map<string, (string | Uint8Array)[]>();
  for (const [name, value] of Object.entries(found)) {
    if (name === 'dn') continue;
    const type = name.replace(/;.*$/s, '').toLowerCase();
    const values = Array.isArray(value) ? value : [value];
    if (values.length > 0) attributes.set(type, [...(attributes.get(type) ?? []), ...values]);
  }
  return { dn: found.dn, attributes };
}
