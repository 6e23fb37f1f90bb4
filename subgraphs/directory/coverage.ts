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
    confirmed: true,
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
  return sources.map(({ source, asOf, ...rest }) => ({ area, source, status: statusOf({ asOf, ...rest }), asOf }));
}

function statusOf({
  state,
  asOf,
  confirmed,
}: Omit<TopicPartInput['coverage'][number], 'source'>): CoverageNode['status'] {
  // What was never synced as a whole has at most a part.
  if (asOf === null) return state === 'SYNCING' ? 'PARTIAL' : 'UNAVAILABLE';
  if (!confirmed) return 'PARTIAL';
  return state === 'FAILING' ? 'STALE' : 'COMPLETE';
}
