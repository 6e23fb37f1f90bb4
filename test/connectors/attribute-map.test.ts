import { describe, expect, it } from 'vitest';
import type { PersonItem } from '../../subgraphs/directory/connector.ts';
import { AttributeMap } from '../../subgraphs/directory/connectors/attribute-map.ts';
import { normaliseDn } from '../../subgraphs/directory/connectors/dn.ts';
import { entryMapping } from '../../subgraphs/directory/connectors/inet-org-person.ts';
import { ldap } from '../../subgraphs/directory/connectors/ldap.ts';

type Values = Record<string, readonly (string | Uint8Array)[]>;

function map(attributes: Values, options: object = {}, photoUrl?: string) {
  const toItem = entryMapping(AttributeMap.parse(options), normaliseDn, photoUrl);
  const all = { objectClass: ['inetOrgPerson'], uid: ['ann'], cn: ['Ann'], ...attributes };
  const entries = Object.entries(all).map(([name, values]) => [name.toLowerCase(), values] as const);
  const { item, reasons } = toItem({ dn: 'uid=ann,dc=x', attributes: new Map(entries) });
  return { item: item as PersonItem, reasons };
}

it('takes every field from the attribute the configuration names, whatever its case, and from no other', () => {
  const fields = Object.keys(AttributeMap.parse({}));
  const options = Object.fromEntries(fields.map((field) => [field, `X-${field}`]));
  const person = map(
    {
      'x-key': ['k1'],
      'x-name': ['Name'],
      'x-givenname': ['Given'],
      'x-familyname': ['Family'],
      'x-title': ['Title'],
      'x-department': ['Dept'],
      'x-location': ['Here'],
      'x-phone': ['1'],
      'x-mails': ['A@x.example', 'b@x.example'],
      'x-usernames': ['U1', 'u2'],
      'x-aliases': ['forum: ann'],
      'x-manager': ['UID=Boss, DC=x'],
      'x-skills': ['s1', 's2'],
      'x-interests': ['i'],
      'x-description': ['d'],
      'x-photo': ['https://x.example/a'],
      'x-updatedat': ['20260102030405Z'],
      title: ['not this'],
      mail: ['not@this.example'],
    },
    options,
  );
  expect(person.reasons).toEqual([]);
  expect(person.item).toEqual({
    kind: 'person',
    key: 'k1',
    version: expect.any(String),
    reference: 'uid=ann,dc=x',
    name: 'Name',
    givenName: 'Given',
    familyName: 'Family',
    title: 'Title',
    department: 'Dept',
    location: 'Here',
    phone: '1',
    mails: ['a@x.example', 'b@x.example'],
    usernames: ['u1', 'u2'],
    aliases: [{ source: 'forum', handle: 'ann' }],
    manager: 'uid=boss,dc=x',
    skills: ['s1', 's2'],
    interests: ['i'],
    description: 'd',
    photoUrl: 'https://x.example/a',
    active: true,
    updatedAt: '2026-01-02T03:04:05.000Z',
  });
  const group = map(
    {
      objectClass: ['groupOfNames'],
      'x-groupname': ['G'],
      'x-members': ['UID=Ann, DC=x'],
      'x-champion': ['uid=BOSS,dc=x'],
      member: ['uid=other,dc=x'],
    },
    options,
  );
  expect(group.item).toMatchObject({ kind: 'group', name: 'G', members: ['uid=ann,dc=x'], champion: 'uid=boss,dc=x' });
});

it('takes the first attribute of a list that has a value', () => {
  const options = { title: ['nowhere', 'personalTitle', 'title'] };
  expect(map({ personalTitle: ['Dr'], title: ['Engineer'] }, options).item.title).toBe('Dr');
  expect(map({ title: ['Engineer'] }, options).item.title).toBe('Engineer');
  expect(AttributeMap.safeParse({ titel: 'title' }).success).toBe(false);
});

