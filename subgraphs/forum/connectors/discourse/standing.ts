import type { Call, Problem } from '../../../kit/connector.ts';
import type { AccountState } from '../../../kit/content/item.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { DiscourseApi } from './api.ts';
import type { People } from './people.ts';
import { DirectoryItem } from './shapes.ts';

const FRESH_MS = 24 * 60 * 60_000;

/**
 * What the forum shows of its users to all: the likes they received, counted by the forum over everything it holds. And
 * when they were last seen, if that is wanted.
 */
export class Standing {
  readonly #api: DiscourseApi;
  readonly #people: People;
  readonly #showsLastSeen: boolean;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(api: DiscourseApi, people: People, showsLastSeen: boolean) {
    this.#api = api;
    this.#people = people;
    this.#showsLastSeen = showsLastSeen;
  }

  /** Once a day, all of it; else nothing. A fault keeps no topic from being stored: it is a problem, and tried again. */
  async refresh(call: Call): Promise<{ accounts: readonly AccountState[]; problems: readonly Problem[] }> {
    if (Date.now() - this.#readAt < FRESH_MS) return { accounts: [], problems: [] };
    const states = new Map<string, AccountState>();
    if (this.#showsLastSeen) {
      for (const [handle, lastSeenAt] of this.#people.lastSeen) states.set(handle, { handle, lastSeenAt });
    }
    try {
      for (const row of await this.#api.directory(call)) {
        const { data } = DirectoryItem.safeParse(row);
        const handle = cleanLine(data?.user.username ?? '').toLowerCase();
        if (data === undefined || handle === '') continue;
        states.set(handle, { ...states.get(handle), handle, reputation: data.likes_received });
      }
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code === 'CANCELLED') throw error;
      const why = error.message.replace(`${this.#api.source}: `, '').replace(/\.$/, '');
      const reason = `likes that users received cannot be read (${why}); they are tried again`;
      return { accounts: [], problems: [{ place: 'directory_items.json', reason }] };
    }
    this.#readAt = Date.now();
    return { accounts: [...states.values()], problems: [] };
  }
}
