import { createHash } from 'node:crypto';
import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { GatewayContext } from '../context.ts';

/** Gives whole answers again to whoever had them before, and keeps those that may be. */
export function rememberedAnswers(answers: AnswerCache): ApolloServerPlugin<GatewayContext> {
  return {
    async serverWillStart() {
      return {
        schemaDidLoadOrUpdate({ apiSchema, coreSupergraphSdl }) {
          answers.learn(apiSchema, coreSupergraphSdl ?? '');
        },
      };
    },
    async requestDidStart() {
      let key: string | undefined;
      let age: number | undefined;
      return {
        async responseForOperation(requestContext) {
          const { schema, source, operation, operationName, request, contextValue } = requestContext;
          if (operation.operation !== OperationTypeNode.QUERY) return null;
          // The hash of a persisted query is the client's word for it.
          const hash = createHash('sha256').update(source).digest('hex');
          const { variables = {} } = request;
          key = answers.keyOf({ schema, hash, operationName, variables, context: contextValue });
          // Whoever wants to see where the time goes wants it to go.
          if (key === undefined || contextValue.observation.wantsPlan) return null;
          const remembered = await answers.get(key);
          const data = remembered && dataIn(remembered.text);
          if (!data) return null;
          requestContext.metrics.responseCacheHit = true;
          requestContext.overallCachePolicy.replace({ maxAge: remembered.maxAge, scope: 'PRIVATE' });
          ({ age } = remembered);
          return {
            body: { kind: 'single', singleResult: { data } },
            http: { headers: new HeaderMap() },
          };
        },
        async willSendResponse({ response: { http, body }, overallCachePolicy }) {
          if (age !== undefined) http.headers.set('age', String(age));
          if (age !== undefined || key === undefined || body.kind !== 'single') return;
          const { data, errors, extensions } = body.singleResult;
          const policy = overallCachePolicy.policyIfCacheable();
          // An answer of which there is more to say is not kept: it would be given again without that.
          const hasMore = extensions?.['stale'] !== undefined || extensions?.['unconfirmed'] !== undefined;
          if (errors || !data || !policy || hasMore) return;
          answers.keep(key, JSON.stringify(data), policy.maxAge);
        },
      };
    },
  };
}

function dataIn(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // What others may write to as well is not trusted.
    return undefined;
  }
}
