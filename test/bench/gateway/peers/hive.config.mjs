// @graphql-hive/gateway: what is passed on to the subgraphs.
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs({ request }) {
      const authorization = request.headers.get('authorization');
      return authorization === null ? {} : { authorization };
    },
  },
});
