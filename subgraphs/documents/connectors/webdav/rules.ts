import type { Reader } from '../../../kit/content/item.ts';

/** The option `readers`: who may read what, by path; of several paths that lead to a file the longest counts. */
export class ReaderRules {
  readonly #rules: readonly { readonly written: string; readonly path: string; readonly readers: readonly Reader[] }[];

  constructor(rules: Readonly<Record<string, readonly Reader[]>>) {
    this.#rules = Object.entries(rules)
      .map(([written, readers]) => ({ written, path: normalized(written), readers }))
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** Whether there is a rule for everything, so that nothing the server says of readers counts. */
  get isWhole(): boolean {
    return this.#rules.some(({ path }) => path === '');
  }

  /** Undefined where there is no rule. */
  of(file: string): readonly Reader[] | undefined {
    const path = normalized(file);
    return this.#rules.find((one) => one.path === '' || path === one.path || path.startsWith(`${one.path}/`))?.readers;
  }

  /**
   * Looks for every path, a folder at a time: asked for by name, servers that do not tell `legal` from `Legal` would
   * say that it is there. `list` gives the names in a folder; undefined where the account may not look.
   * @returns the paths that are not there, as they are written
   */
  async missing(list: (folder: string) => Promise<readonly string[] | undefined>): Promise<string[]> {
    const listings = new Map<string, Promise<readonly string[] | undefined>>();
    const isIn = async (folder: string, names: readonly string[]): Promise<boolean> => {
      const [name, ...rest] = names;
      if (name === undefined) return true;
      const listing = listings.get(folder) ?? list(folder);
      listings.set(folder, listing);
      const found = await listing;
      // What nobody may look into nobody reads anything from.
      if (found === undefined) return true;
      for (const one of found.filter((other) => normalized(other) === name))
        if (await isIn(folder === '' ? one : `${folder}/${one}`, rest)) return true;
      return false;
    };
    const missing: string[] = [];
    for (const { written, path } of this.#rules)
      if (path !== '' && !(await isIn('', path.split('/')))) missing.push(written);
    return missing;
  }
}

/** Macs write `ü` in two characters, keyboards in one. */
function normalized(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').normalize('NFC');
}
