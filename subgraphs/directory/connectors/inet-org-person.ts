import { isMail } from '../../kit/text/accounts.ts';
import { toIso } from '../../kit/text/dates.ts';
import { fingerprint } from '../../kit/text/files.ts';
import { clean, cleanLine, MAX_TEXT } from '../../kit/text/plain.ts';
import type { DirectoryItem, GroupItem, PersonItem } from '../connector.ts';
import { ACTIVITY_ATTRIBUTES, isActive } from './activity.ts';
import { attributeNames, type AttributeMap, type Field } from './attribute-map.ts';
import { photoAttributes, photoOf } from './photo.ts';

/** An entry of any directory: attribute types in lower case, without options; values that are not text as bytes. */
export interface Entry {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
}

/** What an entry came to: an item, or none when it is neither person nor group (or of no use, then with a reason). */
export interface Mapped {
  readonly item?: DirectoryItem;
  readonly reasons: readonly string[];
}

const PERSON_CLASSES = new Set(['person', 'organizationalperson', 'inetorgperson', 'posixaccount', 'user']);
const GROUP_CLASSES = new Set([
  'groupofnames',
  'groupofuniquenames',
  'groupofmembers',
  'posixgroup',
  'group',
  'ipausergroup',
]);

/** So many values of one attribute are a person's; groups have as many members as they have. */
const MAX_VALUES = 1000;
/** What the mapping itself looks at, whatever the options say. */
const ALWAYS = ['objectclass', ...ACTIVITY_ATTRIBUTES] as const;

/**
 * Makes mappings from entries to people and groups.
 * @param reference writes a reference to an entry (a DN, for LDAP) in one spelling.
 * @param photoUrl where photos are that no attribute gives the address of: the option of that name.
 */
export function entryMapping(
  map: AttributeMap,
  reference: (written: string) => string,
  photoUrl?: string,
): (entry: Entry) => Mapped {
  const names = attributeNames(map);
  const settings = JSON.stringify([names, photoUrl]);
  const read = new Set([...ALWAYS, ...Object.values(names).flat(), ...photoAttributes(photoUrl)]);
  const unlimited = new Set(names.members);

  return (entry) => {
    const reasons: string[] = [];
    const usable = usableTexts(entry, read, unlimited, reasons);
    const values = (name: string): readonly string[] => usable.get(name) ?? [];
    const classes = values('objectclass').map((name) => name.toLowerCase());
    if (classes.includes('computer')) return { reasons: [] };
    const isPerson = classes.some((name) => PERSON_CLASSES.has(name));
    if (!isPerson && !classes.some((name) => GROUP_CLASSES.has(name))) return { reasons: [] };
    const first = (field: Field): string =>
      cleanLine(names[field].map((name) => values(name)[0]).find((text) => text !== undefined) ?? '');
    const all = (field: Field): string[] => [
      ...new Set(
        names[field]
          .flatMap(values)
          .map(cleanLine)
          .filter((text) => text !== ''),
      ),
    ];
    const optional = <Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } =>
      (value ? { [name]: value } : {}) as { [K in Name]?: string };
    const active = isActive(values, Date.now());
    const shared = {
      version: fingerprint(settings, contentOf(entry), entry.dn, String(active)),
      reference: reference(entry.dn),
    };
    const description = optional('description', clean(names.description.flatMap(values).join('\n')).trim());
    const updatedAt = optional('updatedAt', toIso(first('updatedAt')));

    if (!isPerson) {
      const name = first('groupName');
      if (name === '') return { reasons: [...reasons, `the group ${entry.dn} has no ${names.groupName.join(' or ')}`] };
      const group: GroupItem = {
        kind: 'group',
        // A user and a group may share a name, but not a key.
        key: keyOf(entry, names.key) ?? `group:${name}`,
        ...shared,
        name,
        ...description,
        members: [...new Set(membersOf(values, names.members, reference))],
        ...optional('champion', first('champion') && reference(first('champion'))),
        ...updatedAt,
      };
      return { item: group, reasons };
    }

    const key = keyOf(entry, names.key);
    if (key === undefined)
      return {
        reasons: [
          ...reasons,
          `${entry.dn} has none of ${names.key.join(', ')}; name an attribute that identifies people in \`attributes.key\``,
        ],
      };
    const usernames = all('usernames').map((name) => name.toLowerCase());
    const name =
      first('name') ||
      [first('givenName'), first('familyName')].filter((part) => part !== '').join(' ') ||
      usernames[0];
    if (name === undefined)
      return { reasons: [...reasons, `${entry.dn} has no name: none of ${names.name.join(', ')}`] };
    const person: PersonItem = {
      kind: 'person',
      key,
      ...shared,
      name,
      ...optional('givenName', first('givenName')),
      ...optional('familyName', first('familyName')),
      ...optional('title', first('title')),
      ...optional('department', first('department')),
      ...optional('location', first('location')),
      ...optional('phone', first('phone')),
      mails: mailsOf(all('mails'), reasons),
      usernames,
      aliases: aliasesOf(all('aliases'), reasons),
      ...optional('manager', first('manager') && reference(first('manager'))),
      skills: all('skills'),
      interests: all('interests'),
      ...description,
      ...optional('photoUrl', photoOf(names.photo, photoUrl, values, reasons)),
      active,
      ...updatedAt,
    };
    return { item: person, reasons };
  };
}

