import { uuidOf } from './random.ts';
import type { Person } from './types.ts';

const BASE = 'dc=kestrel,dc=example';

/** DN of a person. */
export function personDn(uid: string): string {
  return `uid=${uid},ou=people,${BASE}`;
}

/** A group of the directory. */
export interface Group {
  cn: string;
  description: string;
  members: string[];
  owner?: string;
  kind: 'groupOfNames' | 'groupOfUniqueNames' | 'posixGroup';
}

function attribute(name: string, value: string): string {
  const safe = /^[^\0\n\r :<\x80-\uffff][^\0\n\r\x80-\uffff]*$/.test(value) && !value.endsWith(' ');
  const line = safe ? `${name}: ${value}` : `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`;
  if (line.length <= 76) return line;
  const rows = [line.slice(0, 76)];
  for (let at = 76; at < line.length; at += 75) rows.push(` ${line.slice(at, at + 75)}`);
  return rows.join('\n');
}

function entry(dn: string, attributes: [string, string][]): string {
  return [attribute('dn', dn), ...attributes.map(([n, v]) => attribute(n, v))].join('\n');
}

function personEntry(p: Person): string {
  const rows: [string, string][] = ['top', 'person', 'organizationalPerson', 'inetOrgPerson'].map((c) => ['objectClass', c]);
  rows.push(['uid', p.uid], ['cn', p.cn], ['sn', p.sn], ['givenName', p.given], ['displayName', p.cn]);
  for (const mail of p.mails) rows.push(['mail', mail]);
  rows.push(['title', p.title], ['ou', p.dept], ['l', p.city]);
  if (p.manager) rows.push(['manager', personDn(p.manager)]);
  rows.push(['employeeNumber', String(p.number)], ['employeeType', p.former ? 'former' : 'active'], ['entryUUID', p.uuid]);
  rows.push(['telephoneNumber', p.phone]);
  for (const skill of p.skills) rows.push(['skill', skill]);
  for (const interest of p.interests) rows.push(['interest', interest]);
  if (p.description) rows.push(['description', p.description]);
  if (p.account) rows.push(['account', `community:${p.account}`]);
  return entry(personDn(p.uid), rows);
}

function groupEntry(g: Group, people: Person[]): string {
  const rows: [string, string][] = [['objectClass', 'top'], ['objectClass', g.kind], ['cn', g.cn], ['description', g.description]];
  if (g.kind === 'posixGroup') rows.push(['gidNumber', '5100']);
  for (const uid of g.members) {
    if (!people.some((p) => p.uid === uid)) throw new Error(`group ${g.cn}: nobody is called ${uid}`);
    if (g.kind === 'posixGroup') rows.push(['memberUid', uid]);
    else rows.push([g.kind === 'groupOfNames' ? 'member' : 'uniqueMember', personDn(uid)]);
  }
  if (g.owner) rows.push(['owner', personDn(g.owner)]);
  rows.push(['entryUUID', uuidOf(`group ${g.cn}`)]);
  return entry(`cn=${g.cn},ou=groups,${BASE}`, rows);
}

/** All groups: departments, teams, communities of practice, readers. */
export function groups(people: Person[]): Group[] {
  const active = people.filter((p) => !p.former);
  const of = (keep: (p: Person) => boolean): string[] => active.filter(keep).map((p) => p.uid);
  const slug = (text: string): string => text.toLowerCase().replace(/&/g, 'and').replace(/[^a-z]+/g, '-');
  const list: Group[] = [];
  const add = (cn: string, description: string, members: string[], owner?: string, kind: Group['kind'] = 'groupOfNames'): void => {
    list.push({ cn, description, members, kind, ...(owner ? { owner } : {}) });
  };
  for (const dept of [...new Set(active.map((p) => p.dept))].filter((d) => d !== 'Board' && !d.startsWith('Legal') && d !== 'People')) {
    const members = of((p) => p.dept === dept);
    add(`dept-${slug(dept)}`, `Everybody in ${dept}`, members, members[0]);
  }
  for (const team of ['Firmware', 'Cloud platform', 'Data', 'Calibration lab', 'Technical support']) {
    const members = of((p) => p.team === team);
    add(`team-${slug(team)}`, `${team} team`, members, members[0]);
  }
  add('legal', 'Lawyers and the people who work on legal matters with them', [...of((p) => p.team === 'Legal' || p.uid === 'helene.marchetti'), 'farah.haddad'], 'helene.marchetti');
  add('people-leads', 'Those who lead people and may read pay and staffing matters', ['margareta.ohlund', 'ingrid.solheim', 'claudia.neves', 'daniel.osei', 'tomas.herrera', 'agnieszka.mazur', 'niamh.byrne', 'charles.whitfield', 'gunilla.ekstrom', 'helene.marchetti', 'kristoffer.dahl'], 'ingrid.solheim');
  add('community-champions', 'Colleagues who keep the customer forum friendly and answered', ['noor.vandijk', 'linnea.holm', 'teemu.virtanen', 'latoya.simmons', 'jan.dvorak', 'monica.reyes', 'bruno.tavares'], 'noor.vandijk');
  add('security-guild', 'Monthly meeting on threats, patches and secure coding', ['farah.haddad', 'bjorn.saether', 'camille.rousseau', 'patrick.oneill', 'amelie.durand', 'teemu.virtanen', 'beatriz.almeida', 'lucia.navarro'], 'bjorn.saether');
  add('writing-circle', 'Peer review for anybody who writes documentation', ['eleni.papadaki', 'bruno.tavares', 'max.richter', 'chloe.martin', 'wei.zhang', 'maja.jankowska'], 'eleni.papadaki');
  add('first-aiders', 'First aiders and evacuation wardens of all sites', ['birgitta.malm', 'halina.sokol', 'joao.ribeiro', 'curtis.lee', 'piotr.kaminski', 'linnea.holm'], 'birgitta.malm', 'groupOfUniqueNames');
  add('oncall-cloud', 'Unix group of those in the cloud on-call rota', ['chloe.martin', 'henrik.aalto', 'jose.ferreira', 'ifeoma.okafor', 'dmytro.kovalenko', 'tobias.grunwald'], undefined, 'posixGroup');
  return list;
}

/** The whole directory as LDIF (RFC 2849). */
export function ldif(people: Person[]): string {
  const roots = [
    entry(BASE, [['objectClass', 'top'], ['objectClass', 'domain'], ['dc', 'kestrel']]),
    entry(`ou=people,${BASE}`, [['objectClass', 'top'], ['objectClass', 'organizationalUnit'], ['ou', 'people']]),
    entry(`ou=groups,${BASE}`, [['objectClass', 'top'], ['objectClass', 'organizationalUnit'], ['ou', 'groups']]),
  ];
  const all = [...roots, ...people.map(personEntry), ...groups(people).map((g) => groupEntry(g, people))];
  return `version: 1\n\n${all.join('\n\n')}\n`;
}
