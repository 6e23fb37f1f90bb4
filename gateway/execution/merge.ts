import { assign, isRecord } from './own.ts';

/** Merges what a subgraph sent into what is there: objects field by field, lists of one length element by element. */
export function merge(target: Record<string, unknown>, source: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(source)) mergeField(target, name, source[name]);
}

/** Merges the same into each of many. */
export function mergeIntoAll(
  targets: readonly Record<string, unknown>[],
  source: Readonly<Record<string, unknown>>,
): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    for (const target of targets) mergeField(target, name, value);
  }
}

function mergeField(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value === 'object' && value !== null) {
    const there = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isRecord(there) && isRecord(value)) return merge(there, value);
    if (Array.isArray(there) && Array.isArray(value) && there.length === value.length) return mergeList(there, value);
  }
  assign(target, name, value);
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
