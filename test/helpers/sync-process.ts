import { writeSync } from 'node:fs';
import type { Config } from '../../gateway/config/schema.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { syncOnce } from './sync.ts';

/** How a sync in a process of its own is told what to do: its only argument, as JSON. */
export interface SyncOrder {
  readonly config: Config;
  /** Stands still for ever upon this batch that stored something, the first being 1; whoever started it kills it. */
  readonly holdAt?: number | undefined;
  /** Kills itself upon this statement that writes, which as a rule is in the middle of a transaction. */
  readonly dieAtWrite?: number | undefined;
}

const { config, holdAt, dieAtWrite } = JSON.parse(process.argv[2] ?? '') as SyncOrder;

if (dieAtWrite !== undefined) {
  const run = Reflect.get(Database.prototype, 'run');
  let writes = 0;
  Database.prototype.run = function counted(...args) {
    writes++;
    if (writes === dieAtWrite) process.kill(process.pid, 'SIGKILL');
    return run.apply(this, args);
  };
}

let seen = 0;
await syncOnce(config, (event) => {
  writeSync(1, `${JSON.stringify(event)}\n`);
  if (event.type === 'progress' && event.changed > 0) seen++;
  if (seen === holdAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
