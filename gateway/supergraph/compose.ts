import '../telemetry.ts';
import { readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { readTypeDefs } from '../../subgraphs/kit/schema.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { assertSound } from './lint.ts';

const GENERATED = "# Generated from the subgraphs' schemas by `npm run atrium -- compose`: do not edit.\n\n";

/** The composed schema, which the gateway plans by. */
const SUPERGRAPH_FILE = new URL('../../schema/supergraph.graphql', import.meta.url);

/** What clients see of it. */
export const API_FILE = new URL('../../schema/api.graphql', import.meta.url);

/**
 * Composes the subgraphs' schemas. The addresses in it are placeholders: the configuration says where subgraphs are.
 * @returns the files with what they should hold.
 * @throws when the schemas do not fit together or would not work well, naming every misfit.
 */
export function composeAll(): ReadonlyMap<URL, string> {
  const { errors, schema, supergraphSdl } = composeServices(
    subgraphs.map(({ name }) => ({ name, url: `http://${name}.invalid`, typeDefs: readTypeDefs(name) })),
  );
  if (errors) {
    const misfits = errors.map(({ message }) => message.replaceAll(/\n(?=.)/g, '\n    '));
    throw new Error(`The schemas do not fit together:\n${misfits.map((misfit) => `  - ${misfit}`).join('\n')}`);
  }
  assertSound(supergraphSdl);
  const api = lexicographicSortSchema(schema.toAPISchema().toGraphQLJSSchema());
  return new Map([
    [SUPERGRAPH_FILE, `${GENERATED}${supergraphSdl.trimEnd()}\n`],
    [API_FILE, `${GENERATED}${printSchema(api)}\n`],
  ]);
}

/** Whether the composed files are what composing would write now. */
export function isSupergraphFresh(): boolean {
  return [...composeAll()].every(([file, text]) => readIfThere(file) === text);
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
