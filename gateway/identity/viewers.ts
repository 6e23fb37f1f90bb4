import { GraphQLError } from 'graphql';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';

/** Asks the directory who somebody is: `viewerOf` in its schema. */
export type AskDirectory = (person: string) => Promise<Viewer | null>;

/** How long what the directory said of somebody's groups is taken for granted. */
const TRUST_MS = 5_000;

/** Most people remembered. */
const MAX_VIEWERS = 10_000;

/** Establishes who is asking. */
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
    const viewer = await this.#remembered(person);
    if (!viewer) {
      throw new GraphQLError('The directory knows nobody by that id, mail address or user name.', {
        extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
      });
    }
    return viewer;
  }

  #remembered(person: string): Promise<Viewer | null> {
    const now = Date.now();
    const known = this.#known.get(person);
    if (known && known.until > now) return known.viewer;
    const viewer = this.#resolve(person);
    if (this.#known.size >= MAX_VIEWERS) this.#known.clear();
    this.#known.set(person, { viewer, until: now + TRUST_MS });
    viewer.catch(() => this.#known.delete(person));
    return viewer;
  }

  async #resolve(person: string): Promise<Viewer | null> {
    const viewer = await this.#ask(person);
    return viewer && { ...viewer, operator: await this.#isOperator(viewer) };
  }

  async #isOperator(viewer: Viewer): Promise<boolean> {
    for (const operator of this.#operators) {
      const [, kind, name = ''] = /^(group|person):(.+)$/.exec(operator) ?? [];
      if (kind === 'group' && viewer.groups.includes(name.toLowerCase())) return true;
      if (kind === 'person' && (await this.#ask(name))?.person === viewer.person) return true;
    }
    return false;
  }
}
