import { randomUUID } from 'node:crypto';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import type { GatewayContext } from '../context.ts';
import { startClock } from '../execution/clock.ts';
import { errorOf, failureOf } from '../execution/errors.ts';
import type { SubgraphClient } from '../execution/subgraphs/client.ts';
import { Observation } from '../observe/observation.ts';
import type { AskDirectory } from './viewers.ts';

const VIEWER_OF =
  'query ViewerOf($person: ID!, $by: HandleKind) { viewerOf(person: $person, by: $by) { person { id } groups } }';

/** Whoever asks waits for this first. */
const WAIT_MS = 5_000;

const SOME_PEOPLE = `query SomePeople {
  people(filter: { status: ACTIVE }, first: 100) { edges { node { id name title } } }
}`;

/** Asks the directory's subgraph who somebody is, the way the gateway asks anything of it. */
export function directoryAsker(directory: SubgraphClient): AskDirectory {
  const ask = asker(directory, VIEWER_OF);
  return async (person, by) => {
    const data = await ask({ person, by: by === 'any' ? null : by.toUpperCase() });
    const found = data['viewerOf'] as { person: { id: string } | null; groups: string[] } | null;
    if (!found?.person) return null;
    return { person: found.person.id, groups: found.groups, operator: false } satisfies Viewer;
  };
}

/** The people the explorer offers to ask as. */
export function explorerViewers(
  directory: SubgraphClient,
): () => Promise<{ id: string; name: string; title: string | null }[]> {
  const ask = asker(directory, SOME_PEOPLE);
  return async () => {
    const data = await ask({});
    const people = data['people'] as { edges: { node: { id: string; name: string; title: string | null } }[] };
    return people.edges.map(({ node }) => node);
  };
}

/** Asks one operation of the directory, in nobody's name. */
function asker(
  directory: SubgraphClient,
  query: string,
): (variables: Readonly<Record<string, unknown>>) => Promise<Record<string, unknown>> {
  const operation = directory.prepare({ query, operationName: undefined, kind: OperationTypeNode.QUERY });
  return async (variables) => {
    const { signal } = new AbortController();
    const context: GatewayContext = {
      viewer: NOBODY,
      requestId: randomUUID(),
      signal,
      subgraphContexts: new Map(),
      observation: new Observation(),
    };
    const clock = startClock(signal, WAIT_MS);
    try {
      const { data, errors = [] } = await Promise.race([operation(variables, { context, ...clock }), clock.over]);
      const [error] = errors;
      if (error) throw errorOf(error, directory, undefined);
      return data ?? {};
    } catch (cause) {
      throw cause instanceof GraphQLError ? cause : failureOf(cause, directory.name, undefined);
    } finally {
      clock.stop();
    }
  };
}
