import type { Reader } from '../../../kit/content/item.ts';

/** The option `readers`: who may read what, by path; of several paths that lead to a file the longest counts. */
export class ReaderRules {
  readonly #rules: readonly { readonly written: string; readonly path: string; readonly readers: readonly Reader[] }[];
  readonly #met = new Set<string>();

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
    const rule = this.#rules.find((one) => one.path === '' || path === one.path || path.startsWith(`${one.path}/`));
    if (rule !== undefined) this.#met.add(rule.written);
    return rule?.readers;
  }

  /** Takes over which rules for a folder or below it were met, where it is not looked into. */
  keep(folder: string, met: ReadonlySet<string>): void {
    const path = normalized(folder);
    for (const rule of this.#rules)
      if (met.has(rule.written) && `${rule.path}/`.startsWith(`${path}/`)) this.#met.add(rule.written);
  }

  /** Rules that something was found under. */
  met(): readonly string[] {
    return [...this.#met];
  }

  /** Rules that nothing was found under: a name misspelt here leaves a folder open that was to be closed. */
  unmet(): string[] {
    return this.#rules.map(({ written }) => written).filter((written) => !this.#met.has(written));
  }
}

/** Macs write `ü` in two characters, keyboards in one. */
function normalized(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').normalize('NFC');
}
