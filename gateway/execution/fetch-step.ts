import type { FetchNode } from '@apollo/query-planner';
import {
  isInterfaceType,
  isObjectType,
  Kind,
  type GraphQLError,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { fixedPart, knownPart, pathOf } from './error-paths.ts';
import { errorOf, failureOf } from './errors.ts';
import type { Joins } from './joins.ts';
import type { Leaves } from './leaves.ts';
import { merge, mergeIntoAll } from './merge.ts';
import { isRecord } from './own.ts';
import { compileSieve } from './reading/only-asked.ts';
import { compileRepresenters } from './idle-requires.ts';
import type { Representation } from './representations.ts';
import { compileRewrites } from './rewrites.ts';
import type { Entity, Place, Run, Step } from './run.ts';
import { selectionOf } from './selection.ts';
import {
  SubgraphFailure,
  type Represented,
  type SubgraphAnswer,
  type SubgraphClient,
  type SubgraphError,
} from './subgraphs/client.ts';
import { placesOf } from './targets.ts';

/** What compiling a plan's fetches needs. */
export interface FetchParts {
  /** The whole supergraph's schema, hidden parts included. */
  readonly schema: GraphQLSchema;
  readonly joins: Joins;
  readonly clientOf: (subgraph: string) => SubgraphClient;
  /** The names the client's operation has for fields: paths of errors may hold no others. */
  readonly names: ReadonlySet<string>;
  readonly leaves: Leaves;
  /** Told of a fetch that failed as a whole. */
  readonly onFailure: (subgraph: string, error: unknown, run: Run) => void;
  /** Told of an error in an answer, in the subgraph's own words. */
  readonly onError: (subgraph: string, error: SubgraphError, run: Run) => void;
}

/** Compiles one fetch of a plan. */
export function compileFetch(node: FetchNode, parts: FetchParts): Step {
  const client = parts.clientOf(node.serviceName);
  // A reader takes no more than was asked for; nor do those in this process say more.
  const read = parts.leaves.readerOf(node);
  const selection = selectionOf(node.operation);
  const sift = client.isRemote && !read ? compileSieve(selection) : undefined;
  const operation = client.prepare({
    query: node.operation,
    operationName: node.operationName,
    kind: node.operationKind,
    read,
  });
  const used = node.variableUsages ?? [];
  const variablesOf = (run: Run): Record<string, unknown> => {
    const variables: Record<string, unknown> = {};
    for (const name of used) {
      if (Object.hasOwn(run.variables, name) && run.variables[name] !== undefined)
        variables[name] = run.variables[name];
    }
    return variables;
  };
  const mergeOutput = node.requires
    ? compileEntities(node, selection, parts, client)
    : compileRoot(node, parts, client, [...new Set(namesOf(selection))]);
  return async (run, place) => {
    if (place.targets.length === 0) return;
    const request = mergeOutput.ask(place.targets, run);
    if (!request) return;
    const before = run.errors.length;
    const underWay = run.observation.fetching(client.name, place.path);
    try {
      const call = { ...run.call, headers: underWay.headers };
      const asked = operation(variablesOf(run), call, request.represented);
      // Whoever waits longer than the operation may take goes on without it.
      const answer = await Promise.race([asked, run.call.over]);
      for (const error of answer.errors ?? []) parts.onError(client.name, error, run);
      checkWhole(answer, client.name);
      sift?.(answer.data);
      if (answer.staleSince !== undefined) {
        run.stale.push({ subgraph: client.name, asOf: new Date(answer.staleSince).toISOString() });
      }
      if (answer.confirmation) run.confirmations.push(answer.confirmation);
      request.take(answer, run, place);
    } catch (error) {
      parts.onFailure(client.name, error, run);
      mergeOutput.fail(error, run, place);
    }
    underWay.done(
      request.represented?.values.length,
      run.errors.slice(before).map(({ extensions }) => String(extensions['code'])),
    );
  };
}

/** How a fetch asks, and what it does with the answer. */
interface Exchange {
  /** Undefined when there is nothing to ask for. */
  ask(targets: readonly Entity[], run: Run): Request | undefined;
  fail(error: unknown, run: Run, place: Place): void;
}

interface Request {
  readonly represented?: Represented;
  /** @throws SubgraphFailure when the answer is not what was asked for. */
  take(answer: SubgraphAnswer, run: Run, place: Place): void;
}

/** A fetch of fields of the root. */
function compileRoot(node: FetchNode, parts: FetchParts, client: SubgraphClient, names: readonly string[]): Exchange {
  const rewrite = compileRewrites(parts.schema, node.outputRewrites);
  return {
    ask: (targets) => ({
      take(answer, run, place) {
        rewrite?.(answer.data);
        for (const target of targets) if (answer.data) merge(target, answer.data);
        for (const error of answer.errors ?? []) {
          const inner = pathOf(error, parts.names);
          const [first] = placesOf(run.root, place.path).values();
          const path = inner && [...(first?.[0] ?? []), ...inner];
          report(run, errorOf(error, client, path?.length === 0 ? undefined : path));
        }
      },
    }),
    fail(error, run, place) {
      const above = fixedPart(place.path);
      const places = place.path.length === above.length ? names.map((name) => [...above, name]) : [above];
      run.failed.push(...places);
      run.errors.push(
        failureOf(error, client.name, places.length === 1 ? places[0] : above.length > 0 ? above : undefined),
      );
    },
  };
}

/** A fetch of entities: each different one is asked for once, wherever it stands. */
function compileEntities(
  node: FetchNode,
  selection: SelectionSetNode,
  parts: FetchParts,
  client: SubgraphClient,
): Exchange {
  const representerFor = compileRepresenters(node, selection, parts.schema, parts.joins);
  const rewriteInput = compileRewrites(parts.schema, node.inputRewrites);
  const rewriteOutput = compileRewrites(parts.schema, node.outputRewrites);
  const { textOf } = parts.leaves;
  return {
    ask(targets, { coerced }) {
      const representer = representerFor(coerced);
      const values: Representation[] = [];
      const texts: string[] = [];
      const owners: Entity[][] = [];
      const known = new Map<string, Entity[]>();
      const alike = new Map<string, Entity[]>();
      for (const target of targets) {
        const likeness = representer.likenessOf(target);
        const same = likeness === undefined ? undefined : alike.get(likeness);
        if (same) {
          same.push(target);
          continue;
        }
        const representation = representer.represent(target);
        if (!representation) continue;
        rewriteInput?.(representation);
        const key = textOf(representation);
        let owning = known.get(key);
        if (!owning) {
          known.set(key, (owning = []));
          values.push(representation);
          texts.push(key);
          owners.push(owning);
        }
        owning.push(target);
        if (likeness !== undefined) alike.set(likeness, owning);
      }
      if (values.length === 0) return undefined;
      return {
        represented: { values, texts },
        take(answer, run, place) {
          if (answer.data === null)
            return void reportEntityErrors(answer.errors ?? [], owners, parts.names, client, run, place);
          const entities = answer.data['_entities'];
          if (!Array.isArray(entities) || entities.length !== values.length) {
            throw new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', 'The answer does not hold the entities asked for.');
          }
          const faulty = reportEntityErrors(answer.errors ?? [], owners, parts.names, client, run, place);
          const misshapen: Entity[] = [];
          for (const [index, entity] of entities.entries()) {
            const all = owners[index] ?? [];
            if (isRecord(entity)) {
              if (rewriteOutput) {
                // Rewrites go by type, which a subgraph is not asked for where the plan knows it.
                entity['__typename'] ??= all[0]?.['__typename'];
                rewriteOutput(entity);
              }
              // Who knows only an interface of an entity does not know its type.
              if (isInterfaceType(parts.schema.getType(String(entity['__typename'])))) delete entity['__typename'];
              mergeKeepingTypes(all, entity, parts.schema);
            } else if (faulty.has(index)) continue;
            else if (entity === null || entity === undefined) for (const owner of all) run.absent.add(owner);
            else misshapen.push(...all);
          }
          if (misshapen.length > 0) reportMisshapen(misshapen, parts, client, run, place);
        },
      };
    },
    fail(error, run, place) {
      const above = fixedPart(place.path);
      run.failed.push(above);
      run.errors.push(failureOf(error, client.name, above.length > 0 ? above : undefined));
    },
  };
}

/** Merges what is said of entities: of which type they are was said by who brought them, unless only an interface. */
function mergeKeepingTypes(owners: readonly Entity[], entity: Entity, schema: GraphQLSchema): void {
  const { __typename: told } = entity;
  const types = told === undefined ? [] : owners.map((owner) => owner['__typename']);
  mergeIntoAll(owners, entity);
  for (const [index, type] of types.entries()) {
    const owner = owners[index];
    if (owner && type !== told && isObjectType(schema.getType(String(type)))) owner['__typename'] = type;
  }
}

/** Reports errors of entities in each place these stand. @returns which entities have errors. */
function reportEntityErrors(
  errors: readonly SubgraphError[],
  owners: readonly (readonly Entity[])[],
  names: ReadonlySet<string>,
  client: SubgraphClient,
  run: Run,
  place: Place,
): Set<number> {
  const faulty = new Set<number>();
  if (errors.length === 0) return faulty;
  const places = placesOf(run.root, place.path);
  for (const error of errors) {
    const [root, index, ...inner] = Array.isArray(error.path) ? (error.path as unknown[]) : [];
    if (root !== '_entities' || typeof index !== 'number' || !owners[index]) {
      // It may be about any of them.
      for (const each of owners.keys()) faulty.add(each);
      report(run, errorOf(error, client, fixedPart(place.path)));
      continue;
    }
    faulty.add(index);
    for (const owner of owners[index] ?? []) {
      for (const here of places.get(owner) ?? []) {
        report(run, errorOf(error, client, [...here, ...knownPart(inner, names)]));
      }
    }
  }
  return faulty;
}

/** Reports entities in whose place something else came, where these stand: they are broken, not absent. */
function reportMisshapen(
  owners: readonly Entity[],
  parts: FetchParts,
  client: SubgraphClient,
  run: Run,
  place: Place,
): void {
  const failure = new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', 'An entity is no object.');
  parts.onFailure(client.name, failure, run);
  const places = placesOf(run.root, place.path);
  for (const owner of owners) {
    for (const here of places.get(owner) ?? []) report(run, failureOf(failure, client.name, here));
  }
}

function report(run: Run, error: GraphQLError): void {
  const key = JSON.stringify([error.message, error.path]);
  if (run.reported.has(key)) return;
  run.reported.add(key);
  run.errors.push(error);
  run.failed.push(error.path ?? []);
}

/** @throws SubgraphFailure for an answer with neither data nor errors. */
function checkWhole({ data, errors }: SubgraphAnswer, subgraph: string): void {
  if (data === null && (errors ?? []).length === 0) {
    throw new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', `${subgraph} answered with neither data nor errors.`);
  }
}

/** The response names of the fields of a selection, those in fragments included. */
function namesOf({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((each) => {
    if (each.kind === Kind.FIELD) return [each.alias?.value ?? each.name.value];
    return each.kind === Kind.INLINE_FRAGMENT ? namesOf(each.selectionSet) : [];
  });
}
