import type { FetchStep } from './observation.ts';

/** `forum: 3.2 ms from 0.4 ms on, 1 entity at topic` */
export function lineOf({ subgraph, path, startMs, ms, entities, codes }: FetchStep): string {
  const what = entities === undefined ? 'root fields' : `${entities} ${entities === 1 ? 'entity' : 'entities'}`;
  const where = path === '' ? '' : ` at ${path}`;
  const failed = codes.length === 0 ? '' : `, failed: ${[...new Set(codes)].join(', ')}`;
  return `${subgraph}: ${tenths(ms)} ms from ${tenths(startMs)} ms on, ${what}${where}${failed}`;
}

/** Milliseconds as people read them. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
