import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, OperationTypeNode } from 'graphql';

/** Refuses what is no query, or names none in its document: the gateway would take it for a fault of its own. */
export function knownOperation(): ApolloServerPlugin {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation, schema }) {
          if (operation?.operation === OperationTypeNode.QUERY) return;
          if (operation?.operation === OperationTypeNode.MUTATION && schema.getMutationType()) return;
          if (operation) {
            throw new GraphQLError('Operations of this kind are not answered: there is nothing like it here.', {
              extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
            });
          }
          throw new GraphQLError('The document does not say which operation to run: name one that is in it.', {
            extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
          });
        },
      };
    },
  };
}
