import { Random, uuidOf } from './random.ts';
import { capital, contentFile } from './content.ts';
import type { Person, Subject } from './types.ts';

/** The loud colleague and the one who only asks. */
export const GENERALIST = 'marcus.hill';
export const ASKER = 'tyler.brooks';

/** Forum accounts that belong to nobody in the directory. */
export const UNLINKED = ['Jonas Weber', 'Mei Tanaka', 'skywatcher77', 'harbour_ops', 'meteoklub-brno'];

const HANDLES: Record<string, string> = {
  'amelie.durand': 'amelie_d', 'lukasz.wisniewski': 'lukas-fw', 'zoe.petridou': 'zoe_p', 'soren.kjaer': 'radio_soren',
  'hoa.nguyen': 'hoa-lowpower', 'katarzyna.wojcik': 'kasia', 'olafur.jonsson': 'oli_cal', 'noor.vandijk': 'noor',
  'joao.ribeiro': 'jribeiro', 'shreya.iyer': 'shreya-it', 'emeka.nwosu': 'emeka_support', 'viktor.lindqvist': 'vik_rf',
};
const BY_MAIL = new Set(['nikolai.ivanov', 'carla.rossi', 'ana.pinto', 'anna.nowak2', 'delphine.garnier', 'stefan.muller']);
const SECOND_MAIL: Record<string, string> = {
  'jose.ferreira': 'sre-jose@kestrel.example', 'bjorn.saether': 'bjorn@kestrel.example', 'hugo.lefevre': 'hugo@kestrel.example',
  'eleni.papadaki': 'knowledge@kestrel.example', 'pawel.gorski': 'repair@kestrel.example', 'elif.yildiz': 'elif@kestrel.example',
};

const SKILLS: Record<string, string[]> = {
  Firmware: ['C', 'Zephyr RTOS', 'embedded Linux', 'hardware bring-up', 'JTAG debugging', 'unit testing', 'Python'],
  'Cloud platform': ['Terraform', 'Linux', 'Go', 'AWS', 'Ansible', 'Prometheus', 'Helm'],
  Data: ['Python', 'SQL', 'dbt', 'statistics', 'Airflow', 'pandas'],
  Security: ['threat modelling', 'incident response', 'PKI', 'penetration testing', 'OAuth 2.0'],
  Applications: ['TypeScript', 'React', 'Node.js', 'accessibility', 'REST APIs', 'Playwright'],
  Production: ['lean manufacturing', 'SMT', 'line balancing', 'forklift licence', '5S', 'soldering IPC-A-610'],
  Quality: ['root cause analysis', 'FMEA', 'statistical process control', '8D reports'],
  'Calibration lab': ['metrology', 'measurement uncertainty', 'ISO/IEC 17025', 'LabVIEW'],
  Purchasing: ['negotiation', 'SAP MM', 'incoterms', 'supplier audits'],
  'Technical support': ['Zendesk', 'troubleshooting', 'Modbus', 'customer training', 'SQL'],
  'Returns and repair': ['board-level repair', 'logistics', 'Zendesk', 'soldering IPC-A-610'],
  'Knowledge and community': ['technical writing', 'moderation', 'plain language', 'Markdown'],
  Sales: ['Salesforce', 'tendering', 'negotiation', 'product demos'],
  Marketing: ['copywriting', 'InDesign', 'web analytics', 'event budgets'],
  Accounting: ['IFRS', 'SAP FI', 'VAT', 'month-end closing'],
  Controlling: ['forecasting', 'Power BI', 'cost accounting', 'Excel'],
  'People partners': ['labour law', 'coaching', 'mediation', 'Workday'],
  Recruiting: ['sourcing', 'interview training', 'employer branding', 'Greenhouse'],
  Legal: ['contract drafting', 'IP law', 'privacy law', 'negotiation'],
  Compliance: ['CE marking', 'risk assessment', 'internal audits', 'training design'],
  IT: ['Intune', 'Active Directory', 'Windows', 'macOS', 'networking'],
  Facilities: ['vendor management', 'occupational safety', 'first aid', 'space planning'],
  Management: ['strategy', 'budgeting', 'coaching'],
};
const INTERESTS = ['bird watching', 'sourdough', 'amateur radio', 'cross-country skiing', 'board games', 'allotment gardening', 'choir',
  'bouldering', 'trail running', 'weather stations at home', 'chess', 'cycling to work', 'open data', 'photography', 'jazz piano',
  'sailing', 'repair cafés', 'sea swimming', 'knitting', 'model railways', 'citizen science', 'volleyball'];
const BEFORE = ['a hydrology institute', 'a Swedish telecoms supplier', 'the regional weather service', 'a maker of water meters',
  'a hospital group', 'a logistics company', 'an automotive supplier', 'a start-up for greenhouse control', 'a public broadcaster',
  'a consultancy', 'a wind-farm operator', 'the university of Porto', 'a medical device maker', 'a bank'];
