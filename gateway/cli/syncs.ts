import { existsSync } from 'node:fs';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { acceptShrink, isAccepted } from '../../subgraphs/kit/sync/shrink.ts';
import { sourceRows } from '../../subgraphs/kit/sync/sync-state.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import type { Config } from '../config/schema.ts';
import { storePath } from '../local-subgraphs.ts';
import type { Check } from './checks.ts';

/** The sources whose last sync failed, by what their stores say: their tools may answer all the same. */
export function checkSyncs(config: Config): Check[] {
  return stores(config).flatMap(({ path, sources }) => {
    let db: Database | undefined;
    try {
      db = Database.openReader(path);
      return sourceRows(db).flatMap(
        ({ name, error_code: code, error_message: message, error_at: at, had }): Check[] => {
          if (code === null || !sources.includes(name)) return [];
          const check = { name: `sync ${name}` };
          // Outages pass, and whether this one has the source itself tells.
          if (code !== 'SHRUNK')
            return [{ ...check, status: 'warning', detail: `The last one failed (${code}, ${at}): ${message}` }];
          return !isAccepted(had)
            ? [{ ...check, status: 'failed', detail: message ?? code }]
            : [{ ...check, status: 'warning', detail: 'Accepted: its next sync deletes what is gone.' }];
        },
      );
    } catch (error) {
      return [{ name: 'data', status: 'failed', detail: `${path} cannot be read: ${String(error)}` }];
    } finally {
      db?.close();
    }
  });
}

/**
 * Lets sources that stopped for that, all or this one, go on. Works beside a running gateway, whose next try heeds it.
 * @returns those it was accepted for.
 */
export function acceptShrunk(config: Config, only: string | undefined): string[] {
  return stores(config).flatMap(({ path, sources }) => {
    const db = Database.openForNote(path);
    try {
      return sources.filter((source) => (only === undefined || source === only) && acceptShrink(db, source));
    } finally {
      db.close();
    }
  });
}

/** The stores on this machine; one that no sync has made yet has nothing to tell. */
function stores(config: Config) {
  return subgraphs
    .filter(({ name }) => config[name].url === undefined)
    .map(({ name }) => ({ path: storePath(config, name), sources: config[name].sources.map((source) => source.name) }))
    .filter(({ path }) => existsSync(path));
}
