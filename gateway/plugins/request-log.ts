import type { ApolloServerPlugin } from '@apollo/server';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { GatewayContext } from '../context.ts';

/** Logs each operation: its name, how long it took, the codes of its errors. Never its text or variables. */
export function requestLog(log: Log): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      const started = performance.now();
      return {
        async willSendResponse({ contextValue, operationName, response }) {
          const { body } = response;
          const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
          log.info(
            {
              requestId: contextValue.requestId,
              operation: operationName ?? null,
              ms: Math.round((performance.now() - started) * 10) / 10,
              errors: errors.map(({ extensions }) => extensions?.['code'] ?? 'UNKNOWN'),
            },
            'operation',
          );
        },
      };
    },
  };
}
