/** Somebody in the fake. */
export interface FakePerson {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly mail: string;
  isAdmin: boolean;
}

/** A place of the fake. Its id in addresses is not that in its JSON's `id`, as in Jive. */
export interface FakePlace {
  readonly id: number;
  name: string;
  readonly type: string;
  groupType?: string | undefined;
  /** `/places/12`, `/people/3`. */
  readonly parent?: string | undefined;
  /** User names, with their state. */
  readonly members: Map<string, string>;
}

/** A reply of the fake. */
export interface FakeReply {
  readonly id: number;
  readonly author: string;
  html: string;
  published: number;
  likes: number;
  isHelpful: boolean;
  isAnswer: boolean;
  status: string;
}

/** A content of the fake. */
export interface FakeContent {
  readonly id: number;
  readonly type: string;
  subject: string;
  html: string;
  readonly author: string;
  place: number | undefined;
  visibility: string | undefined;
  users: readonly string[];
  status: string;
  readonly published: number;
  activity: number;
  likes: number;
  readonly tags: string[];
  isQuestion: boolean;
  readonly options: readonly string[];
  readonly replies: FakeReply[];
}

/** A date as Jive writes it: the zone without a colon. */
export const jiveDate = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

/** Subjects are escaped, unlike tags. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What the caller may do: large, and in everything unless it is left out. */
const resources = (api: string, path: string, html: string): object => ({
  self: { allowed: ['GET', 'PUT', 'DELETE'], ref: `${api}${path}` },
  followers: { allowed: ['GET'], ref: `${api}${path}/followers` },
  html: { allowed: ['GET'], ref: html },
});

/** A person as Jive answers. */
export function personOf(
  { id, username, name, mail }: FakePerson,
  api: string,
  base: string,
  showsMail: boolean,
): object {
  return {
    id: String(id),
    type: 'person',
    typeCode: 3,
    displayName: name,
    emails: showsMail ? [{ jive_label: 'Email', primary: true, type: 'work', value: mail }] : [],
    // Changes with every look: nothing may depend on it.
    jive: { enabled: true, username, lastAuthenticated: new Date().toISOString() },
    name: { formatted: name },
    resources: resources(api, `people/${id}`, `${base}people/${username}`),
  };
}

/** A place as Jive answers. */
export function placeOf(place: FakePlace, api: string, base: string): object {
  return {
    id: String(place.id + 5_000),
    placeID: String(place.id),
    type: place.type,
    name: place.name,
    displayName: place.name.toLowerCase(),
    status: 'Active',
    ...(place.groupType === undefined ? {} : { groupType: place.groupType }),
    ...(place.parent === undefined ? {} : { parent: `${api}${place.parent.slice(1)}` }),
    resources: resources(api, `places/${place.id}`, `${base}${place.type}s/${place.id}`),
  };
}

/** A content as Jive answers. */
export function contentOf(
  content: FakeContent,
  place: FakePlace | undefined,
  personNamed: (name: string) => object | undefined,
  api: string,
  base: string,
): object {
  const { id, type, status, visibility, published, activity, likes, tags, options, replies } = content;
  const author = personNamed(content.author);
  const uri = (reply: FakeReply): string => `${api}messages/${reply.id}`;
  const answer = replies.find(({ isAnswer }) => isAnswer);
  return {
    id: String(id + 9_000),
    contentID: String(id),
    type,
    status,
    subject: escaped(content.subject),
    content: {
      type: 'text/html',
      editable: false,
      text: `<body><!-- [DocumentBodyStart:x] --><div class="jive-rendered-content">${content.html}</div><!-- [DocumentBodyEnd:x] --></body>`,
    },
    ...(author === undefined ? {} : { author }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(visibility === 'people' ? { users: content.users.map(personNamed) } : {}),
    ...(place === undefined
      ? {}
      : {
          parent: `${api}places/${place.id}`,
          parentPlace: { id: String(place.id + 5_000), placeID: String(place.id), name: place.name },
        }),
    published: jiveDate(published),
    updated: jiveDate(published),
    lastActivity: activity,
    replyCount: replies.length,
    likeCount: likes,
    viewCount: Math.floor(Math.random() * 1_000),
    tags,
    ...(type === 'discussion'
      ? { question: content.isQuestion, resolved: answer === undefined ? 'open' : 'resolved' }
      : {}),
    ...(answer === undefined ? {} : { answer: uri(answer) }),
    helpful: replies.filter(({ isHelpful }) => isHelpful).map(uri),
    ...(options.length === 0 ? {} : { options }),
    resources: resources(api, `contents/${id}`, `${base}${type === 'discussion' ? 'thread' : type}/${id + 9_000}`),
  };
}

/** A message or comment as Jive answers. */
export function replyOf(reply: FakeReply, content: FakeContent, author: object | undefined, api: string): object {
  return {
    id: String(reply.id),
    type: content.type === 'discussion' ? 'message' : 'comment',
    status: reply.status,
    parent: `${api}contents/${content.id}`,
    content: { type: 'text/html', text: `<body><div class="jive-rendered-content">${reply.html}</div></body>` },
    ...(author === undefined ? {} : { author }),
    published: jiveDate(reply.published),
    updated: jiveDate(reply.published),
    likeCount: reply.likes,
    answer: reply.isAnswer,
    helpful: reply.isHelpful,
    resources: { self: { allowed: ['GET'], ref: `${api}messages/${reply.id}` } },
  };
}

/** What `fields` leaves of an object: `a,b.c,-d`. */
export function trimmed(value: object, fields: string | null): object {
  if (!fields) return value;
  const wanted = fields.split(',');
  const drops = new Set(wanted.filter((field) => field.startsWith('-')).map((field) => field.slice(1)));
  const keeps = wanted.filter((field) => !field.startsWith('-'));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
      if (drops.has(key) || !keeps.some((field) => field === key || field.startsWith(`${key}.`))) return [];
      const inner = wanted.filter((field) => field.replace(/^-/, '').startsWith(`${key}.`));
      const below = inner.map((field) => field.replace(`${key}.`, ''));
      if (inner.length === 0 || Array.isArray(one) || typeof one !== 'object' || one === null) return [[key, one]];
      const all = below.every((field) => field.startsWith('-')) ? [...Object.keys(one), ...below] : below;
      return [[key, trimmed(one, all.join(','))]];
    }),
  );
}
