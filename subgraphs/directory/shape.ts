import { z } from 'zod';
import { Key, Line, Moment, Name, OptionalLine, Text } from '../kit/sync/guard.ts';
import type { DirectoryItem } from './connector.ts';

const shared = {
  key: Key,
  version: z.string(),
  name: Name,
  reference: Name,
  description: Text.optional().catch(undefined),
  updatedAt: Moment,
};

const Person = z.object({
  ...shared,
  kind: z.literal('person'),
  givenName: OptionalLine,
  familyName: OptionalLine,
  title: OptionalLine,
  department: OptionalLine,
  location: OptionalLine,
  phone: OptionalLine,
  photoUrl: OptionalLine,
  mails: z.array(Line),
  usernames: z.array(Line),
  aliases: z.array(z.object({ source: Line, handle: Line })),
  manager: OptionalLine,
  skills: z.array(Line),
  interests: z.array(Line),
  active: z.boolean(),
});

const Group = z.object({ ...shared, kind: z.literal('group'), members: z.array(Line), champion: OptionalLine });

/** What an entry has to be to be stored; it mends what can be. */
export const directoryShape = z.discriminatedUnion('kind', [Person, Group]) as unknown as z.ZodType<DirectoryItem>;
