import { styleText } from 'node:util';
import type { SyncEvent } from '../subgraphs/kit/sync/scheduler.ts';
import type { Config } from './config/schema.ts';

/** Says what is where, in a few lines. */
export function printWelcome(config: Config, address: string, only: string | undefined): void {
  const line = (label: string, text: string) => console.log(`  ${styleText('bold', label.padEnd(10))}${text}`);
  if (only !== undefined) {
    console.log(`Atrium: the ${only} subgraph on its own, for a gateway`);
    line('GraphQL', `${address}/graphql`);
    return;
  }
  const company = config.file === undefined ? `${config.title}, the sample company` : config.title;
  console.log(company === 'Atrium' ? styleText('bold', 'Atrium') : `${styleText('bold', 'Atrium')} for ${company}`);
  line('GraphQL', `${address}/graphql`);
  line('Explorer', `${address}/`);
  line('Try', `npm run atrium -- ask "TLS certificate rotation"`);
  const { chooseViewer, viewer } = config.development;
  const who = viewer ?? 'nobody: you see what everyone may';
  line('You are', chooseViewer ? `${who}  (choose in the explorer, or start with -- --as PERSON)` : who);
}

/** Shows how far the syncs are: one line that changes on a terminal, else a line when a source is done. */
export class SyncProgressView {
  readonly #seen = new Map<string, number>();
  #changed = 0;
  readonly #started = performance.now();
  #isDone = false;

  /** Takes in what a sync tells. */
  show(event: SyncEvent): void {
    if (event.type === 'settled') return;
    if (event.type === 'failed') {
      this.#clear();
      console.log(`  ${styleText('red', 'Failed')}    ${event.source}: ${event.code}, ${event.message}`);
      return;
    }
    this.#seen.set(event.source, event.seen);
    if (event.type === 'synced') this.#changed += event.changed + event.deleted;
    if (this.#isDone) return;
    if (event.type === 'synced' && event.refused > 0) {
      this.#clear();
      console.log(
        `  ${event.source}: ${event.refused} of ${event.seen + event.refused} items refused, see sources { problems }`,
      );
    }
    if (process.stdout.isTTY) process.stdout.write(`\r  Syncing   ${this.#summary()}\u001b[K`);
  }

  /** Says that every source has been read once. */
  done(): void {
    this.#isDone = true;
    this.#clear();
    const seconds = ((performance.now() - this.#started) / 1_000).toFixed(1);
    const what = this.#changed > 0 ? `${this.#summary()} in ${seconds} s` : 'nothing new since the last start';
    console.log(`  ${styleText('bold', 'Synced'.padEnd(10))}${what}. Ctrl-C ends.`);
  }

  #summary(): string {
    return [...this.#seen].map(([source, seen]) => `${source} ${seen}`).join(', ');
  }

  #clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  }
}
