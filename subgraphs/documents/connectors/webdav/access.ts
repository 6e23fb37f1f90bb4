import type { Reader } from '../../../kit/content/item.ts';
import type { Entry } from './entries.ts';
import type { ReaderRules } from './rules.ts';
import type { Shares } from './shares.ts';
import type { Vendor } from './vendors.ts';

/** Who may read the files of a run: by the configuration's rules where there is one, else by owner and shares. */
export class Access {
  readonly #rules: ReaderRules;
  readonly #vendor: Vendor;
  readonly #shares: Shares;
  readonly #inside: readonly string[];
  readonly #isLoggedIn: boolean;

  /** `inside` are the names that lead from the account's own folder to the base; without an account there are none. */
  constructor(
    rules: ReaderRules,
    vendor: Vendor,
    shares: Shares,
    { inside, isLoggedIn }: { readonly inside: readonly string[]; readonly isLoggedIn: boolean },
  ) {
    this.#rules = rules;
    this.#isLoggedIn = isLoggedIn;
    this.#vendor = vendor;
    this.#shares = shares;
    this.#inside = inside;
  }

  /** Whom the base is shared with, by itself or with a folder above it. */
  aroundBase(): readonly Reader[] {
    return this.#inside.flatMap((_, index) => this.#shares.of(this.#inside.slice(0, index + 1).join('/')));
  }

  /** Whom a folder is shared with, besides those that the ones above it are shared with. */
  ofFolder(folder: Entry): readonly Reader[] {
    return folder.path === '' ? [] : this.#shares.of(this.#pathOf(folder.path), this.#vendor.id(folder.resource));
  }

  /** Who may read a file in a folder that is shared so; empty when the server does not say whose it is. */
  ofFile(file: Entry, shared: readonly Reader[]): readonly Reader[] {
    const rule = this.#rules.of(file.path);
    if (rule !== undefined) return rule;
    // What only an account may read is not for everyone.
    if (this.#vendor.belongs === 'open') return this.#isLoggedIn ? [] : ['everyone'];
    const owner = this.#vendor.owner(file.resource);
    const readers: Reader[] = [...shared, ...this.#shares.of(this.#pathOf(file.path), this.#vendor.id(file.resource))];
    return [...new Set(owner === undefined ? readers : [`person:${owner.handle}` as const, ...readers])];
  }

  /** Who may read a file that was not come to by way of the folders above it. */
  ofFound(file: Entry): readonly Reader[] {
    const names = file.path.split('/').slice(0, -1);
    const shared = names.flatMap((_, index) => this.#shares.of(this.#pathOf(names.slice(0, index + 1).join('/'))));
    return this.ofFile(file, [...this.aroundBase(), ...shared]);
  }

  #pathOf(path: string): string {
    return [...this.#inside, path].join('/');
  }
}
