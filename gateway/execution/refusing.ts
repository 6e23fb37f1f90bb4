import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { GraphQLError, parse } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { AccessRules } from './access-rules.ts';
import { withoutRefused } from './without-refused.ts';

/**
 * `@apollo/gateway`'s own execution, which knows nothing of scopes: an operation is answered as a whole or, where any
 * of it is refused, not at all.
 */
export function refusing(gateway: GatewayInterface): GatewayInterface {
  let rules: AccessRules | undefined;
  return {
    onSchemaLoadOrUpdate: (listener) =>
      gateway.onSchemaLoadOrUpdate((schema) => {
        rules = new AccessRules(parse(schema.coreSupergraphSdl, { noLocation: true }), schema.apiSchema);
        listener(schema);
      }),
    load: async (options) => {
      const { executor } = await gateway.load(options);
      return {
        executor: async (requestContext) => {
          if (!executor || !rules) throw new Error('There is no schema yet.');
          const access = rules.accessOf((requestContext.context as GatewayContext).viewer);
          const { document, operation, schema } = requestContext;
          const { refused } = withoutRefused(document, operation, schema, access);
          const errors = [...new Set(refused.values())].map(
            (why) => new GraphQLError(why, { extensions: { code: 'FORBIDDEN' } }),
          );
          return errors.length > 0 ? { errors } : executor(requestContext);
        },
      };
    },
    stop: () => gateway.stop(),
  };
}
