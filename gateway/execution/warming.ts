import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';

/** What is asked with larger variables is not made ready: they would have to be kept. */
const MAX_WARM_VARIABLES = 2_000;

/**
 * What planning an operation once more needs: it looks at variables, but at nobody who asks. Undefined for what is not
 * worth keeping.
 */
export function forWarming(requestContext: GatewayGraphQLRequestContext): GatewayGraphQLRequestContext | undefined {
  const { request, logger, cache, metrics, schema, schemaHash, overallCachePolicy } = requestContext;
  const { queryHash, source, document, operation, operationName } = requestContext;
  const { query, variables = {} } = request;
  if (JSON.stringify(variables).length > MAX_WARM_VARIABLES) return undefined;
  return {
    request: { variables, ...(query !== undefined && { query }), ...(operationName !== null && { operationName }) },
    context: {},
    logger,
    cache,
    metrics,
    schema,
    schemaHash,
    overallCachePolicy,
    queryHash,
    source,
    document,
    operation,
    operationName,
  };
}
