import { directory } from './directory/index.ts';
import { documents } from './documents/index.ts';
import { forum } from './forum/index.ts';
import type { Subgraph } from './kit/subgraph.ts';

/** ADD A SUBGRAPH: one line here; its schema is `schema/<name>.graphql`. */
export const subgraphs: readonly Subgraph[] = [directory, documents, forum];

/** The subgraph of this name. @throws when there is none. */
export function subgraphNamed(name: string): Subgraph {
  const found = subgraphs.find((subgraph) => subgraph.name === name);
  if (!found)
    throw new Error(`There is no subgraph "${name}"; there are ${subgraphs.map((each) => each.name).join(', ')}.`);
  return found;
}
