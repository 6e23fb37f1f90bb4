import type { Call, Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { DiscourseApi } from './api.ts';
import type { Category } from './shapes.ts';

/** Who reads what, by the configuration. */
export interface ReaderOptions {
  /** Readers of what everybody on the forum may read. */
  readonly readers: readonly Reader[];
  /** Readers that a group of the forum stands for, where that is not the directory's group of this name. */
  readonly groups: Readonly<Record<string, readonly Reader[]>>;
}

/** A category as topics need it. */
export interface Section {
  readonly id: number;
  readonly name: string;
  readonly readers: readonly Reader[];
  /** Its topics may have an accepted answer. */
  readonly hasAnswers: boolean;
}

/** Who may read which category, as it is at the beginning of a run. */
export class Sections {
  readonly #byId = new Map<number, Section | undefined>();
  readonly #api: DiscourseApi;
  readonly #options: ReaderOptions;
  readonly problems: Problem[] = [];

  /** None of them is known yet: each is asked for when it is needed. */
  constructor(api: DiscourseApi, options: ReaderOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** All of them. @throws ConnectorError when the forum cannot be read */
  static async load(api: DiscourseApi, options: ReaderOptions, call: Call): Promise<Sections> {
    const sections = new Sections(api, options);
    for (const category of await api.categories(call)) await sections.#add(category, call);
    return sections;
  }

  /** Changes when a category does. */
  get print(): string {
    return fingerprint(JSON.stringify([...this.#byId].sort(([a], [b]) => a - b)));
  }

  /** The category; undefined when it is closed, or nobody can say to whom it is open. */
  async of(id: number | null | undefined, call: Call): Promise<Section | undefined> {
    // Only private messages have none.
    if (id === null || id === undefined) return undefined;
    if (!this.#byId.has(id)) {
      const category = await this.#api.category(id, call);
      if (category?.id === id) await this.#add(category, call);
      else this.#close(id, `category ${id}`);
    }
    return this.#byId.get(id);
  }

  async #add(category: Category, call: Call): Promise<void> {
    const { id } = category;
    const name = cleanLine(category.name) || `Category ${id}`;
    const readers = await this.#readersOf(category, call);
    if (readers === undefined) {
      this.#close(id, name);
      return;
    }
    const hasAnswers = ['true', 't', true].includes(category.custom_fields?.['enable_accepted_answers'] as string);
    this.#byId.set(id, { id, name, readers, hasAnswers });
  }

  async #readersOf(category: Category, call: Call): Promise<readonly Reader[] | undefined> {
    const { readers: all, groups } = this.#options;
    if (!category.read_restricted) return all;
    const shown = category.group_permissions ? category : await this.#api.category(category.id, call);
    // A category that has just been opened may say so; the next run sees it.
    if (shown?.id !== category.id || !shown.group_permissions) return undefined;
    // Whatever the permission (1 to 3: all, answer, see), it includes reading.
    const readers = shown.group_permissions.flatMap(({ group_name: group }): readonly Reader[] => {
      if (Object.hasOwn(groups, group)) return groups[group] ?? [];
      return group === 'everyone' ? all : [`group:${cleanLine(group)}`];
    });
    return readers.length === 0 ? undefined : [...new Set(readers)].sort();
  }

  #close(id: number, name: string): void {
    this.#byId.set(id, undefined);
    this.problems.push({
      place: name,
      reason:
        'the groups that may read this category cannot be seen; it is left out. Let `apiUser` be an administrator',
    });
  }
}
