import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupItem, PersonItem } from '../../subgraphs/directory/connector.ts';
import { normaliseDn } from '../../subgraphs/directory/connectors/dn.ts';
import { ldif } from '../../subgraphs/directory/connectors/ldif.ts';
import { load } from './run.ts';

const ANN = 'dn: uid=ann,ou=people,dc=x\nobjectClass: inetOrgPerson\nuid: ann\ncn: Ann Berg\nsn: Berg\n';

async function read(text: string | Uint8Array, options: object = {}) {
  const { items, problems } = await load(ldif, { 'people.ldif': text }, { path: 'people.ldif', ...options });
  return {
    problems,
    people: items.filter((item): item is PersonItem => item.kind === 'person'),
    groups: items.filter((item): item is GroupItem => item.kind === 'group'),
  };
}

describe('ldif: the grammar of RFC 2849', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  it.each<[what: string, lines: string, title: string | undefined, problem?: RegExp]>([
    ['a plain value', 'title: Engineer', 'Engineer'],
    ['no blank after the colon', 'title:Engineer', 'Engineer'],
    ['several blanks after the colon', 'title:    Engineer', 'Engineer'],
    ['a folded value', 'title: Engi\n neer', 'Engineer'],
    ['a fold before a blank', 'title: Senior\n  engineer', 'Senior engineer'],
    ['a fold in the name', 'tit\n le: Engineer', 'Engineer'],
    ['base64', `title:: ${base64('Ingénieure')}`, 'Ingénieure'],
    ['base64 without a blank', `title::${base64('Engineer')}`, 'Engineer'],
    ['folded base64', `title:: ${base64('Engineer').slice(0, 5)}\n ${base64('Engineer').slice(5)}`, 'Engineer'],
    ['raw UTF-8, as most exports have it', 'title: Ingénieure', 'Ingénieure'],
    ['a comment', '# title: Boss\ntitle: Engineer', 'Engineer'],
    ['a folded comment', '# a\n title: Boss\ntitle: Engineer', 'Engineer'],
    ['a comment within a folded value ends it', 'title: Engineer\n# x', 'Engineer'],
    ['attribute options', 'title;lang-sv: Ingenjör', 'Ingenjör'],
    ['names in any case', 'TITLE: Engineer', 'Engineer'],
    ['an OID', '2.5.4.12: x\ntitle: Engineer', 'Engineer'],
    ['an empty value', 'title:', undefined],
    ['a URL', 'title:< file:///etc/passwd', undefined, /^people\.ldif:6: title refers to a URL/],
    ['broken base64', 'title:: %%%', undefined, /^people\.ldif:6: the value of title is not base64/],
    ['a line without colon', 'title', undefined, /^people\.ldif:6: expected "name: value"/],
    ['NUL and a lone surrogate', `title:: ${base64('Engi\0neer')}`, 'Engineer'],
  ])('%s', async (_what, lines, title, problem) => {
    const { people, problems } = await read(`${ANN}${lines}\n`);
    expect(people).toHaveLength(1);
    expect(people[0]?.title).toBe(title);
    if (problem === undefined) expect(problems).toEqual([]);
    else expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    ['version line with a blank line', `version: 1\n\n${ANN}`],
    ['version line right before the record', `version: 1\n${ANN}`],
    ['CR LF', `version: 1\r\n\r\n${ANN.replaceAll('\n', '\r\n')}`],
    ['no line break at the end', ANN.trimEnd()],
    ['blank lines around', `\n\n${ANN}\n\n\n`],
    ['changetype: add', ANN.replace('\n', '\nchangetype: add\n')],
    ['a control', ANN.replace('\n', '\ncontrol: 1.2.3 true\nchangetype: add\n')],
    ['a byte order mark', `\uFEFF${ANN}`],
  ])('%s', async (_what, text) => {
    const { people, problems } = await read(text);
    expect(problems).toEqual([]);
    expect(people).toMatchObject([{ key: 'ann', name: 'Ann Berg', reference: 'uid=ann,ou=people,dc=x' }]);
  });

  it('takes the rest when a record does not begin with dn, is there twice, or has no name', async () => {
    const { people, problems } = await read(
      `cn: Lost\nsn: Lost\n\n${ANN}\n${ANN}\ndn: ou=x\nobjectClass: person\nou: x\n\n${ANN.replaceAll('ann', 'bo')}`,
    );
    expect(people.map((person) => person.key)).toEqual(['ann', 'bo']);
    expect(problems).toEqual([
      expect.stringMatching(/^people\.ldif:1: a record begins with "dn:"/),
      expect.stringMatching(/^people\.ldif:10: .*there already/),
      expect.stringMatching(/^people\.ldif:16: ou=x has none of/),
    ]);
  });

  it('reads what any folding and base64 wrote', async () => {
    const value = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((text) => text.replace(/\s+/g, ' ').trim())
      .filter((text) => text !== '' && text === text.normalize());
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 2, max: 80 }),
        async (skills, width) => {
          const fold = (line: string): Buffer => {
            const bytes = Buffer.from(line);
            const parts = [bytes.subarray(0, width)];
            for (let at = width; at < bytes.length; at += width - 1)
              parts.push(Buffer.from(' '), bytes.subarray(at, at + width - 1));
            return Buffer.concat(
              parts.flatMap((part, index) => (index % 2 === 1 ? [Buffer.from('\n'), part] : [part])),
            );
          };
          const lines = skills.map((skill, index) =>
            fold(index % 2 === 0 ? `skill:: ${base64(skill)}` : `skill: ${skill}`),
          );
          const { people, problems } = await read(
            Buffer.concat([Buffer.from(ANN), ...lines.flatMap((line) => [line, Buffer.from('\n')])]),
          );
          expect(problems).toEqual([]);
          expect(people[0]?.skills).toEqual([...new Set(skills)]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('ldif: change records', () => {
  it('applies add, modify, modrdn and delete in their order', async () => {
    const { people, problems } = await read(`${ANN}mail: old@x.example

dn: uid=ann,ou=people,dc=x
changetype: modify
replace: mail
mail: ann@x.example
mail: a.berg@x.example
-
add: skill
skill: LDAP
skill: SQL
-
delete: skill
skill: ldap
-
delete: sn
-

dn: uid=bo,ou=people,dc=x
changetype: add
objectClass: person
uid: bo
cn: Bo

dn: uid=bo,ou=people,dc=x
changetype: delete

dn: uid=ann,ou=people,dc=x
changetype: modrdn
newrdn: uid=anna
deleteoldrdn: 1
newsuperior: ou=staff,dc=x
`);
    expect(problems).toEqual([]);
    expect(people).toMatchObject([
      {
        reference: 'uid=anna,ou=staff,dc=x',
        usernames: ['anna'],
        mails: ['ann@x.example', 'a.berg@x.example'],
        skills: ['SQL'],
      },
    ]);
    expect(people[0]).not.toHaveProperty('familyName');
  });

  it('moves a whole subtree', async () => {
    const { people } = await read(
      `dn: ou=people,dc=x\nobjectClass: organizationalUnit\nou: people\n\n${ANN}\ndn: ou=people,dc=x\nchangetype: moddn\nnewrdn: ou=staff\ndeleteoldrdn: 1\n`,
    );
    expect(people[0]?.reference).toBe('uid=ann,ou=staff,dc=x');
  });

  it('reports changes of what is not there and unknown changes, and goes on', async () => {
    const { people, problems } = await read(
      `${ANN}\ndn: uid=no,dc=x\nchangetype: delete\n\ndn: uid=ann,ou=people,dc=x\nchangetype: bend\n\ndn: uid=ann,ou=people,dc=x\nchangetype: modify\nincrement: uidNumber\nuidNumber: 1\n-\nreplace: title\ntitle: Boss\n-\n`,
    );
    expect(people[0]?.title).toBe('Boss');
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).toMatch(/^people\.ldif:\d+: /);
  });
});

describe('ldif: people and groups', () => {
  it('maps inetOrgPerson', async () => {
    const { people, problems } = await read(`${ANN}givenName: Ann
displayName: Ann of Berg
title: Engineer
ou: Cloud
l: Oslo
telephoneNumber: +47 1
mail: Ann@X.example
manager: UID=Bo , ou=People,dc=x
skill: SQL
interest: Chess
account: community:annie
account: nonsense
description: Likes dogs.
entryUUID: 9A0E1F70-0000-4000-8000-000000000001
modifyTimestamp: 20240102030405Z
`);
    expect(problems).toEqual([expect.stringMatching(/^people\.ldif:1: the alias "nonsense"/)]);
    const { version, ...person } = people[0] as PersonItem;
    expect(version).not.toBe('');
    expect(person).toEqual({
      kind: 'person',
      key: '9a0e1f70-0000-4000-8000-000000000001',
      reference: 'uid=ann,ou=people,dc=x',
      name: 'Ann of Berg',
      givenName: 'Ann',
      familyName: 'Berg',
      title: 'Engineer',
      department: 'Cloud',
      location: 'Oslo',
      phone: '+47 1',
      mails: ['ann@x.example'],
      usernames: ['ann'],
      aliases: [{ source: 'community', handle: 'annie' }],
      manager: 'uid=bo,ou=people,dc=x',
      skills: ['SQL'],
      interests: ['Chess'],
      description: 'Likes dogs.',
      active: true,
      updatedAt: '2024-01-02T03:04:05.000Z',
    });
  });

  it.each([
    ['employeeType: former', false],
    ['employeeType: Active', true],
    ['nsAccountLock: TRUE', false],
    ['nsAccountLock: false', true],
    ['userAccountControl: 514', false],
    ['userAccountControl: 512', true],
    ['pwdAccountLockedTime: 000001010000Z', false],
    ['pwdAccountLockedTime: 20240101000000Z', true],
  ])('%s → active: %s', async (line, active) => {
    expect((await read(`${ANN}${line}\n`)).people[0]?.active).toBe(active);
  });

  it('writes a binary objectGUID as Active Directory shows it, and reads its mail addresses', async () => {
    const guid = Buffer.from('33221100554477668899aabbccddeeff', 'hex').toString('base64');
    const { people } = await read(
      `dn: CN=Ann,DC=x\nobjectClass: user\ncn: Ann\nsAMAccountName: Ann\nobjectGUID:: ${guid}\nproxyAddresses: SMTP:ann@x.example\nproxyAddresses: smtp:a@x.example\nproxyAddresses: x500:/o=x\n`,
    );
    expect(people).toMatchObject([
      { key: '00112233-4455-6677-8899-aabbccddeeff', usernames: ['ann'], mails: ['ann@x.example', 'a@x.example'] },
    ]);
  });

  it('maps the three kinds of groups, and keeps their keys apart from people’s', async () => {
    const { people, groups, problems } = await read(`${ANN}
dn: cn=ann,dc=x\nobjectClass: groupOfNames\ncn: ann\nmember: UID=ann, OU=people,DC=x\nowner: uid=ann,ou=people,dc=x\ndescription: All

dn: cn=b,dc=x\nobjectClass: groupOfUniqueNames\ncn: b\nuniqueMember: uid=ann,ou=people,dc=x#'0101'B

dn: cn=c,dc=x\nobjectClass: posixGroup\ncn: c\nmemberUid: Ann
`);
    expect(problems).toEqual([]);
    expect(people[0]?.key).toBe('ann');
    expect(groups).toMatchObject([
      {
        key: 'group:ann',
        name: 'ann',
        members: ['uid=ann,ou=people,dc=x'],
        champion: 'uid=ann,ou=people,dc=x',
        description: 'All',
      },
      { name: 'b', members: ['uid=ann,ou=people,dc=x'] },
      { name: 'c', members: ['ann'] },
    ]);
  });

  it('takes other attributes by the option', async () => {
    const { people } = await read(`${ANN}x-known-for: Bees\nemployeeNumber: 7\n`, {
      attributes: { skills: 'x-known-for', key: ['employeeNumber', 'uid'] },
    });
    expect(people).toMatchObject([{ key: '7', skills: ['Bees'] }]);
  });

  it.each([
    ['UID=Ann , OU=People', 'uid=ann,ou=people'],
    ['cn=Berg\\, Ann,dc=x', 'cn=berg\\, ann,dc=x'],
    ['cn="Berg, Ann",dc=x', 'cn=berg\\, ann,dc=x'],
    ['cn=Berg\\2C Ann,dc=x', 'cn=berg\\, ann,dc=x'],
    ['cn=Zo\\C3\\AB,dc=x', 'cn=zoë,dc=x'],
    ['uid=a+cn=b,dc=x', 'cn=b+uid=a,dc=x'],
    ['not a dn', 'not a dn'],
  ])('compares the name %s as %s', (dn, normalised) => {
    expect(normaliseDn(dn)).toBe(normalised);
    expect(normaliseDn(normalised)).toBe(normalised);
  });
});

it('ldif: refuses a file of another kind, so that nobody seems to have left', async () => {
  await expect(read('id,name\n1,Ann\n')).rejects.toMatchObject({
    code: 'BAD_RESPONSE',
    message: expect.stringContaining('people.ldif:1'),
  });
});
