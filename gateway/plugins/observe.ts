import type { ApolloServerPlugin } from '@apollo/server';
import type { GatewayContext } from '../context.ts';
import { codesOf, type Account } from '../observe/account.ts';
import type { Observation } from '../observe/observation.ts';
import { lineOf, tenths } from '../observe/timing.ts';

/** Has account given of each operation, and shows where its time went to whoever wants to see. */
export function observe(account: Account): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ contextValue, operationName, queryHash, response: { body }, metrics }) {
          const { observation } = contextValue;
          const result = body.kind === 'single' ? body.singleResult : body.initialResult;
          account.give(contextValue, {
            operation: operationName ?? null,
            hash: queryHash,
            hasData: result.data !== undefined && result.data !== null,
            codes: codesOf(result.errors),
            isRemembered: metrics.responseCacheHit === true,
          });
          if (observation.wantsPlan && body.kind === 'single') {
            body.singleResult.extensions = { ...body.singleResult.extensions, trace: traceOf(observation) };
          }
        },
      };
    },
  };
}

/** Where the time went and what the plan was, to be read by people. */
function traceOf(observation: Observation) {
  const { ms, planMs, isFirst, shapeMs, fetches, plan } = observation;
  return {
    total: `${tenths(ms)} ms`,
    planning: isFirst ? `${tenths(planMs)} ms, for the first time` : `${tenths(planMs)} ms, known already`,
    fetches: fetches.toSorted((a, b) => a.startMs - b.startMs).map(lineOf),
    shaping: `${tenths(shapeMs)} ms`,
    plan,
  };
}
