import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csv } from '../../subgraphs/directory/connectors/csv.ts';
import { ldif } from '../../subgraphs/directory/connectors/ldif.ts';
import { directoryContract } from './directory-contract.ts';

directoryContract({
  kind: ldif,
  options: () => ({ path: 'people.ldif' }),
  write: (at, { people, groups }) => {
    const line = (name: string, value: string): string => `${name}:: ${Buffer.from(value).toString('base64')}`;
    const places = new Map(people.map(({ id, place }) => [id, `uid=${id},ou=${place},dc=x`]));
    const dnOf = (member: string): string => places.get(member) ?? `cn=${member.replace('group:', '')},dc=x`;
    const entries = [
      ...people.map((one) => [
        `dn: ${dnOf(one.id)}`,
        'objectClass: inetOrgPerson',
        `entryUUID: uuid-of-${one.id}`,
        line('cn', one.name),
        line('title', one.title),
        ...one.mails.map((mail) => `mail: ${mail}`),
        ...one.usernames.map((username) => `uid: ${username}`),
        ...one.aliases.map((alias) => `account: ${alias}`),
        `employeeType: ${one.hasLeft ? 'former' : 'active'}`,
      ]),
      ...Object.entries(groups).map(([name, members]) => [
        `dn: cn=${name},dc=x`,
        'objectClass: groupOfNames',
        `cn: ${name}`,
        ...members.map((member) => `member: ${dnOf(member)}`),
      ]),
    ];
    return writeFile(
      join(at, 'people.ldif'),
      `version: 1\n\n${entries.map((one) => `${one.join('\n')}\n`).join('\n')}`,
    );
  },
  cannot: {},
});

directoryContract({
  kind: csv,
  options: () => ({ path: 'people.csv' }),
  write: (at, { people, groups }) => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = people.map((one) => {
      const own = Object.keys(groups).filter((name) => groups[name]?.includes(one.id));
      const lists = [one.mails, one.usernames, one.aliases, own].map((list) => list.join('; '));
      return [one.id, one.name, one.title, ...lists, one.hasLeft ? 'former' : 'active'].map(cell).join(',');
    });
    const head = 'id,name,title,mails,username,accounts,groups,status';
    return writeFile(join(at, 'people.csv'), [head, ...rows, ''].join('\r\n'));
  },
  cannot: {
    'nested groups': 'people name their groups; groups cannot',
    moves: 'a line has no place but its id',
  },
});
