import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import type { SubgraphAnswer } from '../../../gateway/execution/subgraphs/client.ts';
import { compose, openFederation, type Federation } from './pair.ts';
import { reached, type Way } from './reached.ts';
import { LINK } from './schemas.ts';

/** A subgraph of a test: its schema and who answers. */
export interface ResolvedSubgraph {
  readonly schema: string;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, (...given: never[]) => unknown>>>>;
}

/** Opens small subgraphs as one federation. `asked` takes down what they are asked, by name. */
export async function openResolved(
  subgraphs: Readonly<Record<string, ResolvedSubgraph>>,
  way: Way = 'text',
): Promise<Federation & { readonly asked: string[] }> {
  const asked: string[] = [];
  const { sdl, misfits } = compose(
    Object.fromEntries(Object.entries(subgraphs).map(([name, { schema }]) => [name, schema])),
  );
  if (sdl === undefined) throw new Error(misfits.join('\n'));
  const schemas = new Map(
    Object.entries(subgraphs).map(([name, { schema, resolvers }]) => [
      name,
      buildSubgraphSchema([{ typeDefs: parse(LINK + schema), resolvers: resolvers as never }]),
    ]),
  );
  const clientOf = (name: string) =>
    reached(name, way, ({ query }) => {
      const document = parse(query);
      return async (variables) => {
        asked.push(`${name} ${query}`);
        const schema = schemas.get(name);
        if (!schema) throw new Error(`There is no subgraph ${name}.`);
        const sent = JSON.parse(JSON.stringify(variables)) as Record<string, unknown>;
        const result = await execute({ schema, document, variableValues: sent });
        return JSON.parse(JSON.stringify(result)) as SubgraphAnswer;
      };
    });
  return { ...(await openFederation(sdl, clientOf)), asked };
}
