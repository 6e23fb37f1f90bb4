import type { GraphQLDataSource } from '@apollo/gateway';
import type { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import type { GatewayContext } from '../context.ts';
import { restrictCaching } from './caching.ts';

/** A subgraph in this process: no network, no text between it and the gateway. */
export function inProcessDataSource(
  name: string,
  executor: SubgraphExecutor,
  answerSeconds: number,
): GraphQLDataSource<GatewayContext> {
  return {
    async process(options) {
      // The gateway itself asks without a request, to see whether the subgraph is there.
      const context = 'viewer' in options.context ? (options.context as GatewayContext) : undefined;
      let subgraphContext = context?.subgraphContexts.get(name);
      if (!subgraphContext) {
        subgraphContext = executor.contextFor(context?.viewer ?? NOBODY);
        context?.subgraphContexts.set(name, subgraphContext);
      }
      const { query = '', variables, operationName } = options.request;
      const { requestId } = context ?? {};
      const result = await executor.execute({ query, variables, operationName, requestId }, subgraphContext);
      restrictCaching(options, answerSeconds);
      return { data: result.data as Record<string, unknown> | null, errors: result.errors, http: undefined } as never;
    },
  };
}
