/** The header by which the gateway tells a subgraph how much longer anybody waits for its answer. */
export const TIME_LEFT_HEADER = 'x-atrium-time-left-ms';

/** How long somebody waits, out of the header; undefined where it does not say. */
export function timeLeft(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,7}$/.test(header) ? Number(header) : undefined;
}
