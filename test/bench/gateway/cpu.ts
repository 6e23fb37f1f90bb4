import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of one clock tick of /proc: it is 100 a second on Linux wherever Node runs. */
const TICK_MS = 10;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** CPU time, user and system, that processes and all their descendants have used so far, in ms. */
export function cpuMs(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
}

/** The most memory that processes and all their descendants held, each at its own peak, in MiB. */
export function peakMiB(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, { pid }) => {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readOrNothing(`/proc/${pid}/status`))?.[1];
    return sum + Number(peak ?? 0) / 1024;
  }, 0);
}

function treeOf(roots: readonly number[]): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const found = new Set(roots);
  // A child may be listed before its parent.
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}

function statOf(pid: number): Stat | undefined {
  const text = readOrNothing(`/proc/${pid}/stat`);
  // The name stands in brackets and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return undefined;
  const number = (place: number) => Number(fields[place - 3]);
  // utime, stime, and those of children that have ended.
  return { pid, parent: number(4), ticks: number(14) + number(15) + number(16) + number(17) };
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
