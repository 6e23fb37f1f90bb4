import type { Call, Problem } from '../../../kit/connector.ts';
import type { Account } from '../../../kit/content/item.ts';
import { isMail } from '../../../kit/text/accounts.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { DiscourseApi } from './api.ts';

/** A forum of 5,000 people is 50 requests: too many for every run. */
const FRESH_MS = 60 * 60_000;

/** What only administrators see of users: posts do not show it. */
export class People {
  readonly #api: DiscourseApi;
  #mails = new Map<string, string>();
  #lastSeen = new Map<string, string>();
  #news: readonly Account[] = [];
  #loadedAt = Number.NEGATIVE_INFINITY;

  constructor(api: DiscourseApi) {
    this.#api = api;
  }

  /** Loads them anew where they are old. @returns what is wrong, when the key does not show them */
  async refresh(call: Call): Promise<Problem | undefined> {
    if (Date.now() - this.#loadedAt < FRESH_MS) return undefined;
    const mails = new Map<string, string>();
    const lastSeen = new Map<string, string>();
    for (let page = 1; ; page++) {
      const users = await this.#api.users(page, call);
      if (users === undefined) return { place: 'users', reason: NO_MAILS };
      const before = mails.size;
      for (const { username, email, last_seen_at: seenAt } of users) {
        const mail = cleanLine(email ?? '').toLowerCase();
        const handle = cleanLine(username).toLowerCase();
        mails.set(handle, isMail(mail) ? mail : '');
        const seen = toIso(seenAt ?? '');
        if (handle !== '' && seen !== undefined) lastSeen.set(handle, seen);
      }
      // The last page is empty; a forum that does not page shows the same users again.
      if (mails.size === before) break;
    }
    this.#mails = mails;
    this.#lastSeen = lastSeen;
    this.#loadedAt = Date.now();
    this.#news = [...mails.keys()].flatMap((handle) => this.account(handle) ?? []);
    return undefined;
  }

  /** All of them, once after each time they were loaded: whoever only reads has an account, too. */
  takeNews(): readonly Account[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** Whether they were ever loaded, be it long ago. */
  get isLoaded(): boolean {
    return this.#loadedAt > 0;
  }

  /** When users were last seen, by handle. */
  get lastSeen(): ReadonlyMap<string, string> {
    return this.#lastSeen;
  }

  /** The account of a user name; undefined when it is blank. */
  account(username: string, name?: string | null): Account | undefined {
    const handle = cleanLine(username).toLowerCase();
    if (handle === '') return undefined;
    const shown = cleanLine(name ?? '');
    const mail = this.#mails.get(handle) || undefined;
    return { handle, ...(shown === '' ? {} : { name: shown }), ...(mail === undefined ? {} : { mail }) };
  }
}

/** What to change when users cannot be listed. */
export const NO_MAILS =
  'mail addresses cannot be read, so that accounts are linked to people by their names alone; let `apiUser` be an administrator and give the key the right `users: list`, or all read rights';
