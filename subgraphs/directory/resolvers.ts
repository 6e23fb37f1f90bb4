import { contactsFor, holdsContact, maySeeContacts } from '../kit/contact.ts';
import { decodeId } from '../kit/ids.ts';
import { MAX_PAGE, pageOf, pageSize } from '../kit/paging.ts';
import { removalList, type RemovedRow } from '../kit/removals.ts';
import { requestError } from '../kit/request-error.ts';
import { DateTime } from '../kit/scalars.ts';
import { sourceNodes } from '../kit/sources.ts';
import { decodeTopic, isTopicId } from '../kit/topic.ts';
import { collaboratorsOf } from './collaborators.ts';
import type { DirectoryContext } from './context.ts';
import { coverageOf } from './coverage.ts';
import type { Resolvers } from './generated.ts';
import { groupList, personList } from './lists.ts';
import type { PersonRow } from './store.ts';
import { askTopic, expertsOn, relatedTopics } from './topic.ts';
import type { AnyNode, ForeignAccount, ForeignNode, PersonReference } from './types.ts';

/** Types of other subgraphs, by the type in their ids. */
const FOREIGN_TYPES: Readonly<Record<string, ForeignNode['__typename']>> = {
  document: 'Document',
  conversation: 'Conversation',
  reply: 'Reply',
};

