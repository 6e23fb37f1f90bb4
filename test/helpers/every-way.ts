/** One question of many. */
export interface Way {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const ACCOUNT = 'id source handle name reputation lastSeenAt person { id }';
const PAGE = 'totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const EXCERPT = 'excerpt { text marks { start end } }';
const DOCUMENT = `id title url space summary body contentType status createdAt updatedAt author { ${ACCOUNT} } tags links source
  contributors(first: 50) { ${PAGE} edges { cursor role node { ${ACCOUNT} } } }
  linkedDocuments(first: 50) { ${PAGE} edges { node { id } } }
  conversations(first: 50) { ${PAGE} edges { node { id title } } }`;
const CONVERSATION = `id title url channel category summary body author { ${ACCOUNT} } createdAt lastActivityAt isQuestion
  answered answer { id body } votes tags links source
  replies(first: 50) { ${PAGE} edges { cursor node { id body author { ${ACCOUNT} } votes accepted conversation { id } } } }
  participants(first: 50) { ${PAGE} edges { node { ${ACCOUNT} } } }
  documents(first: 50) { ${PAGE} edges { node { id title } } }`;
const PERSON = `id name status accounts { ${ACCOUNT} } reputation { votes acceptedAnswers replies conversations }
  presence { lastActiveAt }
  collaborators(first: 50) { ${PAGE} edges { strength sharedDocuments sharedConversations node { id name } } }
  documents(first: 50) { ${PAGE} edges { node { id } } }
  conversations(first: 50) { ${PAGE} edges { node { id } } }`;

/** Every way through the schema by which a document, a conversation or a person's part in it could be seen. */
export function everyWay(topics: readonly string[], addresses: readonly string[]): Way[] {
  return [
    ...topics.flatMap(topicWays),
    ...documentLists(),
    ...conversationLists(),
    ...peopleAndGroups(),
    ...addresses.flatMap(addressWays),
    way(
      'sources',
      `{ sources {
      documents { name state itemCount problemCount problems { totalCount } unlinkedAccounts { totalCount } }
      forum { name state itemCount problemCount problems { totalCount } unlinkedAccounts { totalCount } } } }`,
    ),
    way('removed', `{ removedDocuments { ${PAGE} } removedConversations { ${PAGE} } }`),
  ];
}

function way(name: string, query: string, variables: Readonly<Record<string, unknown>> = {}): Way {
  return { name, query, variables };
}

function topicWays(topic: string): Way[] {
  const ask = (selection: string) => `query ($topic: String!) { topic(query: $topic) { ${selection} } }`;
  return [
    way(
      `people on ${topic}`,
      ask(`people(first: 100) { ${PAGE} edges { cursor score confidence node { id }
      reasons { area share hits lastAt evidence { id __typename } } } }`),
      { topic },
    ),
    way(
      `content on ${topic}`,
      ask(`content(first: 100) { ${PAGE} edges { cursor score ${EXCERPT} node { id title } } }`),
      { topic },
    ),
    way(`documents in full on ${topic}`, ask(`content(first: 5) { edges { node { ${DOCUMENT} } } }`), { topic }),
    way(
      `conversations on ${topic}`,
      ask(`conversations(first: 100) { ${PAGE} edges { cursor score ${EXCERPT} node { id title } } }`),
      { topic },
    ),
    way(`conversations in full on ${topic}`, ask(`conversations(first: 5) { edges { node { ${CONVERSATION} } } }`), {
      topic,
    }),
    way(
      `related to ${topic}`,
      ask('label synonyms related(first: 20) { name origin } coverage { area source status }'),
      { topic },
    ),
    way(
      `narrowed ${topic}`,
      `query ($topic: String!) { topic(query: $topic, since: "2026-01-01", group: "legal") {
      people(first: 20) { ${PAGE} edges { score node { id } } } content { ${PAGE} } conversations { ${PAGE} } } }`,
      { topic },
    ),
  ];
}

function documentLists(): Way[] {
  const orders = ['UPDATED_DESC', 'UPDATED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'CHANGED'];
  const filters = [
    '',
    'space: "legal-matters"',
    'space: "legal"',
    'tag: "legal"',
    'text: "settlement quillfeather patent"',
    'author: "acct:docs:gareth.pugh"',
    'updatedAfter: "2025-06-01"',
    'status: CURRENT',
    'source: "docs"',
  ];
  return orders.flatMap((order) =>
    filters.map((filter) =>
      way(
        `documents ${order} ${filter}`,
        `{ documents(orderBy: ${order}, filter: { ${filter} }, first: 100) {
        ${PAGE} edges { cursor score ${EXCERPT} node { id title } } } }`,
      ),
    ),
  );
}

function conversationLists(): Way[] {
  const orders = ['ACTIVE_DESC', 'ACTIVE_ASC', 'CREATED_DESC', 'CREATED_ASC', 'CHANGED'];
  const filters = [
    '',
    'category: "people-leads"',
    'text: "marrowbright salary band"',
    'isQuestion: true',
    'answered: false',
    'participant: "acct:community:daniel.osei"',
    'author: "acct:community:daniel.osei"',
    'channel: FORUM',
    'createdAfter: "2026-01-01"',
  ];
  return orders.flatMap((order) =>
    filters.map((filter) =>
      way(
        `conversations ${order} ${filter}`,
        `{ conversations(orderBy: ${order}, filter: { ${filter} }, first: 100) {
        ${PAGE} edges { cursor score ${EXCERPT} node { id title } } } }`,
      ),
    ),
  );
}

function peopleAndGroups(): Way[] {
  const people = [
    'gareth.pugh',
    'daniel.osei',
    'sanne.devries',
    'claudia.neves',
    'gunilla.ekstrom',
    'jose.ferreira',
    'amelie.durand',
    'marcus.hill',
  ];
  const groups = ['legal', 'people-leads', 'security-guild', 'community-champions'];
  return [
    ...people.map((id) => way(`person ${id}`, `query ($id: ID!) { person(id: $id) { ${PERSON} } }`, { id })),
    ...groups.map((id) =>
      way(
        `group ${id}`,
        `query ($id: ID!) { group(id: $id) { id members(first: 100) { totalCount }
        documents(first: 100) { ${PAGE} edges { node { id } } } conversations(first: 100) { ${PAGE} edges { node { id } } } } }`,
        { id },
      ),
    ),
    way('people at work', `{ people(first: 100) { ${PAGE} edges { node { ${PERSON} } } } }`),
  ];
}

function addressWays(address: string): Way[] {
  const ids = ['document', 'conversation'].map((type) => `${type}(id: $id) { title }`).join(' ');
  return [
    way(`address ${address}`, `query ($id: ID!) { ${ids} node(id: $id) { id } nodes(ids: [$id, $id]) { id } }`, {
      id: address,
    }),
  ];
}
