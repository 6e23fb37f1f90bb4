import type { GraphQLDataSource } from '@apollo/gateway';
import { NOBODY, type Viewer } from '../../subgraphs/kit/viewer.ts';
import type { GatewayContext } from '../context.ts';
import type { AskDirectory } from './viewers.ts';

const VIEWER_OF = 'query ViewerOf($person: ID!) { viewerOf(person: $person) { person { id } groups } }';

const SOME_PEOPLE = `query SomePeople {
  people(filter: { status: ACTIVE }, first: 100) { edges { node { id name title } } }
}`;

/** Asks the directory's subgraph who somebody is, the way the gateway asks anything of it. */
export function directoryAsker(directory: GraphQLDataSource<GatewayContext>): AskDirectory {
  return async (person) => {
    const data = await askDirectly(directory, VIEWER_OF, { person });
    const found = data['viewerOf'] as { person: { id: string } | null; groups: string[] } | null;
    if (!found?.person) return null;
    return { person: found.person.id, groups: found.groups, operator: false } satisfies Viewer;
  };
}

/** The people the explorer offers to ask as. */
export function explorerViewers(
  directory: GraphQLDataSource<GatewayContext>,
): () => Promise<{ id: string; name: string; title: string | null }[]> {
  return async () => {
    const data = await askDirectly(directory, SOME_PEOPLE, {});
    const people = data['people'] as { edges: { node: { id: string; name: string; title: string | null } }[] };
    return people.edges.map(({ node }) => node);
  };
}

async function askDirectly(
  directory: GraphQLDataSource<GatewayContext>,
  query: string,
  variables: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const signal = new AbortController().signal;
  const context: GatewayContext = { viewer: NOBODY, requestId: 'identity', signal, subgraphContexts: new Map() };
  const result = await directory.process({
    kind: 'health check',
    request: { query, variables },
    context,
  } as never);
  const [error] = result.errors ?? [];
  if (error) throw error;
  return (result.data ?? {}) as Record<string, unknown>;
}
