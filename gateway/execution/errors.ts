import { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE } from '../../subgraphs/kit/errors.ts';
import { isRecord } from './own.ts';
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

/** Our own subgraphs say in these what is wrong with the question; what they say of themselves is for the log. */
const TOLD_AS_SAID: ReadonlySet<unknown> = new Set(['BAD_USER_INPUT', 'BAD_CURSOR', 'PAGE_SIZE']);

/** What a client is told of an error in a subgraph's answer: our own messages pass, foreign ones go to the log. */
export function errorOf(error: SubgraphError, client: SubgraphClient, path: Path | undefined): GraphQLError {
  const given = codeOf(error);
  const isKnown = client.trusted && given !== undefined && Object.hasOwn(ERROR_CATALOGUE, given);
  const isSaid = isKnown && TOLD_AS_SAID.has(given) && typeof error.message === 'string';
  const sentence = isKnown && Object.hasOwn(SENTENCES, given) ? given : 'SUBGRAPH_ERROR';
  return new GraphQLError(isSaid ? error.message : SENTENCES[sentence as keyof typeof SENTENCES](client.name), {
    ...(path && { path }),
    extensions: { code: isKnown ? given : 'SUBGRAPH_ERROR', subgraph: client.name },
  });
}

/** The code an error carries, where that is a plain one. */
export function codeOf({ extensions }: SubgraphError): string | undefined {
  if (!isRecord(extensions) || !Object.hasOwn(extensions, 'code')) return undefined;
  const { code } = extensions;
  return typeof code === 'string' && /^[A-Z][A-Z\d_]{0,63}$/.test(code) ? code : undefined;
}
