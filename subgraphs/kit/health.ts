import type { Health } from './connector.ts';
import { ConnectorError, type ConnectorErrorCode } from './errors.ts';

/** Codes that say nothing of the configuration: the tool is down or busy, or we ended the call. */
const OUTAGES = new Set<ConnectorErrorCode>(['UNAVAILABLE', 'RATE_LIMITED', 'CANCELLED']);

/** The health of a tool that failed with this when it was asked. */
export function healthOfError(error: unknown): Health {
  if (!(error instanceof ConnectorError))
    return { status: 'unknown', detail: `Reading failed unexpectedly: ${String(error)}` };
  return { status: OUTAGES.has(error.code) ? 'unknown' : 'failed', detail: error.message };
}
