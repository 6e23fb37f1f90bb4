import type { Log } from '../../subgraphs/kit/connector.ts';
import { ConnectorError } from '../../subgraphs/kit/errors.ts';
import { withoutSecrets } from '../config/secret-text.ts';

/**
 * A log for commands that print what they find themselves: it is silent, but for the cause of what nobody foresaw,
 * which is printed nowhere else.
 */
export function quietLog(secrets: readonly string[]): Log {
  const show = (fields: object, message: string): void => {
    const cause = Object.values(fields).find((field) => field instanceof Error);
    if (cause === undefined || cause instanceof ConnectorError) return;
    console.error(withoutSecrets(`${message}: ${cause.stack ?? cause.message}`, secrets));
  };
  return { debug: () => undefined, info: () => undefined, warn: show, error: show };
}
