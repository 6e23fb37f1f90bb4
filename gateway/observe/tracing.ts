import {
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { OperationSpans } from './observation.ts';

/** Sends traces to a collector. */
export interface Tracing {
  /** Begins the spans of an operation; goes on with the client's trace where its headers name one (W3C Trace Context). */
  begin(headers: Readonly<Record<string, unknown>>): OperationSpans;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** Starts sending spans over OTLP/HTTP; loaded only where it is configured. */
export async function startTracing(url: string, log: Log): Promise<Tracing> {
  const { NodeTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  provider.register();
  const tracer = trace.getTracer('atrium');

  return {
    begin(headers) {
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const span = tracer.startSpan('graphql.operation', { kind: SpanKind.SERVER }, parent);
      const within = trace.setSpan(parent, span);
      return {
        planned: (startMs, ms) => {
          const now = Date.now();
          const began = now - ms;
          tracer
            .startSpan('graphql.plan', { startTime: began, attributes: { 'atrium.start_ms': startMs } }, within)
            .end(now);
        },
        fetching(subgraph, path) {
          const attributes = { 'atrium.subgraph': subgraph, 'atrium.path': path };
          const fetch = tracer.startSpan('graphql.fetch', { kind: SpanKind.CLIENT, attributes }, within);
          return { headers: headersOf(trace.setSpan(within, fetch)), end: (codes) => endSpan(fetch, codes) };
        },
        end(operation, codes) {
          if (operation !== null) span.setAttribute('graphql.operation.name', operation);
          endSpan(span, codes);
        },
      };
    },
    // Its error would hold what the collector answered, and a collector may answer with the headers it was sent.
    stop: () => provider.shutdown().catch(() => log.warn({}, 'the collector did not take the last traces')),
  };
}

function headersOf(within: Context): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(within, headers);
  return headers;
}

function endSpan(span: Span, codes: readonly string[]): void {
  if (codes.length > 0) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('graphql.error.codes', [...new Set(codes)]);
  }
  span.end();
}
