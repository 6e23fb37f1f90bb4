import { styleText } from 'node:util';
import type { SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import { withoutSecrets } from '../config/secret-text.ts';
import type { SourceOutcome } from './sync-area.ts';
import { count, plural, printable, printWidth, wrap } from './text.ts';

/** How many problems of a source are shown unless all are asked for. */
const SHOWN = 3;

/** More often than this nobody reads. */
const REDRAW_MS = 100;

/** Shows how far a sync is: one line that changes on a terminal, else a line when a source is done. */
export class SyncView {
  readonly #secrets: readonly string[];
  #drawnAt = 0;

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  /** Takes in what a sync tells. */
  show(event: SyncEvent): void {
    if (event.type === 'settled') return;
    if (event.type === 'progress') return this.#draw(`${event.source}  ${plural(event.seen, 'item')} read …`);
    this.#erase();
    if (event.type === 'failed') {
      this.#line(`${event.source}: ${styleText('red', 'failed')}, ${event.code}: ${event.message}`);
    } else {
      const gone = event.deleted > 0 ? `, ${count(event.deleted)} deleted` : '';
      this.#line(`${event.source}: ${plural(event.seen, 'item')} read, ${count(event.changed)} new or changed${gone}`);
    }
  }

  /** The summary: what each source came to, and the first of what could not be used. */
  summary(outcomes: readonly SourceOutcome[], showsAll: boolean): void {
    this.#erase();
    const width = Math.max(0, ...outcomes.map(({ source }) => source.length)) + 2;
    let hidden = 0;
    console.log('');
    for (const { source, items, problems, failure } of outcomes) {
      const refused =
        problems.length > 0 ? `, ${count(problems.length)} of ${plural(items + problems.length, 'item')} refused` : '';
      const failed = failure === undefined ? '' : `, ${styleText('red', 'failed')}: ${failure}`;
      this.#line(`${styleText('bold', source.padEnd(width))}${plural(items, 'item')}${refused}${failed}`);
      const shown = showsAll ? problems : problems.slice(0, SHOWN);
      for (const { place, reason } of shown) this.#problem(`${place}: ${reason}`);
      hidden += problems.length - shown.length;
    }
    if (hidden > 0) this.#line(`${count(hidden)} more refused: see all with "atrium sync --problems".`);
  }

  /** One line that is not of a source. */
  note(text: string): void {
    this.#erase();
    this.#line(text);
  }

  #problem(text: string): void {
    for (const [index, line] of wrap(printable(text), printWidth() - 6).entries()) {
      this.#line(`${index === 0 ? '    ' : '      '}${line}`);
    }
  }

  #line(text: string): void {
    console.log(withoutSecrets(text, this.#secrets));
  }

  #draw(text: string): void {
    if (!process.stdout.isTTY || performance.now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = performance.now();
    process.stdout.write(`\r${text.slice(0, printWidth())}\u001b[K`);
  }

  #erase(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
  }
}
