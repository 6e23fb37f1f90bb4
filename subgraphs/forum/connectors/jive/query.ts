/** Rows of one answer; Jive gives no more of contents. */
export const PER_PAGE = 100;

const PERSON = ['id', 'displayName', 'jive', 'emails'];
const nested = (name: string, fields: readonly string[]): string[] => fields.map((field) => `${name}.${field}`);

/** What is asked for of a person. */
export const PERSON_FIELDS = PERSON.join(',');

/** What is asked for of a place. */
export const PLACE_FIELDS = 'placeID,name,type,groupType,parent,-resources';

/** What is asked for of a membership. */
export const MEMBER_FIELDS = ['id', 'state', ...nested('person', PERSON), '-resources', '-person.resources'].join(',');

/** What is asked for of a content. Without it each carries a map of everything the caller may do with it. */
export const CONTENT_FIELDS = [
  'contentID,type,subject,content,status,visibility,users,-users.resources,parent,parentPlace',
  'published,updated,lastActivity,lastActivityDate,replyCount,likeCount,tags',
  'question,resolved,answer,helpful,options,resources.html',
  ...nested('author', PERSON),
].join(',');

/** What is asked for to see by what a content may be read. */
export const PLACED_FIELDS = 'contentID,type,visibility,parent,parentPlace,-resources';

/** What is asked for of a reply. */
export const REPLY_FIELDS = [
  'id,content,status,published,updated,likeCount,helpfulCount,answer,helpful,-resources',
  ...nested('author', PERSON),
].join(',');

/** A filter, as part of a query: Jive takes `,` `(` `)` and `\` in a value for its own unless they are escaped. */
export function filter(name: string, ...values: readonly string[]): string {
  const escaped = values.map((value) => value.replaceAll(/[\\,()]/g, String.raw`\$&`));
  return `filter=${encodeURIComponent(`${name}(${escaped.join(',')})`)}`;
}

/** The number at the end of an address of the API: `/api/core/v3/places/12` has 12. Undefined when it names none. */
export function idIn(kind: 'places' | 'people' | 'messages', uri: string | null | undefined): string | undefined {
  return new RegExp(String.raw`/${kind}/(\d{1,18})/?$`).exec(uri ?? '')?.[1];
}
