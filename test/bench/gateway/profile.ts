import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from './table.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** How many functions are told of. */
const TOP = 25;

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Spent {
  readonly file: string;
  readonly name: string;
  us: number;
}

/** Which of the profiles in a folder, and which part of it. */
export interface ProfilePart {
  /** Older files are of other runs; milliseconds since 1970. */
  readonly written: number;
  /** What was before is left out; microseconds of the machine's monotonic clock. */
  readonly since: number;
}

/**
 * Prints where a CPU profile says the time went: functions by the time spent in themselves, grouped by file. Of several
 * processes and threads it is the one with the most to tell.
 */
export function printProfile(folder: string, { written, since }: ProfilePart): void {
  const profiles = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const path = profiles
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).mtimeMs >= written)
    .toSorted((a, b) => statSync(a).size - statSync(b).size)
    .at(-1);
  if (path === undefined) {
    console.log(`No profile was written into ${folder}.`);
    return;
  }
  const spent = selfTimes(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile, since);
  const busy = spent.filter(({ name }) => name !== '(idle)');
  const total = busy.reduce((sum, { us }) => sum + us, 0);
  const percent = (us: number) => ((100 * us) / total).toFixed(1);
  const files = [...Map.groupBy(busy, ({ file }) => file)]
    .map(([file, functions]) => ({ file, us: functions.reduce((sum, { us }) => sum + us, 0) }))
    .toSorted((a, b) => b.us - a.us);
  console.log(`\nProfile ${path}, ${(total / 1_000_000).toFixed(1)} s of work\n`);
  console.log(
    table(
      [
        { title: 'file', cell: ({ file }) => file },
        { title: '%', cell: ({ us }) => percent(us) },
      ],
      files.slice(0, TOP),
    ),
  );
  const place = new Map(files.map(({ file }, at) => [file, at]));
  const top = busy
    .toSorted((a, b) => b.us - a.us)
    .slice(0, TOP)
    .toSorted((a, b) => (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0) || b.us - a.us);
  console.log();
  console.log(
    table(
      [
        { title: 'file', cell: ({ file }) => file },
        { title: 'function', cell: ({ name }) => name },
        { title: '% itself', cell: ({ us }) => percent(us) },
      ],
      top,
    ),
  );
}

function selfTimes({ nodes, samples, timeDeltas, startTime }: CpuProfile, since: number): Spent[] {
  const spent = new Map<string, Spent>();
  const byNode = new Map<number, Spent>();
  for (const { id, callFrame } of nodes) {
    const file = fileOf(callFrame.url);
    const name = callFrame.functionName === '' ? `(line ${callFrame.lineNumber + 1})` : callFrame.functionName;
    const key = `${file} ${name} ${callFrame.lineNumber}`;
    const entry = spent.get(key) ?? { file, name, us: 0 };
    spent.set(key, entry);
    byNode.set(id, entry);
  }
  let at = startTime;
  samples.forEach((sample, index) => {
    const us = timeDeltas[index] ?? 0;
    at += us;
    const entry = byNode.get(sample);
    if (entry && at >= since) entry.us += us;
  });
  return [...spent.values()];
}

function fileOf(url: string): string {
  if (url === '') return '(V8)';
  if (!url.startsWith('file:')) return url;
  return relative(ROOT, fileURLToPath(url)).replace(/^node_modules\/((?:@[^/]+\/)?[^/]+)\/.*$/, '$1');
}
