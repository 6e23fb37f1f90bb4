import { subgraphs } from '../../subgraphs/registry.ts';
import { didYouMean } from '../config/nearest.ts';
import type { Config } from '../config/schema.ts';
import { UsageError } from './command.ts';

/** Looks whether a source that was asked for is configured. @throws UsageError naming those that are. */
export function checkSourceName(config: Config, wanted: string | undefined): void {
  const names = subgraphs.flatMap(({ name }) => config[name].sources.map((source) => source.name));
  if (wanted === undefined || names.includes(wanted)) return;
  throw new UsageError(
    `there is no source "${wanted}" in the configuration${didYouMean(wanted, names) || `; there are ${names.join(', ')}`}`,
  );
}
