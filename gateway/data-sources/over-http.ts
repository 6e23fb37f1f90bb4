import type { GraphQLDataSource } from '@apollo/gateway';
import { GraphQLError } from 'graphql';
import type { Log } from '../../subgraphs/kit/connector.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import { signViewer, VIEWER_HEADER } from '../../subgraphs/kit/viewer-token.ts';
import type { GatewayContext } from '../context.ts';
import { restrictCaching } from './caching.ts';
import { missingEntities } from './missing-parts.ts';

/** A subgraph in a process of its own. */
export interface RemoteSubgraph {
  readonly name: string;
  /** Its address, without the path. */
  readonly url: string;
  /** Signs who is asking. */
  readonly secret: string;
  /** Give up after this long. */
  readonly timeoutMs: number;
}

/** Asks a subgraph over HTTP, in the viewer's name. What it says of its troubles goes to the log, not to the client. */
export function overHttpDataSource(
  subgraph: RemoteSubgraph,
  log: Log,
  answerSeconds: number,
): GraphQLDataSource<GatewayContext> {
  const address = new URL('/graphql', subgraph.url);
  return {
    async process(options) {
      const context = 'viewer' in options.context ? (options.context as GatewayContext) : undefined;
      const { query, variables, operationName } = options.request;
      const deadline = AbortSignal.timeout(subgraph.timeoutMs);
      try {
        const response = await fetch(address, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            [VIEWER_HEADER]: signViewer(context?.viewer ?? NOBODY, subgraph.secret),
            ...(context && { 'x-request-id': context.requestId }),
          },
          body: JSON.stringify({ query, variables, operationName }),
          redirect: 'error',
          signal: context ? AbortSignal.any([context.signal, deadline]) : deadline,
        });
        if (!response.ok) throw new Error(`The subgraph answered with status ${response.status}.`);
        const result: unknown = await response.json();
        if (!isResult(result)) throw new Error('The subgraph answered with something that is no GraphQL result.');
        restrictCaching(options, answerSeconds);
        return result as never;
      } catch (error) {
        log.error({ err: error, subgraph: subgraph.name, requestId: context?.requestId }, 'a subgraph did not answer');
        const failure = new GraphQLError(`The subgraph "${subgraph.name}" does not answer.`, {
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: subgraph.name },
        });
        const data = missingEntities(subgraph.name, query, variables?.['representations']);
        if (!data) throw failure;
        return { data, errors: [failure] } as never;
      }
    },
  };
}

function isResult(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { data, errors } = value as { data?: unknown; errors?: unknown };
  return (typeof data === 'object' && data !== null) || (Array.isArray(errors) && errors.length > 0);
}
