import { z } from 'zod';
import { defineConnector, type Call, type Connector, type Health } from '../../kit/connector.ts';
import type { Reader } from '../../kit/content/item.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { healthOfError } from '../../kit/health.ts';
import { confirmOptions, Printable, Readers, toolUrl } from '../../kit/options.ts';
import { settingsOf } from '../../kit/text/runs.ts';
import type { ConversationItem } from '../connector.ts';
import { DiscourseApi } from './discourse/api.ts';
import { NO_MAILS, People } from './discourse/people.ts';
import { readableBy } from './discourse/live.ts';
import type { Forum } from './discourse/read-topic.ts';
import { runForum } from './discourse/run.ts';
import { Standing } from './discourse/standing.ts';
import { Webhook } from './discourse/webhook.ts';

const Options = z.strictObject({
  url: toolUrl().describe('Address of the forum, as people see it: `https://forum.example/`.'),
  apiKey: Printable.meta({ secret: true }).describe(
    'Key from Admin → API: for all users, global and read-only; narrower ones may lack a right.',
  ),
  apiUser: Printable.default('system').describe(
    'The user the key acts as: an administrator, to whom alone a category’s groups and mail addresses are shown.',
  ),
  webhookSecret: z
    .string()
    .min(12)
    .optional()
    .meta({ secret: true })
    .describe(
      'Secret of a webhook from Admin → API that sends topic and post events as JSON to `/webhooks/<source>`. Without it the forum is only polled.',
    ),
  showLastSeen: z
    .boolean()
    .default(false)
    .describe(
      'Show when users were last seen, as administrators see it: also of those who hide their presence on the forum.',
    ),
  readers: Readers.default(['everyone']).describe('Who may read what everybody on the forum may read.'),
  groups: z
    .record(z.string(), Readers)
    .default({})
    .describe(
      'Readers that a group of the forum stands for: `{ "staff": ["group:it"], "trust_level_0": ["everyone"] }`. Default: the directory’s group of the same name.',
    ),
  perMinute: z
    .int()
    .positive()
    .default(60)
    .describe('Requests a minute at most, all together. Discourse itself allows a key 60.'),
  confirm: confirmOptions(30),
  timeoutMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(30_000)
    .describe('Give up on one request after so many milliseconds.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(20 * 1024 ** 2)
    .describe('Larger answers are refused.'),
});

/**
 * A Discourse forum, by polling its API.
 *
 * - Readers come from categories: an open one has those of `readers`, a restricted one its groups; where these cannot
 *   be seen it is closed. Private messages and unlisted topics are never asked for; system posts, small actions,
 *   whispers, hidden and deleted posts are dropped. Tags that only some groups see are not told apart.
 * - New activity, votes, answers, tags, moves and deletions show with the next run while the forum lists its topics in
 *   ten pages; beyond that, listing them all takes a tenth of the budget, and only activity shows at once. Edits of
 *   posts are seen among the newest 50; ten more topics are read again with every run.
 * - A first run goes through the newest posts of the forum back to the oldest, 50 in a request, while that is quicker
 *   than topic by topic. Topics of categories that the forum mutes for `apiUser` are in no list, and so are not found.
 * - With a webhook, the topic it tells of is the first that the next run reads. Its signature has no date: a message
 *   sent again makes a topic be read again.
 * - Live reads ask for 30 topics at once in the user's name, and one by one for those that are left out; reading so does
 *   not mark anybody as seen, nor a topic as read. Guests are asked for without a key; the forum may answer them with
 *   what was right a minute ago.
 * - An account's `reputation` is the forum's public figure, the likes it received, which also counts restricted
 *   categories: shown, never ranked by. It is read once a day, of those 550 with most likes, as newer forums list no more.
 */
export const discourse = defineConnector<ConversationItem, typeof Options>({
  name: 'discourse',
  summary: 'Topics of a Discourse forum, with the readers of their categories.',
  options: Options,
  confirms: ({ confirm }) => confirm,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const { source } = deps;
    const api = new DiscourseApi(options, source);
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    await api.categories({ signal: soon }).catch((cause: unknown) => {
      if (!soon.aborted) throw cause;
      throw new ConnectorError('UNAVAILABLE', `${source}: ${options.url} did not answer in time`, { cause });
    });
    const readers = options.readers as Reader[];
    const groups = options.groups as Record<string, Reader[]>;
    const people = new People(api);
    const { webhookSecret } = options;
    const webhook = webhookSecret === undefined ? undefined : new Webhook(webhookSecret);
    const forum: Forum = {
      api,
      people,
      webhook,
      standing: new Standing(api, people, options.showLastSeen),
      readers: { readers, groups },
      settings: settingsOf([options.url], 2),
      source,
      perMinute: options.perMinute,
    };
    return {
      changes: (cursor, known, call) => runForum(forum, cursor, known, call),
      health: (call) => healthOf(api, call),
      readable: (account, keys, call) => readableBy(api, account, keys, call),
      ...(webhook && { receive: (message) => webhook.receive(message) }),
      close: async () => {},
    };
  },
});

/** The calls of a run, on one topic. */
async function healthOf(api: DiscourseApi, call: Call): Promise<Health> {
  try {
    const categories = await api.categories(call);
    const [topic] = (await api.topics('activity', 0, call, 1)).rows;
    if (topic !== undefined) await api.topic(topic.id, call);
    await api.recentPosts(call);
    if ((await api.users(1, call)) === undefined) return { status: 'failed', detail: `Readable, but ${NO_MAILS}.` };
    const restricted = categories.find((category) => category.read_restricted);
    const shown = restricted === undefined ? undefined : await api.category(restricted.id, call);
    if (restricted !== undefined && !shown?.group_permissions) {
      const detail = `Readable, but not who may read the category "${restricted.name}"; let \`apiUser\` be an administrator.`;
      return { status: 'failed', detail };
    }
    return { status: 'ok', detail: topic === undefined ? 'Readable, but holds no topics.' : 'Readable: found topics.' };
  } catch (error) {
    return healthOfError(error);
  }
}