describe('who can still be asked', () => {
  const ticks = (ms: number) => String((BigInt(ms) + 11_644_473_600_000n) * 10_000n);
  const time = (ms: number) =>
    new Date(ms)
      .toISOString()
      .replace(/[-:T]/g, '')
      .replace(/\.\d+Z/, 'Z');
  const day = 86_400_000;

  it.each<[what: string, values: Values, active: boolean]>([
    ['an enabled account', { userAccountControl: ['512'] }, true],
    ['a disabled account', { userAccountControl: ['66050'] }, false],
    ['one locked for wrong passwords, which passes', { userAccountControl: ['528'], lockoutTime: ['1'] }, true],
    ['an account that never expires', { accountExpires: ['0'] }, true],
    ['the other way to write never', { accountExpires: ['9223372036854775807'] }, true],
    ['an account that expired', { accountExpires: [ticks(Date.now() - day)] }, false],
    ['an account that will expire', { accountExpires: [ticks(Date.now() + day)] }, true],
    ['a date that is none', { accountExpires: ['soon'], krbPrincipalExpiration: ['soon'] }, true],
    ['a locked account of 389', { nsAccountLock: ['TRUE'] }, false],
    ['an unlocked account of 389', { nsAccountLock: ['FALSE'] }, true],
    ['an expired account of FreeIPA', { krbPrincipalExpiration: [time(Date.now() - day)] }, false],
    ['a FreeIPA account that will expire', { krbPrincipalExpiration: [time(Date.now() + day)] }, true],
    ['somebody former', { employeeType: ['Former'] }, false],
    ['locked by an administrator', { pwdAccountLockedTime: ['000001010000Z'] }, false],
    ['locked for a while', { pwdAccountLockedTime: ['20260101000000Z'] }, true],
  ])('%s', (_what, values, active) => {
    expect(map(values).item.active).toBe(active);
  });
});

describe('photos', () => {
  const bytes = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
  it.each<[what: string, values: Values, url: string | undefined, template?: string]>([
    ['an address of an image', { labeledURI: ['https://x.example/a.jpg'] }, 'https://x.example/a.jpg'],
    ['a labelled address', { labeledURI: ['https://x.example/1 Photo'] }, 'https://x.example/1'],
    ['a home page', { labeledURI: ['https://x.example/ My home page', 'https://x.example/~ann'] }, undefined],
    ['bytes', { jpegPhoto: [bytes] }, undefined],
    ['a template', { uid: ['ann'] }, 'https://p.example/ann.jpg', 'https://p.example/{uid}.jpg'],
    [
      'a template, its value escaped',
      { uid: ['../a?b#c'] },
      'https://p.example/..%2Fa%3Fb%23c',
      'https://p.example/{UID}',
    ],
    ['a template without its value', {}, undefined, 'https://p.example/{employeeNumber}.jpg'],
    [
      'an address of its own before the template',
      { labeledURI: ['https://x.example/a.png'] },
      'https://x.example/a.png',
      'https://p.example/{uid}.jpg',
    ],
  ])('%s', (_what, values, url, template) => {
    const { item, reasons } = map(values, {}, template);
    expect(item.photoUrl).toBe(url);
    expect(reasons).toEqual([]);
  });

  it.each(['javascript:alert(1)', 'data:image/png;base64,AAAA', 'https://me:secret@x.example/a.png', '/a.png'])(
    'are never %s',
    (address) => {
      const { item, reasons } = map({ photoLink: [address] }, { photo: 'photoLink' });
      expect(item.photoUrl).toBeUndefined();
      expect(reasons).toEqual([expect.stringContaining('is not a web address')]);
    },
  );

  it('are no option that asks for bytes, or lets an entry choose the host', () => {
    const check = (options: object) => ldap.options.safeParse({ url: 'ldap://x', baseDn: 'dc=x', ...options }).success;
    expect(check({ photoUrl: 'https://photos.example/{uid}.jpg' })).toBe(true);
    expect(check({ photoUrl: 'https://photos.example/?of={mail}' })).toBe(true);
    for (const photoUrl of [
      'https://{o}/x.jpg',
      'https://{o}.example/x',
      'https://p.example/x.jpg',
      'javascript:{uid}',
      '{uid}',
    ])
      expect(check({ photoUrl }), photoUrl).toBe(false);
    for (const photo of ['jpegPhoto', ['labeledURI', 'thumbnailPhoto']])
      expect(check({ attributes: { photo } })).toBe(false);
  });
});

it('leaves out what is too long or too many to be meant, says so, and keeps the rest', () => {
  const { item, reasons } = map({
    title: ['x'.repeat(50_000_000), 'Engineer'],
    skill: Array.from({ length: 5000 }, (_, index) => `s${index}`),
  });
  expect(item.title).toBe('Engineer');
  expect(item.skills).toHaveLength(1000);
  expect(reasons.toSorted()).toEqual([
    'a value of title is longer than 1000000 characters; left out',
    'skill has 5000 values; those after the first 1000 are left out',
  ]);
});

it('takes all members of a group, however many', () => {
  const member = Array.from({ length: 300_000 }, (_, index) => `uid=m${index},dc=x`);
  const { item, reasons } = map({ objectClass: ['groupOfNames'], member });
  expect(item).toMatchObject({ members: { length: 300_000 } });
  expect(reasons).toEqual([]);
});
