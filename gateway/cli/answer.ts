import { z } from 'zod';

const Edges = <Edge extends z.ZodType>(edge: Edge) => z.object({ edges: z.array(edge) }).nullish();

const Author = z.object({ name: z.string() }).nullish();

const Excerpt = z
  .object({ text: z.string(), marks: z.array(z.object({ start: z.number(), end: z.number() })) })
  .nullish();

const Reason = z.object({
  area: z.string(),
  share: z.number(),
  hits: z.number(),
  evidence: z.array(z.object({ title: z.string().optional() }).nullable()),
});

const Topic = z.object({
  label: z.string().nullish(),
  synonyms: z.array(z.string()),
  people: Edges(
    z.object({
      node: z.object({
        name: z.string(),
        title: z.string().nullish(),
        department: z.string().nullish(),
        mail: z.string().nullish(),
      }),
      confidence: z.string(),
      reasons: z.array(Reason),
    }),
  ),
  content: Edges(
    z.object({
      node: z.object({
        title: z.string(),
        url: z.string().nullish(),
        space: z.string().nullish(),
        updatedAt: z.string().nullish(),
        author: Author,
      }),
      excerpt: Excerpt,
    }),
  ),
  conversations: Edges(
    z.object({
      node: z.object({
        title: z.string(),
        url: z.string().nullish(),
        channel: z.string(),
        lastActivityAt: z.string().nullish(),
        isQuestion: z.boolean().nullish(),
        answered: z.boolean().nullish(),
        author: Author,
      }),
      excerpt: Excerpt,
    }),
  ),
  related: z.array(z.object({ name: z.string() })).nullish(),
  coverage: z
    .array(z.object({ area: z.string(), source: z.string().nullish(), status: z.string(), asOf: z.string().nullish() }))
    .nullish(),
});

/** The answer to `schema/operations/topic.graphql`, as far as it is printed. */
export const Answer = z.object({ topic: Topic });

/** What is known on a topic. */
export type TopicAnswer = z.output<typeof Topic>;
