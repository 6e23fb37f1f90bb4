import type { GraphQLDataSourceProcessOptions } from '@apollo/gateway';

/**
 * Says how long the answer a fetch belongs to may be given again, and to whom: always to the same viewer only. What
 * a viewer sees depends on who they are in every part of the graph.
 */
export function restrictCaching(options: GraphQLDataSourceProcessOptions, answerSeconds: number): void {
  // Of the kinds of processing there are, only the operations of clients have a request with a policy.
  if ('incomingRequestContext' in options) {
    options.incomingRequestContext.overallCachePolicy.restrict({ maxAge: answerSeconds, scope: 'PRIVATE' });
  }
}
