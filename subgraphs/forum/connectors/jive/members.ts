import type { Call } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import type { JiveApi } from './api.ts';
import type { People } from './people.ts';
import { Member } from './shapes.ts';

/** Asking for members takes at most this part of the budget, and no group's more often than every few minutes. */
const PART = 1 / 10;
const FRESH_MS = 5 * 60_000;
/** Others are invited, pending or banned. */
const INSIDE = new Set(['member', 'owner']);

/** Who is in closed groups, remembered from run to run. */
export class Members {
  readonly #api: JiveApi;
  readonly #people: People;
  readonly #perMinute: number;
  readonly #byPlace = new Map<string, { readonly readers: readonly Reader[]; readonly at: number }>();
  #freshMs = FRESH_MS;

  constructor(api: JiveApi, people: People, perMinute: number) {
    this.#api = api;
    this.#people = people;
    this.#perMinute = perMinute;
  }

  /** A run begins, for which so many groups are asked about. */
  begin(groups: number): void {
    const isFew = groups / this.#perMinute <= PART;
    this.#freshMs = isFew ? 0 : Math.max(FRESH_MS, (groups / this.#perMinute / PART) * 60_000);
  }

  /** Empty when they are not shown. */
  async of(place: string, call: Call): Promise<readonly Reader[]> {
    const known = this.#byPlace.get(place);
    if (known !== undefined && Date.now() - known.at < this.#freshMs) return known.readers;
    const at = Date.now();
    const readers = new Set<Reader>();
    for (const row of (await this.#api.members(place, call)) ?? []) {
      const { data } = Member.safeParse(row);
      if (data === undefined || !INSIDE.has(data.state ?? '')) continue;
      const reader = await this.#people.reader(data.person, call);
      if (reader !== undefined) readers.add(reader);
    }
    this.#byPlace.set(place, { readers: [...readers], at });
    return [...readers];
  }
}
