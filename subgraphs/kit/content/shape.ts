import { z } from 'zod';
import { Key, Line, Moment, Name, OptionalLine, Text } from '../sync/guard.ts';

/** Of one line: the store keeps a set of readers as lines. */
const ReaderShape = z.string().regex(/^(?:everyone|(?:group|person):\S.*)$/, 'is no reader');

/** What documents and conversations have in common, as the store takes it. */
export const contentShape = {
  key: Key,
  version: z.string(),
  url: OptionalLine,
  title: Name,
  body: Text,
  createdAt: Moment,
  updatedAt: Moment,
  tags: z.array(Line),
  links: z.array(z.string()),
  readers: z.array(ReaderShape).min(1, 'names nobody'),
  container: z.string().min(1).max(500).optional(),
};
