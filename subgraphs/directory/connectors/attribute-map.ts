import { z } from 'zod';

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
  photo: ['labeledURI'],
  updatedAt: ['modifyTimestamp', 'whenChanged'],
  groupName: ['cn'],
  members: ['member', 'uniqueMember', 'memberUid'],
  champion: ['owner', 'managedBy'],
} as const;

/** What can be told where it is. */
export type Field = keyof typeof DEFAULTS;

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
  photo: 'the address of a photo; of `labeledURI`, addresses of images and those labelled as a photo',
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
      AttributeNames.refine(
        (names) => field !== 'photo' || !/^(?:jpegPhoto|thumbnailPhoto|photo)$/im.test([names].flat().join('\n')),
        'must hold addresses of photos, not their bytes; for those set `photoUrl`',
      )
        .default([...DEFAULTS[field]])
        .describe(`Attribute or list of attributes for ${MEANINGS[field]}.`),
    ]),
  ) as Record<Field, z.ZodDefault<typeof AttributeNames>>,
);

/** The parsed option `attributes`. */
export type AttributeMap = z.output<typeof AttributeMap>;

/** The attributes of each field, in lower case. */
export function attributeNames(map: AttributeMap): Record<Field, readonly string[]> {
  const lower = (names: string | readonly string[]): string[] =>
    (typeof names === 'string' ? [names] : names).map((name) => name.toLowerCase());
  return Object.fromEntries(Object.entries(map).map(([field, names]) => [field, lower(names)])) as Record<
    Field,
    string[]
  >;
}
