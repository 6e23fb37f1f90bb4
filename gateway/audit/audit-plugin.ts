import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from '../context.ts';

/** Notes for the audit log what became of an operation. */
export function auditPlugin(): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ contextValue: { audit, viewer }, operationName, queryHash, response: { body } }) {
          if (!audit) return;
          const result = body.kind === 'single' ? body.singleResult : body.initialResult;
          const codes = (result.errors ?? []).map(({ extensions }) => {
            const code = extensions?.['code'];
            return typeof code === 'string' ? code : 'UNKNOWN';
          });
          audit.viewer = viewer;
          audit.operation = operationName ?? undefined;
          audit.hash = queryHash;
          audit.hasData = result.data !== undefined && result.data !== null;
          audit.codes = [...new Set(codes)];
        },
      };
    },
  };
}
