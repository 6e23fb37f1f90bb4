import type { MatchKind } from '../config/auth.ts';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import { unauthenticated } from './refusal.ts';

/** What somebody is found by: one kind of handle, or any of an id, a mail address and a user name. */
export type FindBy = MatchKind | 'any';

/** Asks the directory who somebody is: `viewerOf` in its schema. */
export type AskDirectory = (person: string, by: FindBy) => Promise<Viewer | null>;

/** How long what the directory said of somebody's groups is taken for granted. */
const TRUST_MS = 5_000;

/** Most people remembered. */
const MAX_VIEWERS = 10_000;

/** Knows the people who ask, by the directory. */
export class Viewers {
  readonly #ask: AskDirectory;
  readonly #operators: readonly string[];
  readonly #known = new Map<string, { readonly viewer: Promise<Viewer | null>; readonly until: number }>();

  constructor(ask: AskDirectory, operators: readonly string[]) {
    this.#ask = ask;
    this.#operators = operators;
  }

  /**
   * The viewer for a person's id, mail address or user name; somebody unknown without one.
   * @throws UNAUTHENTICATED when the directory knows nobody by it.
   */
  async viewerFor(person: string | undefined): Promise<Viewer> {
    if (person === undefined || person === '') return NOBODY;
    const viewer = await this.find(person, 'any');
    if (!viewer) throw unauthenticated('The directory knows nobody by that id, mail address or user name.');
    return viewer;
  }

  /** The viewer somebody is; null for nobody the directory knows, or who left. */
  find(person: string, by: FindBy): Promise<Viewer | null> {
    const now = Date.now();
    const key = `${by} ${person}`;
    const known = this.#known.get(key);
    if (known && known.until > now) return known.viewer;
    const viewer = this.#resolve(person, by);
    if (this.#known.size >= MAX_VIEWERS) this.#known.clear();
    this.#known.set(key, { viewer, until: now + TRUST_MS });
    viewer.catch(() => this.#known.delete(key));
    return viewer;
  }

  async #resolve(person: string, by: FindBy): Promise<Viewer | null> {
    const viewer = await this.#ask(person, by);
    return viewer && { ...viewer, signedIn: true, operator: await this.isOperator(viewer) };
  }

  /** Whether somebody is shown the state of the tools in full. */
  async isOperator({ person, groups }: Viewer): Promise<boolean> {
    for (const operator of this.#operators) {
      const [, kind, name = ''] = /^(group|person):(.+)$/.exec(operator) ?? [];
      if (kind === 'group' && groups.includes(name.toLowerCase())) return true;
      if (kind === 'person' && person !== null && (await this.#ask(name, 'any'))?.person === person) return true;
    }
    return false;
  }
}
