import { requestError } from './request-error.ts';

/** A question on a topic, with all that narrows it: what a Topic's id holds, since `@requires` takes no arguments. */
export interface TopicQuery {
  /** The words, tidied. */
  readonly query: string;
  /** Other names of the topic, to be searched for as well. */
  readonly synonyms: readonly string[];
  /** Only items changed since then count; ISO 8601. */
  readonly since?: string;
  /** Only people of this group count, and items they have a part in: a Group's id. */
  readonly group?: string;
}

/** The id of a topic. */
export function encodeTopic(topic: TopicQuery): string {
  const parts = [topic.query, topic.synonyms, topic.since ?? null, topic.group ?? null];
  return Buffer.from(`topic:${JSON.stringify(parts)}`, 'utf8').toString('base64url');
}

/** Whether an id is one of a topic. */
export function isTopicId(id: string): boolean {
  return read(id) !== undefined;
}

/**
 * The question a topic's id holds.
 * @throws BAD_USER_INPUT for what is no topic's id.
 */
export function decodeTopic(id: string): TopicQuery {
  const topic = read(id);
  if (!topic) throw requestError('BAD_USER_INPUT', 'The id is not one of a topic: ask topic(query:) for one.');
  return topic;
}

function read(id: string): TopicQuery | undefined {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  if (!text.startsWith('topic:') || id.length > 20_000) return undefined;
  try {
    const parts: unknown = JSON.parse(text.slice('topic:'.length));
    if (!Array.isArray(parts) || parts.length !== 4) return undefined;
    const [query, synonyms, since, group] = parts as unknown[];
    if (typeof query !== 'string' || !Array.isArray(synonyms)) return undefined;
    if (!synonyms.every((synonym) => typeof synonym === 'string')) return undefined;
    return {
      query,
      synonyms,
      ...(typeof since === 'string' && !Number.isNaN(Date.parse(since)) && { since }),
      ...(typeof group === 'string' && { group }),
    };
  } catch {
    return undefined;
  }
}
