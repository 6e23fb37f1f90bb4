import type { GraphQLDataSource } from '@apollo/gateway';
import { OperationTypeNode } from 'graphql';
import type { GatewayContext } from '../../context.ts';
import { startClock } from '../clock.ts';
import type { SubgraphAnswer, SubgraphClient } from './client.ts';

/** A subgraph as `@apollo/gateway`'s own executor wants it. */
export function dataSourceOf(
  client: SubgraphClient,
  operationMs: number,
  onAnswer: (options: Parameters<GraphQLDataSource['process']>[0], answer: SubgraphAnswer) => void,
): GraphQLDataSource {
  return {
    async process(options) {
      const context = 'viewer' in options.context ? (options.context as GatewayContext) : undefined;
      const { query = '', variables = {}, operationName } = options.request;
      const clock = startClock(context?.signal ?? new AbortController().signal, operationMs);
      try {
        const ask = client.prepare({ query, operationName, kind: OperationTypeNode.QUERY });
        const answer = await Promise.race([ask(variables, { context, ...clock }), clock.over]);
        onAnswer(options, answer);
        return answer as never;
      } finally {
        clock.stop();
      }
    },
  };
}
