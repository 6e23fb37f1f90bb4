import { isDeepStrictEqual } from 'node:util';
import { executeSync, parse, type GraphQLError, type GraphQLSchema } from 'graphql';
import { TYPE_ALIAS } from './operations.ts';
import type { Answer, Ask } from './pair.ts';
import type { Seen } from './subgraphs.ts';

/**
 * What we do otherwise than `@apollo/gateway`, on purpose. Each has its example in
 * `test/gateway/execution/differences.test.ts`.
 */
export type Difference =
  /** What does not fit the schema is an error; theirs is a note in `extensions`, and none beside other errors. */
  | 'completion is an error'
  /** A nullable field that others require, and that did not come, is null; they do not ask at all. */
  | 'asks without what may be null'
  /** What only fields require that `@skip` or `@include` leave out is not waited for; they do not ask for others beside. */
  | 'asks without what is left out'
  /** An entity that its subgraph says is absent is null without an error. */
  | 'absent is no error'
  /** Where the shape is wrong, that part is lost; they lose the whole answer, or a whole fetch. */
  | 'loses the part only'
  /** A fetch that failed is an error at its place, told once; theirs is nowhere. */
  | 'failed fetch has a place'
  /** An error of an entity stands where the entity does; theirs stands at another, where some are not asked about. */
  | 'error stands at its entity';

/** What two answers differ in. */
export interface Comparison {
  /** Differences that are meant. */
  readonly meant: ReadonlySet<Difference>;
  /** What nothing explains. */
  readonly unexplained: readonly string[];
}

type PathLike = readonly (string | number)[] | undefined;

/** Compares our answer with theirs. */
export function compare(ours: Answer, theirs: Answer | Error, seen: { ours: Seen; theirs: Seen }): Comparison {
  const meant = new Set<Difference>();
  const unexplained: string[] = [];
  const done = { meant, unexplained };
  if (ours.data === undefined && !(theirs instanceof Error) && theirs.data === undefined) return done;
  const isMangled = seen.ours.mangled > 0;
  if (theirs instanceof Error || theirs.data === undefined) {
    if (isMangled) meant.add('loses the part only');
    else if (ours.data !== undefined)
      unexplained.push(`They fail: ${String(theirs instanceof Error ? theirs : theirs.errors)}`);
    return done;
  }
  const onlyWe = [...seen.ours.calls].filter(([what]) => !seen.theirs.calls.has(what));
  // What is of another shape is handed on by them as it is.
  const isAskedOtherwise = isMangled && !isDeepStrictEqual(seen.ours.calls, seen.theirs.calls);
  const more = onlyWe.length > 0 || isAskedOtherwise;
  const less = [...seen.theirs.asked].filter((each) => !seen.ours.asked.has(each));
  if (less.length > 0 && !isMangled) unexplained.push(`We did not ask: ${less.join('; ')}`);
  for (const [, representation] of onlyWe) {
    meant.add(representation.includes(':null') ? 'asks without what may be null' : 'asks without what is left out');
  }
  const mayDiffer = (path: readonly (string | number)[], one: unknown, other: unknown): boolean => {
    if (more && other === null) return true;
    if (!isMangled || (one !== null && other !== null)) return false;
    meant.add('loses the part only');
    return other === null || (ours.errors ?? []).some((each) => isRelated(each.path, path));
  };
  const unlike = differenceOf(plain(ours.data), plain(theirs.data), mayDiffer, []);
  if (unlike !== undefined && !(isMangled && (more || less.length > 0))) unexplained.push(`Data: ${unlike}`);
  compareErrors(ours, theirs, { more, absent: seen.ours.absent > 0, isMangled }, done);
  return done;
}

