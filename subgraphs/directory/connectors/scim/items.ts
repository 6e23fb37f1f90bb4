import { isMail } from '../../../kit/text/accounts.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { webAddress } from '../../../kit/text/plain.ts';
import type { GroupItem, PersonItem } from '../../connector.ts';
import {
  booleanOf,
  lastModified,
  namesOf,
  pointedAt,
  referenceTo,
  textOf,
  valuesOf,
  type Endpoint,
  type Resource,
  type Value,
} from './resource.ts';

/** What a resource came to, and what of it is of no use. */
export interface Mapped<Item> {
  readonly item?: Item;
  /** It is no such resource at all: what is known of it stays, and it is looked at again. */
  readonly isUnfit?: boolean;
  readonly reasons: readonly string[];
}

/** Raised when the same resource would give another item. */
const REVISION = 2;

/** The key of a user or group: numbers may count both. */
export function keyOf(endpoint: Endpoint, id: string): string {
  return endpoint === 'Users' ? id : `group:${id}`;
}

/** A user as a person. What is marked as private (`home`) is not shown. */
export function toPerson(resource: Resource): Mapped<PersonItem> {
  const { id, attributes } = resource;
  if (!isResource(resource)) return UNFIT;
  const text = (name: string): string => textOf(attributes.get(name));
  const parts = namesOf(attributes.get('name'));
  const givenName = textOf(parts.get('givenname'));
  const familyName = textOf(parts.get('familyname'));
  const username = text('username').toLowerCase();
  const name =
    text('displayname') ||
    textOf(parts.get('formatted')) ||
    [givenName, familyName].filter((part) => part !== '').join(' ') ||
    username;
  if (name === '') return { reasons: ['has no displayName, name or userName'] };
  const reasons: string[] = [];
  const mails = new Set<string>();
  for (const { value } of valuesOf(attributes.get('emails')).toSorted(byType('work', ''))) {
    const mail = value.replace(/^mailto:/i, '').toLowerCase();
    if (isMail(mail)) mails.add(mail);
    else if (mail !== '') reasons.push(`"${value}" is not a mail address`);
  }
  const phone = ofWork(attributes.get('phonenumbers'), 'work', 'mobile')
    .map(({ value }) => value.replace(/^tel:/i, ''))
    .find((number) => number !== '');
  const location = ofWork(attributes.get('addresses'), 'work')
    .map(placeOf)
    .find((place) => place !== '');
  const photoUrl = photoOf(attributes.get('photos'), reasons);
  const manager = managerOf(attributes.get('manager'));
  return {
    reasons,
    item: versioned({
      kind: 'person',
      key: keyOf('Users', id),
      name,
      ...optional('givenName', givenName),
      ...optional('familyName', familyName),
      ...optional('title', text('title')),
      ...optional('department', text('department')),
      ...optional('location', location),
      ...optional('phone', phone),
      ...optional('photoUrl', photoUrl),
      mails: [...mails],
      usernames: username === '' ? [] : [username],
      aliases: [],
      ...optional('manager', manager && referenceTo('Users', manager)),
      reference: referenceTo('Users', id),
      skills: [],
      interests: [],
      active: booleanOf(attributes.get('active')) ?? true,
      ...optional('updatedAt', lastModified(resource)),
    }),
  };
}

/**
 * A group.
 * @param isPerson whether an id is a user's: members need not say what they are.
 */
export function toGroup(resource: Resource, isPerson: (id: string) => boolean): Mapped<GroupItem> {
  const { id, attributes } = resource;
  if (!isResource(resource)) return UNFIT;
  const name = textOf(attributes.get('displayname'));
  if (name === '') return { reasons: ['has no displayName'] };
  const members = new Set(
    valuesOf(attributes.get('members')).flatMap((member) => {
      const pointed = pointedAt(member.attributes.get('$ref'));
      const memberId = member.value || (pointed?.id ?? '');
      if (memberId === '') return [];
      const type = ({ user: 'Users', group: 'Groups' } as const)[member.type] ?? pointed?.endpoint;
      if (type !== undefined) return [referenceTo(type, memberId)];
      return isPerson(memberId)
        ? [referenceTo('Users', memberId)]
        : [referenceTo('Users', memberId), referenceTo('Groups', memberId)];
    }),
  );
  return {
    reasons: [],
    item: versioned({
      kind: 'group',
      key: keyOf('Groups', id),
      name,
      reference: referenceTo('Groups', id),
      // In no order of the server's: it may differ from answer to answer.
      members: [...members].toSorted(),
      ...optional('updatedAt', lastModified(resource)),
    }),
  };
}

const UNFIT = { isUnfit: true, reasons: ['has a `meta` that is no object; all of it is left as it was'] } as const;

/** Where texts stand for objects, an address or a member that is missing tells nothing. */
function isResource({ attributes }: Resource): boolean {
  const meta = attributes.get('meta') ?? {};
  return typeof meta === 'object' && !Array.isArray(meta);
}

/**
 * The version is made of what is shown: `meta.version` is optional, may be weak, and with some servers stays when only
 * members of a group change.
 */
function versioned<Item extends object>(item: Item): Item & { readonly version: string } {
  return { ...item, version: fingerprint(String(REVISION), JSON.stringify(item)) };
}

/** Values for work, those of the first types named first; none of those that are private or no telephone. */
function ofWork(attribute: unknown, ...types: readonly string[]): Value[] {
  const unfit = new Set(['home', 'fax', 'pager']);
  return valuesOf(attribute)
    .filter(({ type }) => !unfit.has(type))
    .toSorted(byType(...types));
}

/** Keeps the primary value first, then goes by type. */
function byType(...types: readonly string[]): (a: Value, b: Value) => number {
  const rank = ({ isPrimary, type }: Value): number => {
    const place = types.indexOf(type);
    return isPrimary ? -1 : place < 0 ? types.length : place;
  };
  return (a, b) => rank(a) - rank(b);
}

function placeOf({ attributes }: Value): string {
  const part = (name: string): string => textOf(attributes.get(name));
  return part('locality') || part('formatted') || part('region') || part('country');
}

/** The first address of a photo, whole ones before thumbnails; pictures within the attribute (`data:`) are none. */
function photoOf(attribute: unknown, reasons: string[]): string | undefined {
  for (const { value } of valuesOf(attribute).toSorted(byType('photo', ''))) {
    const address = webAddress(value);
    if (address !== undefined) return address;
    if (value !== '') reasons.push(`the photo "${value.slice(0, 100)}" is not a web address`);
  }
  return undefined;
}

/** `{ value }` by the standard; an id alone, or only `$ref`, with some servers. */
function managerOf(attribute: unknown): string | undefined {
  const [manager] = valuesOf(attribute);
  return manager?.value || pointedAt(manager?.attributes.get('$ref'))?.id;
}

function optional<Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } {
  return (value ? { [name]: value } : {}) as { [K in Name]?: string };
}