const CITIES_PHONE: Record<string, string> = { Gothenburg: '+46 31 555', Lyon: '+33 4 5550', Kraków: '+48 12 555', Porto: '+351 22 555', Austin: '+1 512 555' };

/** Folds a name to the ASCII of a uid. */
export function fold(text: string): string {
  const special: Record<string, string> = { ł: 'l', ø: 'o', æ: 'ae', ı: 'i', đ: 'd', ß: 'ss' };
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/[łøæıđß]/g, (c) => special[c] ?? c).replace(/[^a-z]/g, '');
}

function describe(p: Person, subjects: Subject[], random: Random): string {
  const mine = subjects.filter((s) => s.experts.includes(p.uid)).map((s) => s.label);
  const before = random.pick(BEFORE);
  const year = random.int(2013, 2024);
  if (p.uid === GENERALIST) return `${p.title} for North America. Happy to chat about anything.`;
  if (mine.length) {
    return random.pick([
      `${p.title} in ${p.city}; the person to ask about ${mine.join(' and ')}. Came from ${before} in ${year}.`,
      `Looks after ${mine.join(' and ')}. Joined in ${year} after some years at ${before}.`,
      `Works on ${mine.join(' and ')} with the ${p.team} team.`,
    ]);
  }
  return random.pick([
    `${p.title} in the ${p.team} team since ${year}, before that at ${before}.`,
    `Joined ${p.city} in ${year} from ${before}. Works part of the week from home.`,
    `${p.title}; ${p.skills[0] ?? 'planning'} and ${p.skills[1] ?? 'coaching'} are the daily work.`,
    `Started in ${p.dept} in ${year}. Also a first aider for the ${p.city} office.`,
  ]);
}

/** Reads the roster and completes it to directory entries. */
export function readPeople(subjects: Subject[]): Person[] {
  const people: Person[] = [];
  let dept = '';
  let team = '';
  let ceo = '';
  let head = '';
  let lead = '';
  for (const line of contentFile('people.txt').split('\n')) {
    if (!line.trim()) continue;
    if (line.startsWith('## ')) { team = line.slice(3); lead = ''; continue; }
    if (line.startsWith('# ')) { dept = line.slice(2); team = 'Management'; lead = ''; continue; }
    const isHead = line.startsWith('! ');
    const [cn = '', title = '', city = '', uidGiven, deptGiven, teamGiven] = line.replace('! ', '').split(' | ').map((v) => v.trim());
    const former = dept === 'Former';
    const vietnamese = cn.startsWith('Nguyễn');
    const words = cn.split(' ');
    const given = vietnamese ? 'Thị Hoa' : cn.startsWith('Fatima') ? 'Fatima' : words[0] as string;
    const sn = vietnamese ? 'Nguyễn' : words.slice(given.split(' ').length).join(' ');
    const uid = uidGiven ?? `${fold(given)}.${fold(sn)}`;
    if (isHead && !ceo) ceo = uid;
    const manager = former ? undefined : isHead ? (uid === ceo ? undefined : ceo) : lead || head;
    if (isHead) head = uid;
    else if (!lead) lead = uid;
    const random = new Random(`person ${uid}`);
    const mail = `${uid}@kestrel.example`;
    const second = SECOND_MAIL[uid];
    const account = HANDLES[uid];
    const realTeam = teamGiven ?? team;
    const person: Person = {
      uid, given, sn, cn, title, dept: deptGiven ?? dept, team: realTeam, city,
      mails: second ? [mail, second] : [mail],
      handle: account ?? (BY_MAIL.has(uid) ? mail : uid),
      skills: random.shuffle(SKILLS[realTeam] ?? []).slice(0, random.int(2, 4)),
      interests: random.shuffle(INTERESTS).slice(0, random.int(0, 3)),
      phone: `${CITIES_PHONE[city] ?? '+46 31 555'} ${random.int(1000, 9999)}`,
      number: 1001 + people.length * 3, uuid: uuidOf(uid), former, weight: 0,
    };
    if (account) person.account = account;
    if (manager && manager !== uid) person.manager = manager;
    // Skills name some, not all, of what somebody is good at: the rest must show from what they wrote.
    for (const s of subjects) if (s.experts.includes(uid) && random.chance(0.6)) person.skills.unshift(s.label);
    if (random.chance(0.68) || uid === GENERALIST) person.description = describe(person, subjects, random);
    if (uid === GENERALIST || uid === ASKER) person.skills = uid === ASKER ? ['Zendesk', 'customer training'] : ['Salesforce', 'product demos'];
    people.push(person);
  }
  new Random('activity').shuffle(people).forEach((p, rank) => { p.weight = 1 / Math.pow(rank + 4, 0.85); });
  return people;
}

/** The label of a subject as a heading. */
export function heading(subject: Subject): string {
  return capital(subject.label);
}
