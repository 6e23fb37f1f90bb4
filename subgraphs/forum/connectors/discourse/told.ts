import type { Batch, Call, Known, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import type { ConversationItem } from '../../connector.ts';
import { Sections } from './readers.ts';
import { readTopic, type Forum } from './read-topic.ts';
import { isOpen, isOwnTalk, prefixOf } from './topics.ts';

/**
 * Reads the topics that the forum itself has told of, before anything is listed. They come by a list like all others,
 * so that what is told of a private message leads nowhere. Where this fails, the run that follows says why.
 * @returns undefined when nothing came of it
 */
export async function readTold(
  forum: Forum,
  ids: readonly number[],
  known: Known,
  call: Call,
): Promise<Omit<Batch<ConversationItem>, 'cursor'> | undefined> {
  const batch = {
    upserts: [] as ConversationItem[],
    deletes: [] as string[],
    unchanged: [],
    problems: [] as Problem[],
  };
  // Only the categories of these topics are asked for: that is a few requests, however large the forum.
  const sections = new Sections(forum.api, forum.readers);
  try {
    if (!forum.people.isLoaded) await forum.people.refresh(call);
    const { rows, unfit } = await forum.api.topicsById(ids, call);
    const there = new Set([...rows.map(({ id }) => id), ...unfit.map(({ id }) => id)]);
    batch.deletes.push(...ids.filter((id) => !there.has(id)).map(String));
    for (const row of rows) {
      const section = isOpen(row) && !isOwnTalk(row) ? await sections.of(row.category_id, call) : undefined;
      const item =
        section &&
        (await readTopic(forum, sections, row, prefixOf(row, section, forum.settings), call, batch.problems));
      // What is closed by now goes at once.
      if (item === undefined) batch.deletes.push(String(row.id));
      else if (item.version !== known(item.key)) batch.upserts.push(item);
    }
  } catch (error) {
    if (!(error instanceof ConnectorError) || call.signal.aborted) throw error;
  }
  const deletes = batch.deletes.filter((key) => known(key) !== undefined);
  return batch.upserts.length + deletes.length === 0 ? undefined : { ...batch, deletes };
}
