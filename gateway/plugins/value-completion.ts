import type { ApolloServerPlugin } from '@apollo/server';

/**
 * Takes `extensions.valueCompletion` out of answers. The gateway puts there what became null because a part of it was
 * not found; with us that is an id that leads nowhere, which is null and no error, and must look the same whether the
 * thing never was or may not be read.
 */
export function withoutValueCompletion(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response: { body } }) {
          if (body.kind === 'single') delete body.singleResult.extensions?.['valueCompletion'];
          if (body.kind === 'single' && Object.keys(body.singleResult.extensions ?? {}).length === 0) {
            delete body.singleResult.extensions;
          }
        },
      };
    },
  };
}
