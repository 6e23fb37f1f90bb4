import { assign, isRecord } from './own.ts';

/** Merges what a subgraph sent into what is there: objects field by field, lists of one length element by element. */
export function merge(target: Record<string, unknown>, source: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (value === undefined) continue;
    const there = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isRecord(there) && isRecord(value)) merge(there, value);
    else if (Array.isArray(there) && Array.isArray(value) && there.length === value.length) mergeList(there, value);
    else assign(target, name, value);
  }
}

function mergeList(target: unknown[], source: readonly unknown[]): void {
  for (let i = 0; i < source.length; i++) {
    const there = target[i];
    const value = source[i];
    if (isRecord(there) && isRecord(value)) merge(there, value);
    else if (Array.isArray(there) && Array.isArray(value) && there.length === value.length) mergeList(there, value);
    else target[i] = value;
  }
}