/** Where two values differ and may not. */
function differenceOf(
  ours: unknown,
  theirs: unknown,
  mayDiffer: (path: readonly (string | number)[], ours: unknown, theirs: unknown) => boolean,
  path: readonly (string | number)[],
): string | undefined {
  if (isDeepStrictEqual(ours, theirs) || mayDiffer(path, ours, theirs)) return undefined;
  const isObject = (value: unknown): value is Record<string | number, unknown> =>
    typeof value === 'object' && value !== null;
  const isAlike =
    isObject(ours) &&
    isObject(theirs) &&
    isDeepStrictEqual(Object.keys(ours).toSorted(), Object.keys(theirs).toSorted());
  if (!isAlike) return `${path.join('.')}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`;
  for (const name of Object.keys(ours)) {
    const step = Array.isArray(ours) ? Number(name) : name;
    const found = differenceOf(ours[name], theirs[name], mayDiffer, [...path, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether one path leads to the other, or on from it. */
function isRelated(one: PathLike, other: readonly (string | number)[]): boolean {
  return one === undefined || one.every((step, at) => at >= other.length || step === other[at]);
}

function compareErrors(
  ours: Answer,
  theirs: Answer,
  { more, absent, isMangled }: { more: boolean; absent: boolean; isMangled: boolean },
  { meant, unexplained }: { meant: Set<Difference>; unexplained: string[] },
): void {
  const completions = (theirs.extensions?.['valueCompletion'] ?? []) as readonly { path: PathLike }[];
  const oursAt = new Set((ours.errors ?? []).map(({ path }) => placeOf(ours.data, path)));
  const theirsAt = new Set((theirs.errors ?? []).map(({ path }) => placeOf(theirs.data, path)));
  const completedAt = new Set(completions.map(({ path }) => placeOf(theirs.data, path)));
  const misplaced = misplacedIn(ours, theirs);
  for (const { path, message } of theirs.errors ?? []) {
    if (path === undefined) {
      meant.add('failed fetch has a place');
      if (!(ours.errors ?? []).some(({ extensions }) => extensions['code'] !== 'SUBGRAPH_ERROR') && !isMangled) {
        unexplained.push(`Only they say: ${message}`);
      }
    } else if (oursAt.has(placeOf(theirs.data, path))) continue;
    else if (misplaced.has(withoutIndexes(path))) meant.add('error stands at its entity');
    else unexplained.push(`Only they have an error at ${path.join('.')}`);
  }
  for (const place of completedAt) {
    if (oursAt.has(place)) meant.add('completion is an error');
    else if (absent) meant.add('absent is no error');
    // What they did not ask for they miss where it must not be null.
    else if (more) continue;
    else if (isMangled) meant.add('loses the part only');
    else unexplained.push(`Only they note what is wrong at ${place}`);
  }
  for (const { path, message, extensions } of ours.errors ?? []) {
    const place = placeOf(ours.data, path);
    const code = extensions['code'];
    if (theirsAt.has(place) || completedAt.has(place)) continue;
    // They note nothing beside errors, nor of an absent entity of which only an interface is known.
    if (code === 'SUBGRAPH_BAD_RESPONSE' && ((theirs.errors ?? []).length > 0 || isMangled || absent))
      meant.add('completion is an error');
    else if (code !== 'SUBGRAPH_ERROR' && (theirs.errors ?? []).some((each) => each.path === undefined)) continue;
    else if (misplaced.has(withoutIndexes(path))) meant.add('error stands at its entity');
    else if (!more) unexplained.push(`Only we have an error at ${path?.join('.')}: ${message}`);
  }
}

/** Paths, without their indexes, of as many errors of entities in theirs as in ours. */
function misplacedIn(ours: Answer, theirs: Answer): ReadonlySet<string> {
  const count = ({ errors }: Answer, name: string) =>
    (errors ?? []).filter((each) => withoutIndexes(each.path) === name && !isCompletion(each)).length;
  const names = new Set((theirs.errors ?? []).map(({ path }) => withoutIndexes(path)));
  return new Set([...names].filter((name) => name.includes('@') && count(ours, name) === count(theirs, name)));
}

function isCompletion({ extensions }: GraphQLError): boolean {
  return extensions['code'] === 'SUBGRAPH_BAD_RESPONSE';
}

function withoutIndexes(path: PathLike): string {
  return (path ?? []).map((step) => (typeof step === 'number' ? '@' : step)).join('.');
}

/** Where an error leads to null in the data, or out of what the client sees of it, or its whole path. */
function placeOf(data: unknown, path: PathLike): string {
  let value = data;
  const place: (string | number)[] = [];
  for (const step of path ?? []) {
    // What only plans ask for is named in their paths, not in ours.
    if (value === null || value === undefined || !Object.hasOwn(value, step)) break;
    place.push(step);
    value = (value as Record<string | number, unknown>)[step];
  }
  return place.join('.');
}

/** A path up to where it leaves what the client sees of the data. */
export function pathWithin(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [at, step] of path.entries()) {
    if (typeof value !== 'object' || value === null) return path;
    if (!Object.hasOwn(value, step)) return path.slice(0, at);
    value = (value as Record<string | number, unknown>)[step];
  }
  return path;
}

/** Without the prototypes that objects have or have not. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Whether an answer is one of the schema, by `graphql-js`: of the right types, without nulls where none may be, in order. */
export function misfitOf(schema: GraphQLSchema, { query, variables }: Ask, { data }: Answer): string | undefined {
  if (data === null || data === undefined) return undefined;
  const again = executeSync({
    schema,
    document: parse(query),
    rootValue: data,
    variableValues: { ...variables },
    fieldResolver: (source: Record<string | number, unknown>, _, __, { path }) => source[path.key],
    typeResolver: (value: Record<string, unknown>) => value[TYPE_ALIAS] as string,
  });
  if (again.errors) return again.errors.join('; ');
  const [is, should] = [JSON.stringify(data), JSON.stringify(again.data)];
  return is === should ? undefined : `It is ${is}\nand should be ${should}`;
}
