import { z } from 'zod';
import { defineConnector, type Call, type Connector, type Health } from '../../kit/connector.ts';
import type { Reader } from '../../kit/content/item.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { healthOfError } from '../../kit/health.ts';
import { confirmOptions, Printable, Readers, toolUrl } from '../../kit/options.ts';
import { settingsOf } from '../../kit/text/runs.ts';
import type { ConversationItem } from '../connector.ts';
import { JiveApi } from './jive/api.ts';
import { isDiscussion } from './jive/conversations.ts';
import { Members } from './jive/members.ts';
import { People } from './jive/people.ts';
import { Places } from './jive/places.ts';
import { checkActing, readableAs, STRATEGIES, type Strategy } from './jive/run-as.ts';
import { runJive, type Jive } from './jive/run.ts';
import { Content } from './jive/shapes.ts';

const Options = z
  .strictObject({
    url: toolUrl().describe(
      'Address of the community as Jive gives it itself: `https://jive.example/`, without `/api`.',
    ),
    user: z
      .string()
      .regex(/^[^:]+$/, 'must not have a colon')
      .optional()
      .describe('User name of a Full Access administrator; others see only a part.'),
    password: z.string().min(1).meta({ secret: true }).optional().describe('That user’s password.'),
    token: Printable.meta({ secret: true })
      .optional()
      .describe('Instead of `user` and `password`: an OAuth 2 access token of such a user. It is not renewed.'),
    readers: Readers.default(['everyone']).describe('Who may read what everybody in the community may read.'),
    spaces: Readers.optional().describe(
      'Who may read spaces and personal blogs: Jive does not tell. Without it they are left out, but for those in `places`.',
    ),
    places: z
      .record(z.string(), Readers)
      .default({})
      .describe(
        'Who may read single places and the projects and blogs in them, by their name or `placeID`: `{ "Board": ["group:board"] }`.',
      ),
    members: z
      .enum(['people', 'group'])
      .default('people')
      .describe(
        'Who may read a group that is members-only, private or secret: its members one by one, or the directory’s group of its name. Anybody may name a group in Jive.',
      ),
    types: z
      .array(z.string().regex(/^[\w.-]+$/))
      .min(1)
      .default(['discussion', 'post', 'idea', 'poll', 'announcement'])
      .describe('What is read; those of plug-ins that are not installed must be left out. Questions are discussions.'),
    runAs: z
      .enum(STRATEGIES)
      .optional()
      .describe(
        'Ask Jive live, in the name of whoever asks, what they may read: by a strategy that its `jive.api.run_as.strategies` names.',
      ),
    perMinute: z.int().positive().default(120).describe('Requests a minute at most, all together.'),
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
  })
  .refine(({ user, password, token }) => (token === undefined ? user && password : !user && !password), {
    message: 'give `user` and `password`, or `token`',
    path: ['user'],
  });

/**
 * A Jive community, by polling its REST API (version 3).
 *
 * - Conversations are discussions, questions, blog posts, ideas, polls and announcements with their messages or
 *   comments, in order of time. Documents, files, events and status updates are left to connectors of documents: areas
 *   share no code, and a document here would be found as talk.
 * - Readers come from places. An open group has those of `readers`; members-only, private and secret ones their members
 *   or a group of the directory (members-only ones may be read by all in many communities: `places` opens them). What a
 *   space shows to whom Jive does not tell; projects and blogs are as the place around them. Content for some people has
 *   those, hidden content its author. Whatever is not known is closed; drafts and what waits for approval are left out.
 * - Who is in closed groups is asked with every run while that takes a tenth of the budget, of more groups less often.
 * - People who are readers go by their mail address, without one by their user name, as accounts are linked.
 * - All contents are listed with every run while they fill ten pages; beyond that, only what was last active, and all
 *   of them as a tenth of the budget allows: deletions and moves show then. Likes and edits of replies, which no list
 *   tells of, show when their conversation changes or, a few with each listing of all, in turn.
 * - An idea's points count people for and against as one, and are left out; likes are votes, and so is being marked as
 *   helpful. "Assumed answered" is no answer.
 * - A page's rows move when something before them is deleted. Pages overlap by a row to see that; nothing counts as gone
 *   then, and all is listed again. Lists that Jive trims by itself cannot be watched so.
 * - With `runAs`, rights are confirmed live: by place and kind of content, for a space may show its kinds to others; a
 *   request for each. `confirm` counts for nothing without it.
 * - Which of 4049 to 4052 means what is written nowhere in public; Jive's own words are passed on.
 */
export const jive = defineConnector<ConversationItem, typeof Options>({
  name: 'jive',
  summary:
    'Discussions, questions, blog posts, ideas and polls of a Jive community, with the readers of their places. Its documents and files are not read yet.',
  options: Options,
  confirms: ({ runAs, confirm }) => (runAs === undefined ? undefined : confirm),
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const { source } = deps;
    const { url, user, password, token, types, members, perMinute, runAs } = options;
    const basic = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
    const authorization = token === undefined ? `Basic ${basic}` : `Bearer ${token}`;
    const api = new JiveApi({ ...options, authorization }, source);
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    const self = await api.me({ signal: soon }).catch((cause: unknown) => {
      if (!soon.aborted) throw cause;
      throw new ConnectorError('UNAVAILABLE', `${source}: ${url} did not answer in time`, { cause });
    });
    const people = new People(api);
    const community: Jive = {
      api,
      people,
      members: new Members(api, people, perMinute),
      readers: {
        readers: options.readers as Reader[],
        spaces: options.spaces as Reader[] | undefined,
        places: options.places as Record<string, Reader[]>,
        members,
      },
      self: self.id,
      types: new Set(types),
      settings: settingsOf([url, types], 2),
      perMinute,
    };
    return {
      changes: (cursor, known, call) => runJive(community, cursor, known, call),
      health: (call) => healthOf(community, runAs, call),
      ...(runAs && { readable: (account, keys, call) => readableAs(api, runAs, account, keys, call) }),
      close: async () => {},
    };
  },
});

/** The calls of a run, on one content. */
async function healthOf(community: Jive, runAs: Strategy | undefined, call: Call): Promise<Health> {
  const { api } = community;
  try {
    const self = await api.me(call);
    if (runAs !== undefined) await checkActing(api, runAs, self, call);
    const places = await Places.load(api, community.readers, community.members, call);
    const [page] = await Array.fromAsync(firstOf(api.contents('latestActivityDesc', call, 1)));
    const content = Content.safeParse(page?.rows[0]).data;
    if (content !== undefined) await api.replies(content.contentID, isDiscussion(content), call);
    if (places.hidden !== undefined) {
      const detail = `Readable, but not who is in the group "${places.hidden}"; make the account a Full Access administrator.`;
      return { status: 'failed', detail };
    }
    const [problem] = places.problems;
    const left = problem === undefined ? '' : ` Left out: ${problem.place}: ${problem.reason}.`;
    const found = content === undefined ? 'Readable, but holds no conversations.' : 'Readable: found conversations.';
    return { status: 'ok', detail: `${found}${left}` };
  } catch (error) {
    return healthOfError(error);
  }
}

async function* firstOf<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  for await (const item of items) {
    yield item;
    return;
  }
}
