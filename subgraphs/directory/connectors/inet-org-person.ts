import { z } from 'zod';
import { isMail } from '../../kit/text/accounts.ts';
import { toIso } from '../../kit/text/dates.ts';
import { fingerprint } from '../../kit/text/files.ts';
import { clean, cleanLine } from '../../kit/text/plain.ts';
import type { DirectoryItem, GroupItem, PersonItem } from '../connector.ts';

/** An entry of any directory: attribute types in lower case, without options; values that are not text as bytes. */
export interface Entry {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
}

/** The usual attributes of inetOrgPerson (RFC 2798), OpenLDAP, 389 DS, FreeIPA and Active Directory, by our names for them. */
const DEFAULTS = {
  key: ['entryUUID', 'objectGUID', 'ipaUniqueID', 'nsUniqueId', 'uid', 'sAMAccountName'],
  name: ['displayName', 'cn'],
  givenName: ['givenName'],
  familyName: ['sn'],
  title: ['title'],
  department: ['department', 'ou', 'departmentNumber'],
  location: ['l', 'physicalDeliveryOfficeName'],
  phone: ['telephoneNumber', 'mobile'],
  mails: ['mail', 'mailAlternateAddress', 'proxyAddresses'],
  usernames: ['uid', 'sAMAccountName'],
  aliases: ['account'],
  manager: ['manager'],
  skills: ['skill'],
  interests: ['interest'],
  description: ['description'],
  updatedAt: ['modifyTimestamp', 'whenChanged'],
  groupName: ['cn'],
  members: ['member', 'uniqueMember', 'memberUid'],
  champion: ['owner', 'managedBy'],
} as const;

type Field = keyof typeof DEFAULTS;

const MEANINGS: Record<Field, string> = {
  key: 'what identifies an entry across renames',
  name: 'the name shown',
  givenName: 'the given name',
  familyName: 'the family name',
  title: 'the job title',
  department: 'the department',
  location: 'where the person works',
  phone: 'the telephone number',
  mails: 'mail addresses, all are taken',
  usernames: 'login names, all are taken',
  aliases: 'handles in other tools, written `<source>:<handle>`, all are taken',
  manager: 'the DN of the manager',
  skills: 'skills, all are taken',
  interests: 'interests, all are taken',
  description: 'a profile in the person’s own words; of a group, what it is for',
  updatedAt: 'when the entry was last changed',
  groupName: 'the name readers refer to a group by',
  members: 'members of a group: DNs or user names, all are taken',
  champion: 'the DN of a group’s champion',
};

const AttributeNames = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** The option `attributes`: which attribute holds what. The first of a list that has a value wins. */
export const AttributeMap = z.strictObject(
  Object.fromEntries(
    (Object.keys(DEFAULTS) as Field[]).map((field) => [
      field,
      AttributeNames.default([...DEFAULTS[field]]).describe(`Attribute or list of attributes for ${MEANINGS[field]}.`),
    ]),
  ) as Record<Field, z.ZodDefault<typeof AttributeNames>>,
);

/** The parsed option `attributes`. */
export type AttributeMap = z.output<typeof AttributeMap>;

/** The attributes that tell a leaver or a locked account, in lower case. */
export const ACTIVITY_ATTRIBUTES = [
  'employeetype',
  'nsaccountlock',
  'useraccountcontrol',
  'pwdaccountlockedtime',
] as const;

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

/**
 * Makes mappings from entries to people and groups.
 * @param reference writes a reference to an entry (a DN, for LDAP) in one spelling.
 */