/** The directory subgraph. */
export const resolvers: Resolvers = {
  DateTime,
  Query: {
    topic: (_, args, context) => askTopic(args, context),
    node: (_, { id }, context) => nodeOf(id, context),
    nodes: (_, { ids }, context) => {
      if (ids.length > MAX_PAGE) throw requestError('PAGE_SIZE', `"ids" may hold at most ${MAX_PAGE} ids.`);
      return Promise.all(ids.map((id) => nodeOf(id, context)));
    },
    person: (_, { id }, { reader, viewer }) => reader.findPerson(id, { byContact: maySeeContacts(viewer) }) ?? null,
    people: (_, args, context) => personList(context, 'all', [], args),
    group: (_, { id }, { reader }) => reader.findGroup(id) ?? null,
    groups: (_, args, { reader }) => groupList(reader, 'all', [], args),
    viewer: (_, _args, { viewer }) => viewer,
    viewerOf: (_, { person, by }, { reader }) => {
      const found = by ? reader.findPersonBy(by, person) : reader.findPerson(person, { byContact: true });
      // Somebody who left is nobody: their rights left with them.
      if (!found || found.active === 0) return null;
      return { person: found.gid, groups: reader.groupNames(found), operator: false };
    },
    removedPeople: (_, args, { reader }) =>
      removalList<RemovedRow & { gid: string }>(
        reader.db,
        {
          columns: 'r.gid',
          from: `removed r WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.gid = r.gid)
            AND NOT EXISTS (SELECT 1 FROM team t WHERE t.gid = r.gid)
            AND NOT EXISTS (SELECT 1 FROM removed n WHERE n.gid = r.gid AND n.seq > r.seq)`,
          values: [],
        },
        ({ gid }) => gid,
        args,
      ),
    sources: () => ({}),
  },
  Sources: {
    directory: (_, _args, { reader, viewer }) =>
      sourceNodes(reader.db, 'DIRECTORY', viewer, (source) => {
        const count = (table: string) =>
          reader.db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE source = ?`, source)?.n ?? 0;
        return count('entry') + count('team');
      }),
  },
  // The directory has no accounts: it is what accounts are linked to.
  Source: { unlinkedAccounts: () => null },
  Viewer: {
    person: async ({ person }, _, { personById }) =>
      person === null ? null : ((await personById.load(person)) ?? null),
    service: ({ service }) => service ?? null,
    scopes: ({ scopes }) => scopes ?? [],
    isOperator: ({ operator }) => operator,
  },
  Person: {
    __resolveReference: async (reference, { personById }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await personById.load(ref ?? id ?? '');
      // What other areas said comes with the reference; the federation library writes on the object: give it a copy.
      return row ? { ...(reference as object), ...row } : null;
    },
    id: ({ gid }) => gid,
    ref: ({ gid }) => gid,
    // A directory without names shows addresses for them.
    name: ({ name }, _, { viewer }) => contactsFor(name, viewer),
    givenName: ({ given_name: name }, _, { viewer }) => contactsFor(name, viewer),
    familyName: ({ family_name: name }, _, { viewer }) => contactsFor(name, viewer),
    photoUrl: ({ photo_url: url }, _, { viewer }) =>
      url !== null && !maySeeContacts(viewer) && holdsContact(url.replaceAll('%40', '@')) ? null : url,
    mail: ({ mails }) => (JSON.parse(mails) as string[])[0] ?? null,
    skills: ({ skills }) => JSON.parse(skills) as string[],
    interests: ({ interests }) => JSON.parse(interests) as string[],
    status: ({ active }) => (active === 1 ? 'ACTIVE' : 'LEFT'),
    updatedAt: ({ updated_at: at }) => at,
    manager: async ({ manager_source: source, manager }, _, { personByReference }) =>
      manager === null ? null : ((await personByReference.load({ source, reference: manager })) ?? null),
    reports: ({ id }, args, context) =>
      // Somebody entered as their own manager does not report to themselves.
      personList(
        context,
        `reports ${id}`,
        [
          {
            sql: `p.id <> ? AND p.id IN (SELECT r.id FROM entry e JOIN person r
              ON r.manager = e.reference AND r.manager_source = e.source WHERE e.person = ?)`,
            values: [id, id],
          },
        ],
        args,
      ),
    groups: ({ id }, args, { reader }) =>
      groupList(
        reader,
        `person ${id}`,
        [{ sql: 't.id IN (SELECT team FROM team_person WHERE person = ? AND direct = 1)', values: [id] }],
        args,
      ),
    accounts: (person) => {
      const { documentAccounts, forumAccounts } = person as PersonRow & PersonReference;
      if (!documentAccounts || !forumAccounts) return null;
      return [...documentAccounts, ...forumAccounts].map((account): ForeignAccount => ({
        ...account,
        person: { id: person.gid },
      }));
    },
    collaborators: (person, args, context) => collaboratorsOf(person, args, context),
  },
  Account: {
    person: async ({ person }, _, { personById }) => (await personById.load(person.id)) ?? null,
  },
  Group: {
    __resolveReference: async (reference, { groupById }) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      const row = await groupById.load(ref ?? id ?? '');
      return row ? { ...row } : null;
    },
    id: ({ gid }) => gid,
    ref: ({ gid }) => gid,
    updatedAt: ({ updated_at: at }) => at,
    members: ({ id }, args, context) =>
      personList(
        context,
        `members ${id}`,
        [{ sql: 'p.id IN (SELECT person FROM team_person WHERE team = ?)', values: [id] }],
        args,
      ),
    champion: async ({ source, champion }, _, { personByReference }) =>
      champion === null ? null : ((await personByReference.load({ source, reference: champion })) ?? null),
  },
  Topic: {
    __resolveReference: (reference) => {
      const { id, ref } = reference as { id?: string; ref?: string };
      return isTopicId(ref ?? id ?? '') ? { ...(reference as object), id: ref ?? id ?? '' } : null;
    },
    ref: ({ id }) => id,
    query: ({ id }) => decodeTopic(id).query,
    label: ({ id }, _, { thesaurus }) => thesaurus.lookUp(decodeTopic(id).query).label,
    synonyms: ({ id }) => decodeTopic(id).synonyms,
    people: async (topic, args, context) => {
      const experts = await expertsOn(topic, context);
      const rows = await context.personById.loadMany(experts.map(({ person }) => person));
      const known = experts.flatMap((expert, index) => {
        const node = rows[index];
        return node && !(node instanceof Error) ? [{ ...expert, node }] : [];
      });
      return pageOf(context.reader.db.cursors, `experts ${topic.id}`, known, args, {
        fallback: 10,
        keyOf: ({ person }) => person,
        edgeOf: ({ node, score, confidence, reasons }) => ({
          node,
          score,
          confidence,
          reasons: reasons.map((reason) => ({
            ...reason,
            evidence: reason.evidence.flatMap((id): AnyNode[] =>
              id === node.gid ? [{ ...node, __typename: 'Person' }] : foreignNode(id),
            ),
          })),
        }),
      });
    },
    related: (topic, args, context) => relatedTopics(topic, context, pageSize(args, 8, 20)),
    coverage: (topic, _, context) => coverageOf(topic, context),
  },
  Node: { __resolveType: ({ __typename }) => __typename },
};

async function nodeOf(id: string, { personById, groupById }: DirectoryContext): Promise<AnyNode | null> {
  if (isTopicId(id)) return { __typename: 'Topic', id };
  const type = decodeId(id)?.type;
  if (type === 'person') {
    const row = await personById.load(id);
    return row ? { ...row, __typename: 'Person' } : null;
  }
  if (type === 'group') {
    const row = await groupById.load(id);
    return row ? { ...row, __typename: 'Group' } : null;
  }
  return foreignNode(id)[0] ?? null;
}

/** What lives elsewhere is handed on as it was asked for: whether it is there, its own subgraph says. */
function foreignNode(id: string): ForeignNode[] {
  const type = FOREIGN_TYPES[decodeId(id)?.type ?? ''];
  return type ? [{ __typename: type, ref: id }] : [];
}
