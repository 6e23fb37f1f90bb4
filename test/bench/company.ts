import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many people the generated company has. */
const PEOPLE = 500;

/** Different words there are; how often they come follows Zipf's law. */
const VOCABULARY = 40_000;

/** Topics asked about: three words each, none of them rare, so that what they match grows with the collection. */
const TOPICS = 60;

/** A generator of numbers in [0, 1): Mulberry32, the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Writes a company of `size` documents and as many conversations, in the embedded formats.
 * @returns the topics to ask about.
 */
export function writeCompany(dir: string, size: number): string[] {
  const random = randomOf(7);
  const word = zipfWords(random);
  const text = (words: number) => Array.from({ length: words }, word).join(' ');
  const person = () => `p${Math.floor(random() * PEOPLE)}`;
  const date = () => new Date(1_600_000_000_000 + Math.floor(random() * 180_000_000) * 1_000).toISOString();
  const people = Array.from({ length: PEOPLE }, (_, i) =>
    [
      `dn: uid=p${i},ou=people,dc=example`,
      'objectClass: inetOrgPerson',
      `uid: p${i}`,
      `cn: Person ${i}`,
      `sn: ${i}`,
      `mail: p${i}@example.com`,
      `description: ${text(12)}`,
    ].join('\n'),
  );
  writeFileSync(join(dir, 'people.ldif'), `version: 1\n\n${people.join('\n\n')}\n`);

  for (let i = 0; i < size; i++) {
    const folder = join(dir, 'documents', `space-${i % 20}`, `part-${Math.floor(i / 20) % 100}`);
    if (i < 2_000) mkdirSync(folder, { recursive: true });
    const readers = i % 10 === 0 ? '\nreaders: ["group:board"]' : '';
    const head = `---\ntitle: "${text(6)}"\nauthors: ["${person()}"]\ntags: ["${word()}"]\ndate: "${date()}"${readers}\n---\n`;
    writeFileSync(join(folder, `document-${i}.md`), `${head}${text(80 + Math.floor(random() * 160))}\n`);
  }

  const lines: string[] = [];
  for (let i = 0; i < size; i++) {
    const replies = Array.from({ length: Math.floor(random() * 5) }, (_, place) => ({
      id: `${i}-${place}`,
      author: person(),
      body: text(20 + Math.floor(random() * 40)),
      createdAt: date(),
      votes: Math.floor(random() * 4),
      accepted: place === 1,
    }));
    const title = text(6);
    lines.push(
      JSON.stringify({
        id: `c${i}`,
        title,
        body: text(40),
        author: person(),
        category: 'general',
        createdAt: date(),
        isQuestion: true,
        replies,
      }),
    );
  }
  writeFileSync(join(dir, 'conversations.ndjson'), `${lines.join('\n')}\n`);

  const rank = () => 150 + Math.floor(random() ** 2 * 4_000);
  return Array.from({ length: TOPICS }, () => [rank(), rank(), rank()].map(spelled).join(' '));
}

function zipfWords(random: () => number): () => string {
  const cumulated = new Float64Array(VOCABULARY);
  let sum = 0;
  for (let i = 0; i < VOCABULARY; i++) cumulated[i] = sum += 1 / (i + 8);
  return () => {
    const at = random() * sum;
    let low = 0;
    let high = VOCABULARY - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return spelled(low);
  };
}

/** A word for a number: no two numbers have the same, and no ending that a stemmer takes off. */
function spelled(rank: number): string {
  const syllables = ['ba', 'ko', 'ti', 'ru', 'me', 'za', 'lo', 'pi', 'na', 'du', 'fe', 'go', 'hi', 'ja', 'vu', 'xo'];
  let rest = rank;
  let text = '';
  for (let i = 0; i < 4; i++) {
    text += syllables[rest % 16] ?? '';
    rest = Math.floor(rest / 16);
  }
  return `${text}k`;
}
