import { z } from 'zod';

const AccountSchema = z
  .union([
    z.string().min(1).max(500),
    z.object({
      handle: z.string().min(1).max(500).describe('Stable within the source: user name, user id or mail address.'),
      name: z.string().max(500).optional().describe('The name the tool shows.'),
      mail: z.string().max(500).optional().describe('The mail address.'),
    }),
  ])
  .describe(
    'A handle (one that contains `@` is the mail address as well), or an object that tells handle, name and mail apart.',
  );

const Key = z.union([z.string().min(1).max(500), z.int()]);
const DateText = z.string().max(100).describe('ISO 8601; without a zone it is UTC.');
const Readers = z
  .array(
    z
      .string()
      .max(500)
      .regex(/^(?:everyone|(?:group|person):\S.*)$/),
  )
  .min(1)
  .describe('Who may read it: `everyone`, `group:<name>`, `person:<handle>`. Default: the source’s option `readers`.');

const ReplySchema = z.object({
  id: Key.optional().describe('Stable within the source. Default: the conversation’s id and the reply’s position.'),
  author: AccountSchema.optional(),
  body: z.string().default('').describe('Markdown, without quoted text and signature.'),
  createdAt: DateText.optional(),
  votes: z.int().default(0).describe('Votes for minus votes against.'),
  accepted: z
    .boolean()
    .optional()
    .describe('Whether it was accepted as the answer. Its presence on any reply makes the conversation a question.'),
});

/** One line of an NDJSON export: a conversation with its replies. Keys not named here are passed over. */
export const ConversationLine = z
  .object({
    id: Key.describe('Stable within the source. A second line with the same id is left out, with a problem.'),
    title: z.string().min(1),
    body: z.string().default('').describe('The opening text, Markdown.'),
    author: AccountSchema.optional(),
    category: z
      .string()
      .max(500)
      .default('')
      .describe('Category, room or meeting series. Default: the name of the file.'),
    channel: z.enum(['FORUM', 'EMAIL', 'CHAT', 'MEETING']).default('FORUM'),
    tags: z.array(z.string().max(200)).max(200).default([]),
    createdAt: DateText.optional(),
    url: z.string().max(2000).optional().describe('Absolute web address of the conversation.'),
    isQuestion: z.boolean().optional().describe('Default: the title ends in `?`, or a reply has `accepted`.'),
    votes: z.int().default(0).describe('Votes for the opening text.'),
    readers: Readers.optional(),
    mentions: z
      .array(AccountSchema)
      .max(1000)
      .default([])
      .describe('People named in it who did not necessarily speak.'),
    replies: z.array(ReplySchema).max(20_000).default([]).describe('In the order they were written.'),
  })
  .describe('A conversation: one line of a file for Atrium’s connector `ndjson`.');

/** A line that fits the schema. */
export type ConversationLine = z.output<typeof ConversationLine>;

/** The published JSON Schema (2020-12) of a line. `ndjson.schema.json` is this, checked by a test. */
export function lineJsonSchema(): object {
  return z.toJSONSchema(ConversationLine, { target: 'draft-2020-12', io: 'input' });
}
