import { existsSync } from 'node:fs';
import { graphql } from 'graphql';
import type { SubgraphService } from '../../subgraphs/kit/subgraph.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import { NOBODY } from '../../subgraphs/kit/viewer.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';
import type { Config } from '../config/schema.ts';
import { storePath } from '../local-subgraphs.ts';
import type { Check } from './checks.ts';

/** Whether the directory knows whom `operators` and `development.viewer` name: misspelt, they mean nobody, in silence. */
export async function checkKnownPeople(config: Config): Promise<Check[]> {
  const path = storePath(config, 'directory');
  // A directory elsewhere, or one that was never read, cannot say who is missing.
  if (config.directory.url !== undefined || !existsSync(path)) return [];
  let service: SubgraphService | undefined;
  try {
    service = subgraphNamed('directory').openService(path, {});
    const rows = sourceRows(service.db);
    const isRead = rows.length > 0 && rows.every(({ last_success_at: at }) => at !== null);
    return isRead ? await unknownTo(service, config) : [];
  } catch {
    // That a store cannot be read is said where the stores are looked at.
    return [];
  } finally {
    service?.close();
  }
}

async function unknownTo(service: SubgraphService, { operators, development }: Config): Promise<Check[]> {
  const knows = async (kind: string, name: string): Promise<boolean> => {
    const source = `query ($name: ID!) {
      found: ${kind === 'group' ? 'group(id: $name) { id }' : 'viewerOf(person: $name) { groups }'}
    }`;
    const contextValue = await service.contextFor(NOBODY);
    const { data } = await graphql({ schema: service.schema, source, variableValues: { name }, contextValue });
    return Boolean(data?.['found']);
  };
  const checks: Check[] = [];
  const warn = (detail: string): void => void checks.push({ name: 'config', status: 'warning', detail });
  for (const operator of operators) {
    const [, kind = '', name = ''] = /^(group|person):(.+)$/.exec(operator) ?? [];
    if (!(await knows(kind, name))) warn(`"operators" names ${operator}, whom the directory does not know.`);
  }
  const { viewer } = development;
  if (viewer !== undefined && !(await knows('person', viewer))) {
    warn(`"development.viewer" is ${viewer}, whom the directory does not know: nothing would be answered.`);
  }
  return checks;
}
