import { isRecord } from './own.ts';
import type { Entity, Path } from './run.ts';

/** The objects at a path below the given ones, in order; nulls and what is no object are left out. */
export function targetsAt(from: readonly Entity[], path: readonly string[]): Entity[] {
  const found: Entity[] = [];
  for (const entity of from) collect(entity, path, 0, found);
  return found;
}

function collect(value: unknown, path: readonly string[], at: number, found: Entity[]): void {
  if (Array.isArray(value)) {
    // Plans name lists by `@`; one more level of list than promised is the answer's fault, seen when it is shaped.
    const next = path[at] === '@' ? at + 1 : at;
    if (path[at] === '@' || at === path.length) for (const each of value) collect(each, path, next, found);
    return;
  }
  if (!isRecord(value)) return;
  if (at === path.length) found.push(value);
  else if (path[at] !== '@' && Object.hasOwn(value, path[at] as string))
    collect(value[path[at] as string], path, at + 1, found);
}

/** Where in the answer each of the objects at a path stands: an object can stand in several places. */
export function placesOf(root: Entity, path: readonly string[]): Map<object, Path[]> {
  const places = new Map<object, Path[]>();
  walk(root, path, 0, [], places);
  return places;
}

function walk(
  value: unknown,
  path: readonly string[],
  at: number,
  here: (string | number)[],
  places: Map<object, Path[]>,
): void {
  if (Array.isArray(value)) {
    const next = path[at] === '@' ? at + 1 : at;
    for (const [index, each] of value.entries()) walk(each, path, next, [...here, index], places);
    return;
  }
  if (!isRecord(value)) return;
  if (at === path.length) {
    const known = places.get(value);
    if (known) known.push(here);
    else places.set(value, [here]);
    return;
  }
  const name = path[at] as string;
  if (Object.hasOwn(value, name)) walk(value[name], path, at + 1, [...here, name], places);
}
