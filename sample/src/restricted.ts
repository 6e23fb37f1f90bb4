import { contentFile, parts } from './content.ts';
import { blank } from './conversations.ts';
import { after, between, DAY, since, START, TODAY } from './dates.ts';
import { newDoc } from './documents.ts';
import { Random } from './random.ts';
import type { World } from './world.ts';

/** Space and category that only some may read. */
export const RESTRICTED_SPACE = 'legal-matters';
export const RESTRICTED_CATEGORY = 'people-leads';

/** Adds the documents of legal-matters and the conversations of people-leads. */
export function buildRestricted(world: World): void {
  const random = new Random('restricted');
  let last = 0;
  let n = 0;
  for (const line of contentFile('restricted.txt').split('\n').filter((l) => l.trim())) {
    const [kind = '', ...rest] = line.split(' ');
    const p = parts(rest.join(' '));
    if (kind === 'DOC') {
      const [author = '', title = '', tags = '', ...texts] = p;
      const doc = newDoc(world, `restricted${n++}`, RESTRICTED_SPACE, title, author.split(', '), between(since(texts.join(' '), START + 400 * DAY, TODAY - 20 * DAY), TODAY - 20 * DAY, random), texts.join('\n\n'));
      doc.tags = tags.split(', ');
      doc.readers = ['group:legal'];
    } else if (kind === 'CONV') {
      const [author = '', title = '', body = '', tags = ''] = p;
      const c = blank(`restricted/${n++}`, undefined, RESTRICTED_CATEGORY, { title, body, replies: [] }, author, between(since(body, START + 300 * DAY, TODAY - 10 * DAY), TODAY - 10 * DAY, random));
      c.kind = 'restricted';
      c.readers = ['group:people-leads'];
      c.tags = tags.split(', ');
      c.question = title.endsWith('?');
      c.votes = random.votes(2);
      world.conversations.push(c);
      last = c.at;
    } else {
      const [by = '', body = ''] = p;
      last = after(last, random);
      world.conversations.at(-1)?.replies.push({ by, body, at: last, votes: random.votes(1.5), accepted: kind === 'A' });
    }
  }
}
