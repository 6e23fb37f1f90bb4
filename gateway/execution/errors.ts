import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE } from '../../subgraphs/kit/errors.ts';
import type { Path } from './run.ts';
import { SubgraphFailure, type SubgraphClient, type SubgraphError } from './subgraphs/client.ts';

const SENTENCES = {
  SUBGRAPH_UNAVAILABLE: (name: string) => `The subgraph "${name}" does not answer.`,
  SUBGRAPH_TIMEOUT: (name: string) => `The subgraph "${name}" did not answer in time.`,
  SUBGRAPH_BUSY: (name: string) => `The subgraph "${name}" has too much to do; ask again soon.`,
  SUBGRAPH_BAD_RESPONSE: (name: string) => `The subgraph "${name}" answered with something that does not fit.`,
  INTERNAL_SERVER_ERROR: () => 'This part of the answer failed.',
  SUBGRAPH_ERROR: (name: string) => `The subgraph "${name}" could not answer this part.`,
} as const;

/** What a client is told of a fetch that failed as a whole. */
export function failureOf(error: unknown, subgraph: string, path: Path | undefined): GraphQLError {
  const code = error instanceof SubgraphFailure ? error.code : 'INTERNAL_SERVER_ERROR';
  return new GraphQLError(SENTENCES[code](subgraph), {
    ...(path && { path }),
    extensions: { code, subgraph },
    originalError: error instanceof Error ? error : null,
  });
}

/** What a client is told of an error in a subgraph's answer: our own messages pass, foreign ones go to the log. */
export function errorOf(error: SubgraphError, client: SubgraphClient, path: Path | undefined): GraphQLError {
  const { extensions } = error;
  const given = typeof extensions === 'object' && extensions !== null ? (extensions as { code?: unknown }).code : '';
  const isKnown = client.trusted && typeof given === 'string' && given in ERROR_CATALOGUE;
  return new GraphQLError(isKnown ? String(error.message) : SENTENCES.SUBGRAPH_ERROR(client.name), {
    ...(path && { path }),
    extensions: { code: isKnown ? given : 'SUBGRAPH_ERROR', subgraph: client.name },
  });
}
