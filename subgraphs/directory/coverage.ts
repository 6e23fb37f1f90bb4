import { stateOf } from '../kit/sources.ts';
import { sourceRows } from '../kit/sync/sync-state.ts';
import type { DirectoryContext } from './context.ts';
import type { TopicNode, TopicPartInput } from './topic.ts';

/** A source's part in an answer: `Coverage` in the schema. */
export interface CoverageNode {
  readonly area: 'DIRECTORY' | 'DOCUMENTS' | 'FORUM';
  readonly source: string | null;
  readonly status: 'COMPLETE' | 'STALE' | 'PARTIAL' | 'UNAVAILABLE';
  readonly asOf: string | null;
}

/** What an answer on a topic rests on: the sources of all areas, and the areas that did not answer. */
export function coverageOf(topic: TopicNode, context: DirectoryContext): CoverageNode[] {
  const own = sourceRows(context.reader.db).map((row) => ({
    source: row.name,
    state: stateOf(row),
    asOf: row.last_success_at,
  }));
  return [
    ...areaCoverage('DIRECTORY', own),
    ...areaCoverage('DOCUMENTS', topic.documentsPart?.coverage),
    ...areaCoverage('FORUM', topic.forumPart?.coverage),
  ];
}

function areaCoverage(
  area: CoverageNode['area'],
  sources: TopicPartInput['coverage'] | undefined,
): readonly CoverageNode[] {
  if (!sources) return [{ area, source: null, status: 'UNAVAILABLE', asOf: null }];
  return sources.map(({ source, state, asOf }) => ({ area, source, status: statusOf(state, asOf), asOf }));
}

function statusOf(state: string, asOf: string | null): CoverageNode['status'] {
  // What was never synced as a whole has at most a part.
  if (asOf === null) return state === 'SYNCING' ? 'PARTIAL' : 'UNAVAILABLE';
  return state === 'FAILING' ? 'STALE' : 'COMPLETE';
}
