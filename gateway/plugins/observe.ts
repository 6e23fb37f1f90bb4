import type { ApolloServerPlugin } from '@apollo/server';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { GatewayContext } from '../context.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { FetchStep, Observation } from '../observe/observation.ts';

/**
 * Says how operations go: in the metrics, in traces, and of what took longer than `slowMs` in the log, with where the
 * time went. Never with its text or variables. Each operation has its line in the audit log.
 */
export function observe(log: Log, metrics: Metrics, slowMs: number): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ contextValue, operationName, response, metrics: { responseCacheHit } }) {
          const { requestId, observation } = contextValue;
          const { body } = response;
          const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : [];
          const codes = errors.map(({ extensions }) => codeOf(extensions?.['code']));
          const { ms } = observation;
          metrics.record(observation, codes, responseCacheHit === true);
          observation.end(operationName ?? null, codes);
          if (ms >= slowMs) {
            const line = { requestId, operation: operationName ?? null, ms: tenths(ms), errors: codes };
            log.warn({ ...line, ...summaryOf(observation) }, 'slow operation');
          }
          if (observation.wantsPlan && body.kind === 'single') {
            body.singleResult.extensions = { ...body.singleResult.extensions, trace: traceOf(observation) };
          }
        },
      };
    },
  };
}

function codeOf(code: unknown): string {
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function summaryOf({ planMs, shapeMs, fetches }: Observation) {
  return { planMs: tenths(planMs), shapeMs: tenths(shapeMs), fetches: fetches.map(lineOf) };
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

/** `forum: 3.2 ms from 0.4 ms on, 1 entity at topic` */
function lineOf({ subgraph, path, startMs, ms, entities, codes }: FetchStep): string {
  const what = entities === undefined ? 'root fields' : `${entities} ${entities === 1 ? 'entity' : 'entities'}`;
  const where = path === '' ? '' : ` at ${path}`;
  const failed = codes.length === 0 ? '' : `, failed: ${[...new Set(codes)].join(', ')}`;
  return `${subgraph}: ${tenths(ms)} ms from ${tenths(startMs)} ms on, ${what}${where}${failed}`;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
