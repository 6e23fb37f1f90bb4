import type { Call, Problem } from '../../../kit/connector.ts';
import type { ConversationItem } from '../../connector.ts';
import type { DiscourseApi } from './api.ts';
import type { People } from './people.ts';
import type { ReaderOptions, Sections } from './readers.ts';
import type { TopicRow } from './shapes.ts';
import type { Standing } from './standing.ts';
import { fenceOf, isOpen, postsOf, toConversation } from './topics.ts';
import type { Webhook } from './webhook.ts';

/** What the runs of one source have in common. */
export interface Forum {
  readonly api: DiscourseApi;
  readonly people: People;
  readonly readers: ReaderOptions;
  /** The fingerprint of the options that items depend on. */
  readonly settings: string;
  readonly source: string;
  readonly perMinute: number;
  /** What the forum's webhook tells of; none where it has none. */
  readonly webhook: Webhook | undefined;
  readonly standing: Standing;
}

/** A topic that a list has named, whole; undefined when it is gone, or closed, since it was listed. */
export async function readTopic(
  { api, people }: Forum,
  sections: Sections,
  row: TopicRow,
  prefix: string,
  call: Call,
  problems: Problem[],
): Promise<ConversationItem | undefined> {
  const topic = await api.topic(row.id, call);
  if (topic?.id !== row.id || !isOpen(topic)) return undefined;
  const section = await sections.of(topic.category_id, call);
  if (section === undefined) return undefined;
  // Moved since it was listed: the version must be that of its new readers, and be looked at again.
  const isMoved = topic.category_id !== row.category_id;
  const version = isMoved ? `${fenceOf(section)}.moved.` : prefix;
  return toConversation(topic, await postsOf(api, topic, call, problems), section, people, version, api.base);
}
