import type { Connector, ConnectorKind, Health, Log } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { healthOfError } from '../health.ts';

/** A configured source, ready to be opened. */
export interface SourceConfig {
  /** Its name, unique over all areas. */
  readonly name: string;
  /** The kind of connector. */
  readonly connector: string;
  /** The options, checked. */
  readonly options: unknown;
  /** How long to wait between two syncs of a tool that cannot tell of changes, in seconds. */
  readonly everySeconds: number;
}

/** Opens a source's connector. @throws ConnectorError as the connector does. */
export async function openConnector(
  // oxlint-disable-next-line typescript/no-explicit-any
  kinds: readonly ConnectorKind<any>[],
  source: SourceConfig,
  deps: { readonly baseDir: string; readonly log: Log },
): Promise<Connector<unknown>> {
  const kind = kinds.find(({ name }) => name === source.connector);
  if (!kind) throw new ConnectorError('MISCONFIGURED', `There is no connector "${source.connector}".`);
  return kind.open(source.options, { source: source.name, ...deps });
}

/** Opens a source, asks how it does, and closes it again. */
export async function checkSource(
  // oxlint-disable-next-line typescript/no-explicit-any
  kinds: readonly ConnectorKind<any>[],
  source: SourceConfig,
  deps: { readonly baseDir: string; readonly log: Log },
  signal: AbortSignal,
): Promise<Health> {
  try {
    const connector = await openConnector(kinds, source, deps);
    try {
      return await connector.health({ signal });
    } finally {
      await connector.close();
    }
  } catch (error) {
    return healthOfError(error);
  }
}
