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
  #bySlug = new Map<string, Listed>();
  #slugs = new Map<number, string>();
  #loadedAt: number | undefined;

  constructor(api: NodebbApi) {
    this.#api = api;
  }

  /** Loads them anew where they are older. @returns what is wrong, when the user may not list them */
  async refresh(call: Call, maxAgeMs = FRESH_MS): Promise<Problem | undefined> {
    if (this.#loadedAt !== undefined && Date.now() - this.#loadedAt < maxAgeMs) return undefined;
    const bySlug = new Map<string, Listed>();
    const slugs = new Map<number, string>();
    for (let page = 1; ; page++) {
      const shown = await this.#api.users(page, call);
      if (shown === undefined) return { place: 'users', reason: NO_MAILS };
      const before = bySlug.size;
      for (const user of shown.users) {
        const slug = handleOf(user);
        bySlug.set(slug, { uid: user.uid, mail: mailOf(user) });
        slugs.set(user.uid, slug);
      }
      if (shown.isLast || bySlug.size === before) break;
    }
    this.#bySlug = bySlug;
    this.#slugs = slugs;
    this.#loadedAt = Date.now();
    return undefined;
  }

  /** The slug of a user; undefined for one that is not listed. */
  slugOf(uid: number): string | undefined {
    return this.#slugs.get(uid);
  }

  /** The id of a user, as it was when they were loaded: slugs are free for others once their user is renamed. */
  uidOf(handle: string): number | undefined {
    return this.#bySlug.get(handle)?.uid;
  }

  /** Loads them anew where one of these authors is new. */
  async meet(authors: Iterable<string>, call: Call): Promise<void> {
    for (const handle of authors) {
      // Those of other servers are in no list.
      if (handle === '' || handle.includes('@') || this.#bySlug.has(handle)) continue;
      await this.refresh(call, 0);
      return;
    }
  }

  /** The account that a post shows; undefined for guests and users that are gone. */
  accountOf(author: Author | null | undefined): Account | undefined {
    const isUser = typeof author?.uid === 'string' || (author?.uid ?? 0) > 0;
    if (!isUser) return undefined;
    return this.account(author?.userslug ?? '', author?.displayname || author?.username);
  }

  /** The account of a slug; undefined when it is blank. */
  account(slug: string, name?: string | null): Account | undefined {
    const handle = cleanLine(slug).toLowerCase();
    if (handle === '') return undefined;
    const shown = cleanLine(decodeEntities(name ?? ''));
    const mail = this.#bySlug.get(handle)?.mail;
    return { handle, ...(shown === '' ? {} : { name: shown }), ...(mail === undefined ? {} : { mail }) };
  }
}

/** What to change when users cannot be listed. */
export const NO_MAILS =
  'mail addresses cannot be read, so that accounts are linked to people by their names alone; let `uid` be an administrator';

/** A user as accounts call them. */
export function handleOf(user: { readonly userslug?: string | null | undefined }): string {
  return cleanLine(user.userslug ?? '').toLowerCase();
}

/** One that was never confirmed may be anybody's. */
function mailOf(user: User): string | undefined {
  const mail = cleanLine(user.email ?? '').toLowerCase();
  return isMail(mail) && user['email:confirmed'] ? mail : undefined;
}