export function entryMapping(map: AttributeMap, reference: (written: string) => string): (entry: Entry) => Mapped {
  const names = Object.fromEntries(
    Object.entries(map).map(([field, value]) => [
      field,
      (typeof value === 'string' ? [value] : value).map((name) => name.toLowerCase()),
    ]),
  ) as Record<Field, string[]>;
  const settings = JSON.stringify(names);

  return (entry) => {
    const classes = texts(entry, ['objectclass']).map((name) => name.toLowerCase());
    if (classes.includes('computer')) return { reasons: [] };
    const isPerson = classes.some((name) => PERSON_CLASSES.has(name));
    if (!isPerson && !classes.some((name) => GROUP_CLASSES.has(name))) return { reasons: [] };
    const first = (field: Field): string =>
      cleanLine(names[field].map((name) => texts(entry, [name])[0]).find((text) => text !== undefined) ?? '');
    const all = (field: Field): string[] => [
      ...new Set(
        texts(entry, names[field])
          .map(cleanLine)
          .filter((text) => text !== ''),
      ),
    ];
    const optional = <Name extends string>(name: Name, value: string | undefined): { [K in Name]?: string } =>
      (value ? { [name]: value } : {}) as { [K in Name]?: string };
    const shared = {
      version: fingerprint(
        settings,
        ...[...entry.attributes].flatMap(([name, values]) => [`${name}:`, ...values]),
        entry.dn,
      ),
      reference: reference(entry.dn),
    };
    const description = optional('description', clean(texts(entry, names.description).join('\n')).trim());
    const updatedAt = optional('updatedAt', toIso(first('updatedAt')));

    if (!isPerson) {
      const name = first('groupName');
      if (name === '') return { reasons: [`the group ${entry.dn} has no ${names.groupName.join(' or ')}`] };
      const group: GroupItem = {
        kind: 'group',
        // A user and a group may share a name, but not a key.
        key: keyOf(entry, names.key) ?? `group:${name}`,
        ...shared,
        name,
        ...description,
        members: [...new Set(membersOf(entry, names.members, reference))],
        ...optional('champion', first('champion') && reference(first('champion'))),
        ...updatedAt,
      };
      return { item: group, reasons: [] };
    }

    const key = keyOf(entry, names.key);
    if (key === undefined)
      return {
        reasons: [
          `${entry.dn} has none of ${names.key.join(', ')}; name an attribute that identifies people in \`attributes.key\``,
        ],
      };
    const usernames = all('usernames').map((name) => name.toLowerCase());
    const name =
      first('name') ||
      [first('givenName'), first('familyName')].filter((part) => part !== '').join(' ') ||
      usernames[0];
    if (name === undefined) return { reasons: [`${entry.dn} has no name: none of ${names.name.join(', ')}`] };
    const reasons: string[] = [];
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
      active: isActive(entry),
      ...updatedAt,
    };
    return { item: person, reasons };
  };
}

function texts(entry: Entry, names: readonly string[]): string[] {
  return names.flatMap((name) =>
    (entry.attributes.get(name) ?? []).filter((value) => typeof value === 'string').slice(0, 100_000),
  );
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

function membersOf(entry: Entry, names: readonly string[], reference: (written: string) => string): string[] {
  return names
    .flatMap((name) =>
      texts(entry, [name]).map((value) => {
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
    else reasons.push(`"${value}" is not a mail address`);
  }
  return [...mails];
}

function aliasesOf(values: readonly string[], reasons: string[]): { source: string; handle: string }[] {
  return values.flatMap((value) => {
    const parts = /^([\w.-]+):\s*(\S.*)$/.exec(value);
    if (parts === null) {
      reasons.push(`the alias "${value}" is not of the form <source>:<handle>`);
      return [];
    }
    return [{ source: parts[1] as string, handle: parts[2] as string }];
  });
}

/** Whether any of the ways directories mark a leaver or a locked account is set. */
function isActive(entry: Entry): boolean {
  const is = (name: (typeof ACTIVITY_ATTRIBUTES)[number], test: (value: string) => boolean): boolean =>
    texts(entry, [name]).some((value) => test(value.trim().toLowerCase()));
  return !(
    is('employeetype', (value) => value === 'former') ||
    is('nsaccountlock', (value) => value === 'true') ||
    // [MS-ADTS] 2.2.16: ADS_UF_ACCOUNT_DISABLE
    is('useraccountcontrol', (value) => (Number.parseInt(value, 10) & 2) !== 0) ||
    // draft-behera-ldap-password-policy, 5.3.3: locked until an administrator acts
    is('pwdaccountlockedtime', (value) => value === '000001010000z')
  );
}
