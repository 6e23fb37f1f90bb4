import { readFileSync } from 'node:fs';
import { parse, type DocumentNode } from 'graphql';

const SCHEMA_DIR = new URL('../../schema/', import.meta.url);

/**
 * A subgraph's type definitions: `schema/shared.graphql` and `schema/<name>.graphql`, put together.
 * @throws when one of the files is missing or not GraphQL.
 */
export function readTypeDefs(subgraph: string): DocumentNode {
  const read = (name: string) => readFileSync(new URL(`${name}.graphql`, SCHEMA_DIR), 'utf8');
  return parse(`${read('shared')}\n${read(subgraph)}`);
}
