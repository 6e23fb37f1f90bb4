import { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../kit/errors.ts';
import { HttpClient } from '../../../kit/http.ts';
import { cleanLine } from '../../../kit/text/plain.ts';

/** How the wiki is reached. */
export interface WikiAccess {
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly timeoutMs: number;
  readonly perMinute?: number | undefined;
}

/** Parameters of the Action API; what is undefined is left out. */
export type Params = Readonly<Record<string, string | undefined>>;

/** An error the wiki named: most are answered with status 200. */
export class WikiError extends ConnectorError {
  /** MediaWiki's own code: `readapidenied`, `nosuchpageid`, `internal_api_error_…`. */
  readonly wikiCode: string;

  constructor(code: ConnectorErrorCode, message: string, wikiCode: string) {
    super(code, message);
    this.wikiCode = wikiCode;
  }
}

const Answer = z.looseObject({ error: z.looseObject({ code: z.string(), info: z.string().catch('') }).optional() });

const Token = z.looseObject({
  query: z.looseObject({ tokens: z.looseObject({ logintoken: z.string().min(1) }) }),
});

const Login = z.looseObject({
  login: z.looseObject({
    result: z.string(),
    reason: z.union([z.string(), z.looseObject({ text: z.string() })]).optional(),
    lgusername: z.string().optional(),
  }),
});

/** Answers of 500 titles with all their categories are some hundred kilobytes; a page's HTML can be some megabytes. */
const MAX_ANSWER = 64 * 1024 ** 2;

/** A session that gets lost more often than this within one request is not lost, but never kept. */
const LOGINS = 2;

const LOST = new Set(['assertuserfailed', 'assertnameduserfailed', 'badtoken']);
const DENIED = new Set([
  'readapidenied',
  'permissiondenied',
  'accessdenied',
  'cantread',
  'mustbeloggedin',
  'permissions-error',
]);
const LATER = new Set(['maxlag', 'readonly']);

/** The Action API of one wiki, as one user: logs in by bot password, and again whenever the session is lost. */
export class WikiSession {
  readonly #http: HttpClient;
  readonly #access: WikiAccess;
  readonly #source: string;
  readonly #cookies = new Map<string, string>();
  /** The user's name as the wiki has it, once logged in. */
  #loggedIn: Promise<string> | undefined;

  /** @throws ConnectorError MISCONFIGURED when the address is none. */
  constructor(access: WikiAccess, source: string) {
    const { url, perMinute, timeoutMs } = access;
    const headers = (): Record<string, string> => {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return {
        'user-agent': 'Atrium (documents connector for MediaWiki)',
        'content-type': 'application/x-www-form-urlencoded',
        ...(cookie === '' ? {} : { cookie }),
      };
    };
    this.#http = new HttpClient({ source, baseUrl: url, headers, maxBytes: MAX_ANSWER, perMinute, timeoutMs });
    this.#access = access;
    this.#source = source;
  }

  /**
   * One request, logged in where a user is configured.
   * @throws WikiError for what the wiki refuses, ConnectorError for what is no answer of a wiki
   */
  async ask<Shape extends z.ZodType>(params: Params, shape: Shape, call: Call): Promise<z.output<Shape>> {
    for (let logins = 0; ; logins++) {
      const login = this.#access.user === undefined ? undefined : (this.#loggedIn ??= this.#login(call));
      try {
        // Without it a lost session reads as a guest, who on an open wiki sees less without being told so.
        return await this.#send({ ...params, assertuser: await login }, shape, call);
      } catch (error) {
        // Somebody else's failed login, and one's own, must not be remembered as the session.
        const isLost = error instanceof WikiError && LOST.has(error.wikiCode);
        if ((isLost || error === (await login?.catch((reason: unknown) => reason))) && this.#loggedIn === login)
          this.#forget();
        if (!isLost || logins >= LOGINS) throw error;
      }
    }
  }

  #forget(): void {
    this.#loggedIn = undefined;
    this.#cookies.clear();
  }

  async #login(call: Call): Promise<string> {
    const { user = '', password = '' } = this.#access;
    const { query } = await this.#send({ action: 'query', meta: 'tokens', type: 'login' }, Token, call);
    const params = { action: 'login', lgname: user, lgpassword: password, lgtoken: query.tokens.logintoken };
    const { login } = await this.#send(params, Login, call);
    if (login.result === 'Success') return login.lgusername ?? user.replace(/@[^@]*$/, '');
    if (login.result === 'NeedToken' || login.result === 'WrongToken') {
      throw this.error('UNAVAILABLE', 'the wiki keeps no session: it does not know its own login token again');
    }
    const reason = typeof login.reason === 'string' ? login.reason : (login.reason?.text ?? login.result);
    throw this.error(
      'UNAUTHORIZED',
      `the wiki refuses \`user\` and \`password\` ("${cleanLine(reason).slice(0, 200)}"); give a bot password as Special:BotPasswords makes it, with \`user\` as \`Name@app\``,
    );
  }

  async #send<Shape extends z.ZodType>(params: Params, shape: Shape, call: Call): Promise<z.output<Shape>> {
    const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const body = new URLSearchParams([...given, ['format', 'json'], ['formatversion', '2']]).toString();
    const answer = await this.#http.ask(
      {
        method: 'POST',
        path: 'api.php',
        body,
        // Wikis with several data centres answer reads from the nearest one.
        headers:
          params['action'] === 'login'
            ? { accept: 'application/json' }
            : { accept: 'application/json', 'promise-non-write-api-action': 'true' },
        // Faults in one page come with either status, by version; the body tells them from a server that is down.
        ...(params['action'] === 'parse' ? { expected: [500] } : {}),
      },
      call,
    );
    this.#keepCookies(answer.headers);
    if (answer.status === 500 && !/^\s*\{/.test(answer.body.subarray(0, 20).toString('latin1')))
      throw this.error('UNAVAILABLE', 'the wiki answered with status 500');
    const { error } = this.#http.read(answer, Answer);
    if (error !== undefined) throw this.#wikiError(error.code, cleanLine(error.info).slice(0, 300));
    return this.#http.read(answer, shape);
  }

  #keepCookies(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      const expires = Date.parse(/;\s*expires=([^;]+)/i.exec(line)?.[1] ?? '');
      const isOver = value === 'deleted' || expires < Date.now() || /;\s*max-age=(?:0|-\d+)\s*(?:;|$)/i.test(line);
      if (isOver) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  #wikiError(code: string, info: string): WikiError {
    const message = (text: string): string => `${this.#source}: ${text}`;
    if (DENIED.has(code)) {
      const what =
        this.#access.user === undefined
          ? 'the wiki lets nobody read who is not logged in; set `user` and `password` to a bot password'
          : 'this account may not read the wiki; give it the right to read, and its bot password the grant "Basic rights"';
      return new WikiError('FORBIDDEN', message(code === 'readapidenied' ? what : `the wiki refuses: ${info}`), code);
    }
    if (code === 'ratelimited') return new WikiError('RATE_LIMITED', message('the wiki asks for fewer requests'), code);
    if (LATER.has(code)) return new WikiError('UNAVAILABLE', message(`the wiki asks to come later: ${info}`), code);
    if (LOST.has(code)) return new WikiError('UNAUTHORIZED', message('the wiki does not keep our session'), code);
    const isInternal = code.startsWith('internal_api_error');
    return new WikiError(
      isInternal ? 'UNAVAILABLE' : 'BAD_RESPONSE',
      message(`the wiki answered "${code}": ${info}`),
      code,
    );
  }

  /** An error that names the source. */
  error(code: ConnectorErrorCode, what: string): ConnectorError {
    return new ConnectorError(code, `${this.#source}: ${what}`);
  }
}