/** All an entry holds, as one text: a group's members are more than a call takes arguments. */
function contentOf({ attributes }: Entry): string {
  return [...attributes]
    .map(
      ([name, values]) =>
        `${name}:\0${values.map((one) => (typeof one === 'string' ? one : fingerprint(one))).join('\0')}`,
    )
    .join('\0');
}

/** The text values of these attributes; what is too long or too many to be meant is left out, and said. */
function usableTexts(
  { attributes }: Entry,
  names: ReadonlySet<string>,
  unlimited: ReadonlySet<string>,
  reasons: string[],
): Map<string, string[]> {
  const usable = new Map<string, string[]>();
  for (const name of names) {
    const texts = (attributes.get(name) ?? []).filter((value) => typeof value === 'string');
    const short = texts.filter((text) => text.length <= MAX_TEXT);
    if (short.length < texts.length) reasons.push(`a value of ${name} is longer than ${MAX_TEXT} characters; left out`);
    const isTooMany = short.length > MAX_VALUES && !unlimited.has(name);
    if (isTooMany) reasons.push(`${name} has ${short.length} values; those after the first ${MAX_VALUES} are left out`);
    usable.set(name, isTooMany ? short.slice(0, MAX_VALUES) : short);
  }
  return usable;
}

/** What identifies an entry: the first of these attributes (in lower case) that it has. */
export function keyOf(entry: Entry, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = entry.attributes.get(name)?.[0];
    if (value === undefined) continue;
    const key =
      name === 'objectguid' && value.length === 16
        ? guid(typeof value === 'string' ? Buffer.from(value, 'latin1') : value)
        : value;
    if (typeof key !== 'string') continue;
    const text = cleanLine(key);
    if (text !== '') return /^[0-9a-f]{8}-/i.test(text) ? text.toLowerCase() : text;
  }
  return undefined;
}

/** Active Directory's 16 bytes as it shows them itself: the first three groups are little-endian ([MS-DTYP] 2.3.4.2). */
function guid(bytes: Uint8Array): string {
  const hex = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('hex');
  const reversed = (from: number, to: number): string => Buffer.from(bytes.slice(from, to).reverse()).toString('hex');
  return [reversed(0, 4), reversed(4, 6), reversed(6, 8), hex(8, 10), hex(10, 16)].join('-');
}

function membersOf(
  values: (name: string) => readonly string[],
  names: readonly string[],
  reference: (written: string) => string,
): string[] {
  return names
    .flatMap((name) =>
      values(name).map((value) => {
        if (name === 'memberuid') return cleanLine(value).toLowerCase();
        // uniqueMember may end in a bit string (RFC 4517, section 3.3.21).
        return reference(name === 'uniquemember' ? value.replace(/#'[01]*'B$/, '') : value);
      }),
    )
    .filter((member) => member !== '');
}

function mailsOf(values: readonly string[], reasons: string[]): string[] {
  const mails = new Set<string>();
  for (const value of values) {
    // Active Directory's proxyAddresses: `SMTP:` is the main address, `smtp:` another one, other schemes are no mail.
    const scheme = /^([a-z0-9]+):/i.exec(value)?.[1];
    if (scheme !== undefined && scheme.toLowerCase() !== 'smtp') continue;
    const mail = (scheme === undefined ? value : value.slice(5)).toLowerCase();
    if (isMail(mail)) mails.add(mail);
    else reasons.push(`"${value.slice(0, 100)}" is not a mail address`);
  }
  return [...mails];
}

function aliasesOf(values: readonly string[], reasons: string[]): { source: string; handle: string }[] {
  return values.flatMap((value) => {
    const parts = /^([\w.-]+):\s*(\S.*)$/.exec(value);
    if (parts === null) {
      reasons.push(`the alias "${value.slice(0, 100)}" is not of the form <source>:<handle>`);
      return [];
    }
    return [{ source: parts[1] as string, handle: parts[2] as string }];
  });
}
