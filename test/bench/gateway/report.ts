import type { Result } from './measure.ts';
import { figure, table } from './table.ts';
import type { Workload } from './workload.ts';

/** What is told of a workload: a table with ratios to the first contender that was measured. */
export function reportOf(workload: Workload, results: readonly Result[]): string {
  const measured = results.flatMap(({ contender, figures }) => (figures ? [{ contender, figures }] : []));
  const base = measured[0]?.figures;
  const times = (ratio: number | undefined) => (ratio === undefined ? '' : `${figure(ratio)}×`);
  const lines = table(
    [
      { title: 'who', cell: ({ contender }) => contender.title },
      { title: 'gateway CPU ms', cell: ({ figures }) => figure(figures.gatewayMs) },
      { title: 'cheaper', cell: ({ figures }) => times(base && base.gatewayMs / figures.gatewayMs) },
      { title: 'all CPU ms', cell: ({ figures }) => figure(figures.wholeMs) },
      { title: 'cheaper', cell: ({ figures }) => times(base && base.wholeMs / figures.wholeMs) },
      { title: 'requests/s', cell: ({ figures }) => figure(figures.perSecond) },
      { title: 'more', cell: ({ figures }) => times(base && figures.perSecond / base.perSecond) },
      { title: 'p50 ms', cell: ({ figures }) => figure(figures.p50) },
      { title: 'p99 ms', cell: ({ figures }) => figure(figures.p99) },
      { title: 'shorter', cell: ({ figures }) => times(base && base.p99 / figures.p99) },
      { title: 'fetches', cell: ({ figures }) => figure(figures.fetches) },
      { title: 'peak MiB', cell: ({ figures }) => figure(figures.peakMiB) },
    ],
    measured,
  );
  const missing = results.flatMap(({ contender, reason }) =>
    reason === undefined ? [] : [`Not measured: ${contender.title}. ${reason}`],
  );
  return [`### ${workload.title}`, '', lines, '', ...missing].join('\n');
}
