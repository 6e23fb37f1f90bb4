import { z } from 'zod';
import { defineConnector, type Call, type Connector, type Health } from '../../kit/connector.ts';
import type { Reader } from '../../kit/content/item.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { healthOfError } from '../../kit/health.ts';
import { confirmOptions, Printable, Readers, toolUrl } from '../../kit/options.ts';
import { settingsOf } from '../../kit/text/runs.ts';
import type { ConversationItem } from '../connector.ts';
import { NodebbApi } from './nodebb/api.ts';
import { NO_MAILS, People } from './nodebb/people.ts';
import { readableTopics } from './nodebb/readable.ts';
import { runForum, type Forum } from './nodebb/run.ts';

const Options = z.strictObject({
  url: toolUrl().describe('Address of the forum, as people see it: `https://forum.example/`.'),
  token: Printable.meta({ secret: true }).describe(
    'Master token from Admin → Settings → API Access: one for the user id 0.',
  ),
  uid: z
    .int()
    .positive()
    .default(1)
    .describe('Id of the user to read as: an administrator, to whom alone privileges and mail addresses are shown.'),
  readers: Readers.default(['everyone']).describe('Who may read what guests of the forum may read.'),
  groups: z
    .record(z.string(), Readers)
    .default({})
    .describe(
      'Readers that a group of the forum stands for: `{ "staff": ["group:it"], "registered-users": ["group:employees"] }`. Default: the directory’s group of the same name.',
    ),
  perMinute: z
    .int()
    .positive()
    .default(1_200)
    .describe('Requests a minute at most, all together. NodeBB itself sets no limit.'),
  confirm: confirmOptions(120),
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
 * A NodeBB forum (3 and newer), by polling its API; tried on 3.12 and 4.15.
 *
 * - Readers come from categories: what guests read has those of `readers`, all else its groups and users that have both
 *   rights, `read` and `topics:read`; where these cannot be seen it is closed. Chats, the queue, and what is deleted or
 *   scheduled are not read. A wrong token makes a guest, with status 200: it is looked at before anything counts as gone.
 * - Lists show topics without a trace. Reading one is a request for each 20 posts, and counts as a view of it: so only
 *   those are read of which the lists say something new. `api/recent/posts` goes through all posts there are, with their
 *   votes, edits and deletions; `api/recent` would stop at 200 topics and leave out what the user ignores.
 * - Everything is listed with every run while that is 200 pages of 20 (some 4,000 posts), beyond it in a tenth of the
 *   budget; new posts, and readers, count at once. What is written by users that `uid` blocks is not shown.
 * - Handles are user slugs, with the dots of the name, for which NodeBB 3 has dashes. Mail addresses are taken once they
 *   are confirmed. Reputation and presence are not: the one counts private categories, the other is moved by asking in
 *   somebody's name, as live questions do; these leave no view and no profile visit behind.
 */
export const nodebb = defineConnector<ConversationItem, typeof Options>({
  name: 'nodebb',
  summary: 'Topics of a NodeBB forum, with the readers of their categories.',
  options: Options,
  confirms: ({ confirm }) => confirm,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const { source } = deps;
    const api = new NodebbApi(options, source);
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    await begin(api, { signal: soon }).catch((cause: unknown) => {
      if (!soon.aborted) throw cause;
      throw new ConnectorError('UNAVAILABLE', `${source}: ${options.url} did not answer in time`, { cause });
    });
    const people = new People(api);
    const readers = options.readers as Reader[];
    const groups = options.groups as Record<string, Reader[]>;
    const forum: Forum = {
      api,
      people,
      readers: { readers, groups },
      settings: settingsOf([options.url], 2),
      source,
      perMinute: options.perMinute,
    };
    return {
      changes: (cursor, known, call) => runForum(forum, cursor, known, call),
      readable: (account, keys, call) => readableTopics(forum, account, keys, call),
      health: (call) => healthOf(api, call),
      close: async () => {},
    };
  },
});

/** Sees that there is a forum that takes the token: what is none may answer the first question like one. */
async function begin(api: NodebbApi, call: Call): Promise<void> {
  await api.verify(call);
  await api.categories(call);
}

/** The calls of a run, on one category and one topic. */
async function healthOf(api: NodebbApi, call: Call): Promise<Health> {
  try {
    await api.verify(call);
    const category = (await api.categories(call)).find(({ disabled }) => !disabled);
    if (category === undefined)
      return { status: 'failed', detail: 'The forum shows no category; let `uid` be an administrator.' };
    if ((await api.privileges(category.cid, call)) === undefined) {
      const detail = `Readable, but not who may read the category "${category.name}"; let \`uid\` be an administrator.`;
      return { status: 'failed', detail };
    }
    if ((await api.users(1, call)) === undefined) return { status: 'failed', detail: `Readable, but ${NO_MAILS}.` };
    await api.topics(category.cid, 0, call);
    const [post] = (await api.recentPosts(1, call)).items;
    if (post === undefined) return { status: 'ok', detail: 'Readable, but holds no topics.' };
    await api.topicRow(Number(post.tid), 'service', call);
    return { status: 'ok', detail: 'Readable: found topics.' };
  } catch (error) {
    return healthOfError(error);
  }
}
