import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { WebhookMessage } from '../../../kit/connector.ts';

/** More topics are left to the ordinary run, which finds them by their activity. */
const MAX_TOLD = 100;

const TopicId = z.int().positive().max(20_000_000);
/** A topic has its id; posts, and what tells of posts, that of their topic. */
const Event = z.union([
  z.object({ topic: z.object({ id: TopicId }) }).transform(({ topic }) => topic.id),
  z
    .record(z.string(), z.unknown())
    .transform((event) => Object.values(event).find((one) => typeof one === 'object' && one !== null))
    .pipe(
      z.union([
        z.object({ topic_id: TopicId }).transform((post) => post.topic_id),
        z.object({ post: z.object({ topic_id: TopicId }) }).transform(({ post }) => post.topic_id),
      ]),
    ),
]);

/**
 * What the forum's webhook tells of. The signature is over the body alone, so that a message may be sent again by who
 * has seen it, under any id of the event: it makes a topic be read once more, and nothing else.
 */
export class Webhook {
  readonly #secret: string;
  readonly #told = new Set<number>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** @returns false when the message is not the forum's */
  receive({ headers, body }: WebhookMessage): boolean {
    const given = /^sha256=([0-9a-f]{64})$/i.exec(headers['x-discourse-event-signature'] ?? '')?.[1];
    if (given === undefined) return false;
    const right = createHmac('sha256', this.#secret).update(body).digest();
    if (!timingSafeEqual(Buffer.from(given, 'hex'), right)) return false;
    const topic = topicOf(body);
    if (topic !== undefined && this.#told.size < MAX_TOLD) this.#told.add(topic);
    return true;
  }

  /** The topics told of since the last time. */
  take(): number[] {
    const topics = [...this.#told];
    this.#told.clear();
    return topics;
  }
}

/** Undefined for events that are about no topic, such as the ping of a new webhook. */
function topicOf(body: Buffer): number | undefined {
  try {
    return Event.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
