import type { Call, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { JiveApi } from './api.ts';
import type { Members } from './members.ts';
import { idIn } from './query.ts';
import { Place } from './shapes.ts';

/** Who reads what, by the configuration. */
export interface ReaderOptions {
  /** Readers of what everybody in the community may read. */
  readonly readers: readonly Reader[];
  /** Readers of spaces and personal blogs. */
  readonly spaces: readonly Reader[] | undefined;
  /** Readers of single places, by name or id. */
  readonly places: Readonly<Record<string, readonly Reader[]>>;
  /** Who stands for the members of a closed group: themselves, or the directory's group of its name. */
  readonly members: 'people' | 'group';
}

/** Projects lie in groups or spaces, blogs in any of them. */
const MAX_DEPTH = 10;
const CLOSED_GROUPS = new Set(['MEMBER_ONLY', 'PRIVATE', 'SECRET']);

/** Who may read which place, as it is at the beginning of a run. */
export class Places {
  readonly #places = new Map<string, Place>();
  readonly #readers = new Map<string, readonly Reader[]>();
  readonly #closed = new Map<string, string[]>();
  /** Ids of groups and spaces by name, or of others where none of these has it. */
  readonly #byName = new Map<string, string[]>();
  readonly #options: ReaderOptions;
  readonly #members: Members;
  #unfit = 0;
  /** The first group whose members the account may not see. */
  hidden: string | undefined;

  private constructor(options: ReaderOptions, members: Members) {
    this.#options = options;
    this.#members = members;
  }

  /** @throws ConnectorError when they cannot be read */
  static async load(api: JiveApi, options: ReaderOptions, members: Members, call: Call): Promise<Places> {
    const places = new Places(options, members);
    for await (const { rows } of api.places(call)) {
      for (const row of rows) {
        const { data } = Place.safeParse(row);
        if (data === undefined) places.#unfit++;
        else places.#places.set(data.placeID, data);
      }
    }
    if (places.#places.size === 0 && places.#unfit > 0)
      throw new ConnectorError('BAD_RESPONSE', `${api.source}: ${api.base} lists places of another shape`);
    places.#nameAll();
    members.begin([...places.#places.values()].filter((place) => places.#isClosed(place)).length);
    for (const place of places.#places.values()) {
      const readers = await places.#readersOf(place, 0, call);
      if (readers.length > 0) places.#readers.set(place.placeID, [...new Set(readers)].sort());
    }
    return places;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Changes when who may read a place does, or its name. */
  get print(): string {
    const rows = [...this.#places.keys()].sort().map((id) => [id, this.nameOf(id), this.#readers.get(id)]);
    return fingerprint(JSON.stringify(rows));
  }

  /** What is left out, and what to change. */
  get problems(): Problem[] {
    const problems = [...this.#closed].map(([why, names]) => {
      const some = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
      return { place: some, reason: `${why}; its contents are left out` };
    });
    if (this.#unfit > 0)
      problems.push({ place: 'places', reason: `${this.#unfit} of them cannot be understood; they are left out` });
    return problems;
  }

  /** Empty when the place is closed, unknown, or nobody can say to whom it is open. */
  readersOf(id: string): readonly Reader[] {
    return this.#readers.get(id) ?? [];
  }

  nameOf(id: string): string | undefined {
    const place = this.#places.get(id);
    return place === undefined ? undefined : cleanLine(place.name ?? '') || `Place ${id}`;
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  #nameAll(): void {
    const isOuter = ({ type }: Place): boolean => type === 'group' || type === 'space';
    const all = [...this.#places.values()];
    for (const place of [...all.filter(isOuter), ...all.filter((one) => !isOuter(one))]) {
      const name = cleanLine(place.name ?? '');
      const ids = this.#byName.get(name) ?? [];
      // The blog of a group may be called like the group.
      const isInner = !isOuter(place) && ids.some((id) => isOuter(this.#places.get(id) as Place));
      if (!isInner) this.#byName.set(name, [...ids, place.placeID]);
    }
    const names = Object.keys(this.#options.places);
    const unknown = names.filter((name) => !this.#byName.has(name) && !this.#places.has(name));
    if (unknown.length > 0) this.#closed.set('`places` names this, but Jive shows no such place', unknown);
  }

  /** What `places` says of it. Empty when that may be of another: anybody may give a group a name that is taken. */
  #configured(place: Place): readonly Reader[] | undefined {
    const { places } = this.#options;
    if (Object.hasOwn(places, place.placeID)) return places[place.placeID];
    const name = cleanLine(place.name ?? '');
    const ids = this.#byName.get(name) ?? [];
    if (!Object.hasOwn(places, name) || !ids.includes(place.placeID)) return undefined;
    if (ids.length === 1) return places[name];
    return this.#close(place, 'several places have this name; give the `placeID` of the one that is meant in `places`');
  }

  #isClosed(place: Place): boolean {
    const isGroup = place.type === 'group' && CLOSED_GROUPS.has(place.groupType ?? '');
    return isGroup && this.#configured(place) === undefined && this.#options.members === 'people';
  }

  async #readersOf(place: Place, depth: number, call: Call): Promise<readonly Reader[]> {
    const configured = this.#configured(place);
    if (configured !== undefined) return configured;
    if (place.type === 'group') return this.#readersOfGroup(place, call);
    const isPersonal = place.type === 'blog' && idIn('people', place.parent) !== undefined;
    if (place.type === 'space' || isPersonal) {
      if (this.#options.spaces !== undefined) return this.#options.spaces;
      return this.#close(
        place,
        'who may read a space or a personal blog is not shown; set `spaces`, or name it in `places`',
      );
    }
    const parent = this.#places.get(idIn('places', place.parent) ?? '');
    if ((place.type !== 'project' && place.type !== 'blog') || parent === undefined || depth >= MAX_DEPTH)
      return this.#close(
        place,
        'where this place lies cannot be seen, and so not who may read it; name it in `places`',
      );
    return this.#readersOf(parent, depth + 1, call);
  }

  async #readersOfGroup(place: Place, call: Call): Promise<readonly Reader[]> {
    if (place.groupType === 'OPEN') return this.#options.readers;
    if (!CLOSED_GROUPS.has(place.groupType ?? ''))
      return this.#close(place, 'who may read a group of this kind is not known; name it in `places`');
    if (this.#options.members === 'group') {
      const name = cleanLine(place.name ?? '');
      return name === '' ? [] : [`group:${name}`];
    }
    const members = await this.#members.of(place.placeID, call);
    if (members.length > 0) return members;
    this.hidden ??= this.nameOf(place.placeID);
    return this.#close(place, 'who is in this group cannot be seen; make the account a Full Access administrator');
  }

  #close(place: Place, why: string): [] {
    const names = this.#closed.get(why) ?? [];
    const name = this.nameOf(place.placeID) ?? '';
    if (!names.includes(name)) this.#closed.set(why, [...names, name]);
    return [];
  }
}
