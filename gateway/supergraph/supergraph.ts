import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parse } from 'graphql';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { Subgraph } from '../../subgraphs/kit/subgraph.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../config/schema.ts';
import { readJoins } from '../execution/joins.ts';
import { lintSupergraph } from './lint.ts';

/** The composed schema of our own subgraphs, as `atrium compose` writes it. */
const OURS = new URL('../../schema/supergraph.graphql', import.meta.url);

/** How often the file is looked at; folders that are swapped as a whole tell of no change. */
const LOOK_EVERY_MS = 1_000;

/** So many findings of one supergraph are logged. */
const MAX_WARNINGS = 50;

/** A supergraph that was changed is given to this; it rejects when it cannot be used. */
export type UpdateSupergraph = (sdl: string) => Promise<void>;

/** Where the gateway's schema comes from. */
export class Supergraph {
  readonly sdl: string;
  readonly #path: URL | string;
  /** The subgraphs of our own that are part of it. */
  readonly ours: readonly Subgraph[];

  /** @throws when the file cannot be read or is no supergraph. */
  constructor({ supergraph }: Pick<Config, 'supergraph'>) {
    this.#path = supergraph.file ?? OURS;
    this.sdl = readFileSync(this.#path, 'utf8');
    const names = subgraphNames(this.sdl);
    this.ours = subgraphs.filter(({ name }) => names.has(name));
  }

  /**
   * Warns of what does not work well, and hands over what the file becomes, one after another. A bad or half-written
   * one changes nothing, and is told in the log; what it is a moment later is looked at then.
   */
  watch(update: UpdateSupergraph, log: Log): () => void {
    const path = this.#path;
    let last = this.sdl;
    let isBusy = false;
    warn(last, log);
    let isChanged = false;
    const takeOver = async (): Promise<boolean> => {
      try {
        const sdl = await readFile(path, 'utf8');
        if (sdl === last) return false;
        last = sdl;
        subgraphNames(sdl);
        await update(sdl);
        warn(sdl, log);
        log.info({}, 'the supergraph changed: it is served from now on');
        return true;
      } catch (err) {
        log.error({ err }, 'the supergraph changed, but cannot be used: the one before is still served');
        return (err as NodeJS.ErrnoException).code === undefined;
      }
    };
    const look = async (): Promise<void> => {
      isChanged = true;
      if (isBusy) return;
      isBusy = true;
      // It may change again meanwhile, even while it is read.
      while (isChanged) {
        isChanged = false;
        while (await takeOver());
      }
      isBusy = false;
    };
    const listener = () => void look();
    watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, listener);
    return () => unwatchFile(path, listener);
  }
}

function warn(sdl: string, log: Log): void {
  const findings = lintSupergraph(sdl);
  for (const { place, fault } of findings.slice(0, MAX_WARNINGS))
    log.warn({ place }, `the supergraph: ${place} ${fault}`);
  const more = findings.length - MAX_WARNINGS;
  if (more > 0) log.warn({}, `the supergraph: ${more} more of the same kinds`);
}

/** @throws when the text is no supergraph. */
function subgraphNames(sdl: string): ReadonlyMap<string, string> {
  const names = readJoins(parse(sdl, { noLocation: true })).subgraphs;
  if (names.size === 0) throw new Error('The supergraph names no subgraphs: is it composed, of Federation 2?');
  return names;
}
