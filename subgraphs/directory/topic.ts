import { requestError } from '../kit/request-error.ts';
import { termsOf } from '../kit/search/analyze.ts';
import { votesOf } from '../kit/search/votes.ts';
import { tidyQuery, toQuestion } from '../kit/search/question.ts';
import { decodeTopic, encodeTopic, type TopicQuery } from '../kit/topic.ts';
import type { DirectoryContext } from './context.ts';
import { rankPeople, type AreaContribution, type Expert } from './ranking.ts';

/** What another area said on a topic: `TopicPart` in the schema. */
export interface TopicPartInput {
  readonly contributions: readonly AreaContribution[];
  readonly tags: readonly { readonly tag: string; readonly weight: number }[];
  readonly coverage: readonly {
    readonly source: string;
    readonly state: string;
    readonly asOf: string | null;
    readonly confirmed: boolean;
  }[];
}

/** A topic as resolvers have it: its id, and what the other areas said where that was required. */
export interface TopicNode {
  readonly id: string;
  readonly documentsPart?: TopicPartInput | null;
  readonly forumPart?: TopicPartInput | null;
}

/**
 * The topic of a question.
 * @throws BAD_USER_INPUT for a group that does not exist.
 */
export function askTopic(
  args: { readonly query: string; readonly since?: string | null; readonly group?: string | null },
  { reader, thesaurus }: DirectoryContext,
): TopicNode {
  const query = tidyQuery(args.query);
  const group = args.group === null || args.group === undefined ? undefined : reader.findGroup(args.group);
  if (typeof args.group === 'string' && !group) {
    throw requestError('BAD_USER_INPUT', 'There is no group of that id or name; ask groups { … } for them.');
  }
  const topic: TopicQuery = {
    query,
    synonyms: thesaurus.lookUp(query).synonyms,
    ...(typeof args.since === 'string' && { since: args.since }),
    ...(group && { group: group.gid }),
  };
  return { id: encodeTopic(topic) };
}

/** People who can help with the topic, best first: all that the three areas name, without those who left. */
export async function expertsOn(topic: TopicNode, context: DirectoryContext): Promise<Expert[]> {
  const parts = [
    { area: 'DIRECTORY', contributions: await profileContributions(topic, context) },
    { area: 'DOCUMENTS', contributions: topic.documentsPart?.contributions ?? null },
    { area: 'FORUM', contributions: topic.forumPart?.contributions ?? null },
  ] as const;
  const named = parts.flatMap(({ contributions }) => (contributions ?? []).map(({ person }) => person));
  const rows = await context.personById.loadMany([...new Set(named)]);
  const { group } = decodeTopic(topic.id);
  const recommendable = new Set<string>();
  for (const row of rows) {
    if (row instanceof Error || !row || row.active === 0) continue;
    if (group === undefined || (JSON.parse(row.groups) as string[]).includes(group)) recommendable.add(row.gid);
  }
  return rankPeople(parts, (person) => recommendable.has(person));
}

/** Who is asked for by name comes before everybody who is only mentioned with it. */
const NAME_MASS = 1_000;

/** A profile is one more item by its person. */
async function profileContributions(topic: TopicNode, context: DirectoryContext): Promise<AreaContribution[]> {
  const { query, synonyms } = decodeTopic(topic.id);
  const votes = new Map(votesOf(context.reader.searchProfiles(toQuestion(query, synonyms))));
  for (const person of context.reader.peopleNamed(query)) votes.set(person, NAME_MASS);
  const people = await context.personByNumber.loadMany([...votes.keys()]);
  return [...votes.values()].flatMap((vote, index) => {
    const person = people[index];
    if (!person || person instanceof Error) return [];
    return [
      {
        person: person.gid,
        mass: vote,
        hits: 1,
        total: 1,
        lastAt: person.updated_at,
        evidence: [person.gid],
      },
    ];
  });
}

/** Topics that go with this one: the thesaurus first, then the tags of what was found. */
export function relatedTopics(
  topic: TopicNode,
  { thesaurus }: DirectoryContext,
  first: number,
): { name: string; origin: 'THESAURUS' | 'TAG' }[] {
  const { query, synonyms } = decodeTopic(topic.id);
  const entry = thesaurus.lookUp(query);
  const asked = new Set([query, entry.label ?? '', ...synonyms].map((name) => termsOf(name).join(' ')));
  const weights = new Map<string, number>();
  for (const { tag, weight } of [...(topic.documentsPart?.tags ?? []), ...(topic.forumPart?.tags ?? [])]) {
    const name = thesaurus.preferred(tag) ?? tag;
    weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  const tags = [...weights].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  const related = [
    ...entry.related.map((name) => ({ name, origin: 'THESAURUS' as const })),
    ...tags.map((name) => ({ name, origin: 'TAG' as const })),
  ];
  return related
    .filter(({ name }) => {
      const terms = termsOf(name).join(' ');
      // Neither the question itself nor one topic twice.
      if (asked.has(terms)) return false;
      asked.add(terms);
      return true;
    })
    .slice(0, first);
}
