import type { Call, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { NodebbApi } from './api.ts';
import type { People } from './people.ts';
import type { Category, Privileges } from './shapes.ts';

/** Who reads what, by the configuration. */
export interface ReaderOptions {
  /** Readers of what guests of the forum may read. */
  readonly readers: readonly Reader[];
  /** Readers that a group of the forum stands for, where that is not the directory's group of this name. */
  readonly groups: Readonly<Record<string, readonly Reader[]>>;
}

/** A category as topics need it. */
export interface Section {
  readonly cid: number;
  readonly name: string;
  /** Empty where it is closed, or nobody can say to whom it is open. */
  readonly readers: readonly Reader[];
}

/** To see a topic in its category takes both. */
const READS = ['read', 'topics:read'] as const;
const GUESTS = 'guests';
const REGISTERED = 'registered-users';
/** Groups nobody in a directory is in. */
const NOBODY = new Set(['spiders', 'fediverse', 'banned-users']);

/** Who may read which category, as it is at the beginning of a run. */
export class Sections {
  readonly #byCid = new Map<number, Section>();
  readonly #options: ReaderOptions;
  readonly #people: People;
  readonly problems: Problem[] = [];
  /** Posts there are, roughly. */
  posts = 0;

  private constructor(options: ReaderOptions, people: People) {
    this.#options = options;
    this.#people = people;
  }

  /** @throws ConnectorError when the forum cannot be read */
  static async load(api: NodebbApi, people: People, options: ReaderOptions, call: Call): Promise<Sections> {
    const sections = new Sections(options, people);
    for (const category of await api.categories(call)) {
      sections.posts += Math.max(0, category.post_count ?? 0);
      const privileges = category.disabled ? undefined : await api.privileges(category.cid, call);
      sections.#add(category, privileges);
    }
    sections.#hint();
    return sections;
  }

  /** Changes when a category does. */
  get print(): string {
    return fingerprint(JSON.stringify([...this.#byCid].sort(([a], [b]) => a - b)));
  }

  /** The categories somebody reads. */
  get open(): readonly Section[] {
    return [...this.#byCid.values()].filter(({ readers }) => readers.length > 0);
  }

  /** The category; undefined when it is closed. */
  of(cid: number | string): Section | undefined {
    const section = this.#byCid.get(Number(cid));
    return section !== undefined && section.readers.length > 0 ? section : undefined;
  }

  #add(category: Category & { readonly cid: number }, privileges: Privileges | undefined): void {
    const { cid, disabled } = category;
    const name = category.name || `Category ${cid}`;
    this.#byCid.set(cid, { cid, name, readers: privileges === undefined ? [] : this.#readersOf(privileges) });
    if (privileges !== undefined || disabled) return;
    const reason = 'who may read this category cannot be seen; it is left out. Let `uid` be an administrator';
    this.problems.push({ place: name, reason });
  }

  #readersOf(privileges: Privileges): readonly Reader[] {
    const { readers: all, groups } = this.#options;
    const readers = new Set<Reader>();
    for (const { name, privileges: rights } of privileges.groups) {
      if (name === '' || NOBODY.has(name) || READS.some((right) => rights[`groups:${right}`] !== true)) continue;
      if (Object.hasOwn(groups, name)) for (const reader of groups[name] ?? []) readers.add(reader);
      else if (name === GUESTS) for (const reader of all) readers.add(reader);
      else readers.add(`group:${name}`);
    }
    for (const user of privileges.users) {
      const handle = this.#people.handleOf(user.uid);
      if (handle !== undefined && READS.every((right) => user.privileges[right] === true))
        readers.add(`person:${handle}`);
    }
    return readers.has('everyone') ? ['everyone'] : [...readers].sort();
  }

  /** A forum that shows guests nothing is a usual one, and would seem empty. */
  #hint(): void {
    if (Object.hasOwn(this.#options.groups, REGISTERED)) return;
    const hidden = this.open.find(
      ({ readers }) => readers.includes(`group:${REGISTERED}`) && !readers.includes('everyone'),
    );
    if (hidden === undefined) return;
    const reason = `"${hidden.name}" is open to all users of the forum, but not to guests: say in \`groups\` who its "${REGISTERED}" are`;
    this.problems.push({ place: 'groups', reason });
  }
}
