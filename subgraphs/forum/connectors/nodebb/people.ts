import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account } from '../../../kit/content/item.ts';
import { isMail } from '../../../kit/text/accounts.ts';
import { decodeEntities } from '../../../kit/text/html.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { NodebbApi } from './api.ts';
import type { Author, User } from './shapes.ts';

/** A forum of 50,000 people is 100 requests: too many for every run. */
const FRESH_MS = 60 * 60_000;

interface Listed {
  readonly uid: number;
  readonly mail: string | undefined;
}

/** Users, with their mail addresses. Posts do not show these. What the forum says of presence and reputation is not taken. */
export class People {
  readonly #api: NodebbApi;
  #byHandle = new Map<string, Listed>();
  /** By slug and by id. */
  #handles = new Map<string | number, string>();
  #news: readonly Account[] = [];
  #loadedAt: number | undefined;

  constructor(api: NodebbApi) {
    this.#api = api;
  }

  /** Loads them anew where they are older. @returns what is wrong, when the user may not list them */
  async refresh(call: Call, maxAgeMs = FRESH_MS): Promise<Problem | undefined> {
    if (this.#loadedAt !== undefined && Date.now() - this.#loadedAt < maxAgeMs) return undefined;
    const byHandle = new Map<string, Listed>();
    const handles = new Map<string | number, string>();
    for (let page = 1; ; page++) {
      const shown = await this.#api.users(page, call);
      if (shown === undefined) return { place: 'users', reason: NO_MAILS };
      const before = byHandle.size;
      for (const user of shown.users) {
        const handle = handleOf(user);
        byHandle.set(handle, { uid: user.uid, mail: mailOf(user) });
        handles.set(user.uid, handle).set(user.userslug, handle);
      }
      if (shown.isLast || byHandle.size === before) break;
    }
    this.#byHandle = byHandle;
    this.#handles = handles;
    this.#loadedAt = Date.now();
    this.#news = [...byHandle.keys()].flatMap((handle) => this.account(handle) ?? []);
    return undefined;
  }

  /** All of them, once after each time they were loaded: whoever only reads has an account, too. */
  takeNews(): readonly Account[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** The handle of a user's id; undefined for one that is not listed. */
  handleOf(uid: number): string | undefined {
    return this.#handles.get(uid);
  }

  /** The id of a user, as it was when they were loaded: names are free for others once their user is renamed. */
  uidOf(handle: string): number | undefined {
    return this.#byHandle.get(handle)?.uid;
  }

  /** Loads them anew where one of these authors is new. */
  async meet(authors: Iterable<string>, call: Call): Promise<void> {
    for (const handle of authors) {
      // Those of other servers are in no list.
      if (handle === '' || handle.includes('@') || this.#byHandle.has(handle)) continue;
      await this.refresh(call, 0);
      return;
    }
  }

  /** The account that a post shows; undefined for guests and users that are gone. */
  accountOf(author: Author | null | undefined): Account | undefined {
    const isUser = typeof author?.uid === 'string' || (author?.uid ?? 0) > 0;
    if (!isUser) return undefined;
    return this.account(handleOf(author ?? {}), author?.displayname || author?.username);
  }

  /** The account of a user that a text names, by slug or id; undefined for an unknown id. */
  named(user: string | number): Account | undefined {
    const handle = this.#handles.get(user) ?? (typeof user === 'string' ? handleOf({ userslug: user }) : '');
    return this.account(handle);
  }

  /** The account of a handle; undefined when it is blank. */
  account(handle: string, name?: string | null): Account | undefined {
    if (handle === '') return undefined;
    const shown = cleanLine(decodeEntities(name ?? ''));
    const mail = this.#byHandle.get(handle)?.mail;
    return { handle, ...(shown === '' ? {} : { name: shown }), ...(mail === undefined ? {} : { mail }) };
  }
}

/** What to change when users cannot be listed. */
export const NO_MAILS =
  'mail addresses cannot be read, so that accounts are linked to people by their names alone; let `uid` be an administrator';

/** A user as accounts call them: by their slug, with the dots of their name, for which older releases have dashes. */
export function handleOf(user: Pick<Author, 'userslug' | 'username'>): string {
  const slug = cleanLine(user.userslug ?? '').toLowerCase();
  const name = cleanLine(user.username ?? '').toLowerCase();
  return name.replaceAll('.', '-') === slug ? name : slug;
}

/** One that was never confirmed may be anybody's. */
function mailOf(user: User): string | undefined {
  const mail = cleanLine(user.email ?? '').toLowerCase();
  return isMail(mail) && user['email:confirmed'] ? mail : undefined;
}
