import type { Log } from '../connector.ts';
import { readableOf, type ContentReader, type Grant, type Readable } from '../content/reader.ts';
import type { Viewer } from '../viewer.ts';
import { accountsOf, type OwnAccount } from './accounts.ts';
import { Decisions, type AskReadable, type ConfirmedSource, type Decision, type Sampled } from './decisions.ts';

/** The sources whose tools are asked live, and how. */
export interface LiveReads {
  readonly sources: readonly ConfirmedSource[];
  readonly ask: AskReadable;
  readonly log: Log;
}

/** What an answer rests on besides the store. */
export interface ConfirmationNote {
  /** Sources whose restricted items are left out because nobody could say whether the viewer may read them. */
  readonly unconfirmed: readonly string[];
  /** For how long the answer is as good as the tools' word, in seconds; undefined when it does not depend on that. */
  readonly seconds: number | undefined;
}

/** What a viewer may read now. */
export interface Confirmed extends ConfirmationNote {
  readonly readable: Readable;
  /** With the sets of which nothing is left that the tool could be asked about: only that it is gone can be told. */
  readonly removals: Readable;
}

/** How it stands with the sets of one source. */
interface Verdict {
  readonly granted: readonly Grant[];
  readonly emptied: readonly Grant[];
  readonly isUnconfirmed: boolean;
  readonly until: number;
}

/**
 * What a viewer may read now: by the readers stored, less what the tools that can be asked live do not confirm. It never
 * adds anything. All reads of a request take the result, so that what a tool withdrew is in no list, count or rank.
 */
export class Confirmation {
  readonly #reader: ContentReader;
  readonly #sources = new Map<string, { readonly source: ConfirmedSource; readonly decisions: Decisions }>();

  constructor(reader: ContentReader, live: LiveReads | undefined) {
    this.#reader = reader;
    for (const source of live?.sources ?? []) {
      if (source.seconds === 0) continue;
      const decisions = new Decisions(source, (live as LiveReads).ask, (live as LiveReads).log);
      this.#sources.set(source.name, { source, decisions });
    }
  }

  /** Asks each tool once, for all that the viewer might read there; not for longer than the sources' `waitMs`. */
  async of(viewer: Viewer): Promise<Confirmed> {
    const grants = this.#reader.grants(viewer);
    if (this.#sources.size === 0) {
      const readable = readableOf(grants);
      return { readable, removals: readable, unconfirmed: [], seconds: undefined };
    }
    const bySource = Map.groupBy(grants, ({ source }) => source);
    const names = [...this.#sources.keys()];
    const verdicts = await Promise.all(names.map((name) => this.#verdictOn(name, viewer, bySource.get(name) ?? [])));
    const granted = [
      ...grants.filter(({ source }) => !this.#sources.has(source)),
      ...verdicts.flatMap((verdict) => verdict.granted),
    ];
    const until = Math.min(...verdicts.map((verdict) => verdict.until));
    return {
      readable: readableOf(granted),
      removals: readableOf([...granted, ...verdicts.flatMap(({ emptied }) => emptied)]),
      unconfirmed: names.filter((_, index) => verdicts[index]?.isUnconfirmed),
      seconds: Number.isFinite(until) ? Math.max(0, Math.floor((until - performance.now()) / 1_000)) : undefined,
    };
  }

  async #verdictOn(name: string, viewer: Viewer, grants: readonly Grant[]): Promise<Verdict> {
    const { source, decisions } = this.#sources.get(name) as { source: ConfirmedSource; decisions: Decisions };
    const isShown = source.onUnverifiable === 'show';
    const { person, groups, persons = [] } = viewer;
    // Nobody in particular has no rights that could be withdrawn.
    if (person === null && groups.length === 0 && persons.length === 0) {
      return { granted: grants, emptied: [], isUnconfirmed: false, until: Number.POSITIVE_INFINITY };
    }
    const sets = grants.map((grant): Grant & Sampled => ({
      ...grant,
      ...this.#reader.samplesOf(grant.acl, person ?? ''),
    }));
    const filled = sets.filter(({ keys }) => keys.length > 0);
    const accounts = person === null ? [] : accountsOf(this.#reader.db, person, name);
    // Said whether or not there is anything to be left out: that alone would tell of it.
    const hasNoAccount = accounts.every(({ isPresumed }) => isPresumed);
    const isBlind = filled.length === 0 && (hasNoAccount || decisions.isFailing);
    // Where the tool has no container, one item says nothing of another.
    const asked = filled.filter(({ container }) => container !== '');
    const answers = await Promise.all(
      (asked.length === 0 ? [] : accounts).map(async (account) => {
        return { account, said: await decisions.of(account.handle, asked) };
      }),
    );
    const granted: Grant[] = [];
    let until = Number.POSITIVE_INFINITY;
    let isUnknown = false;
    for (const set of filled) {
      const decision = oneOf(answers.map(({ account, said }) => asOf(said.get(set.acl), account)));
      if (accounts.length > 0) until = Math.min(until, decision.until);
      if (decision.mayRead === 'unknown') isUnknown = true;
      if (decision.mayRead === true || (decision.mayRead === 'unknown' && isShown)) granted.push(set);
    }
    const emptied = sets.filter(({ keys }) => keys.length === 0);
    return { granted, emptied, isUnconfirmed: !isShown && (isBlind || isUnknown), until };
  }
}

const UNKNOWN: Decision = { mayRead: 'unknown', until: 0 };

/** That an account which may not be there may read nothing says nothing of the viewer. */
function asOf(decision: Decision | undefined, { isPresumed }: OwnAccount): Decision {
  if (!decision) return UNKNOWN;
  return isPresumed && decision.mayRead === false ? { ...decision, mayRead: 'unknown' } : decision;
}

/** What one of somebody's accounts may read, they may; they may not when none of them may. */
function oneOf(decisions: readonly Decision[]): Decision {
  const yes = decisions.filter(({ mayRead }) => mayRead === true).toSorted((a, b) => b.until - a.until);
  const [best] = yes;
  if (best) return best;
  const until = Math.min(...decisions.map((decision) => decision.until));
  const isKnown = decisions.length > 0 && decisions.every(({ mayRead }) => mayRead === false);
  return { mayRead: isKnown ? false : 'unknown', until: Number.isFinite(until) ? until : 0 };
}
