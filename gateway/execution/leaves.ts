import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { TEXT, VALUES, type Form } from './form.ts';
import { isRecord } from './own.ts';
import { compileReader, type DataReader } from './reading/reader.ts';
import type { Representation } from './representations.ts';
import { selectionOf } from './selection.ts';
import type { SubgraphClient } from './subgraphs/client.ts';

/** What leaves are while a program runs. */
export interface Leaves {
  readonly form: Form;
  /** Reads what a fetch brings; undefined where that comes as values, or is to be parsed. */
  readonly readerOf: (node: FetchNode) => DataReader | undefined;
  /** A representation as JSON. */
  readonly textOf: (representation: Representation) => string;
}

const AS_VALUES: Leaves = { form: VALUES, readerOf: () => undefined, textOf: JSON.stringify };

/**
 * Chooses for a plan: text where all of it comes over HTTP, so that what subgraphs wrote is neither parsed nor written
 * anew; values where a subgraph is in this process, or an answer cannot be read along what was asked.
 */
export function leavesFor(
  { node }: QueryPlan,
  schema: GraphQLSchema,
  clientOf: (subgraph: string) => SubgraphClient,
): Leaves {
  const readers = new Map<FetchNode, DataReader>();
  for (const fetch of node && node.kind !== 'Subscription' ? fetchesOf(node) : []) {
    const root = schema.getRootType(fetch.operationKind)?.name ?? '';
    const isRemote = clientOf(fetch.serviceName).isRemote;
    const reader = isRemote ? compileReader(selectionOf(fetch.operation), schema, root) : undefined;
    if (!reader) return AS_VALUES;
    readers.set(fetch, reader);
  }
  return { form: TEXT, readerOf: (fetch) => readers.get(fetch), textOf: (representation) => jsonOf(representation) };
}

function fetchesOf(node: PlanNode): FetchNode[] {
  switch (node.kind) {
    case 'Fetch':
      return [node];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf);
    case 'Flatten':
      return fetchesOf(node.node);
    case 'Condition':
      return [node.ifClause, node.elseClause].flatMap((each) => (each ? fetchesOf(each) : []));
    case 'Defer':
      return [];
  }
}

/** The JSON of what has JSON in the place of leaves; only types are as they are. */
function jsonOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  if (!isRecord(value)) return value === null || value === undefined ? 'null' : (value as string);
  let text = '';
  for (const name of Object.keys(value)) {
    const field = value[name];
    if (field === undefined) continue;
    const json = name === '__typename' && field !== null ? JSON.stringify(field) : jsonOf(field);
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${json}`;
  }
  return `{${text}}`;
}
