import { createHash } from 'node:crypto';
import { after, between, DAY, LEFT, since, START, TODAY } from './dates.ts';
import { Random } from './random.ts';
import { bystander, person, type World } from './world.ts';
import type { Mail, Person } from './types.ts';

const ENGINEERING = new Set(['cloud', 'engineering', 'firmware']);
const LISTS = {
  announce: { id: 'Kestrel announcements <announce.lists.kestrel.example>', to: 'announce@lists.kestrel.example', tag: '[announce]' },
  engineering: { id: 'Engineering <engineering.lists.kestrel.example>', to: 'engineering@lists.kestrel.example', tag: '[eng]' },
};

/** All mail threads: an opening by an expert or a colleague, replies that quote it. */
export function buildMails(world: World): void {
  for (const s of world.subjects) {
    const random = new Random(`mail ${s.id}`);
    s.mails.forEach((thread, i) => {
      const list = ENGINEERING.has(s.space) ? 'engineering' : 'announce';
      const expert = s.experts[i % Math.max(1, s.experts.length)];
      // Announcements speak for those who do the work, so an expert writes them.
      const by = expert ?? bystander(world, s, random);
      const text = [thread.title, thread.body, ...thread.replies].join(' ');
      let at = between(since(text, s.former ? LEFT : START, TODAY - 3 * DAY), TODAY - 3 * DAY, random);
      const id = `${s.id}-${i}`;
      const opening: Mail = { list, thread: id, index: 0, by, subject: thread.title, body: thread.body, at, subjectId: s.id };
      world.mails.push(opening);
      thread.replies.forEach((text, n) => {
        const from = n === 1 ? by : bystander(world, s, random, [by]);
        at = after(at, random, 40);
        world.mails.push({ list, thread: id, index: n + 1, by: from, subject: `Re: ${thread.title}`, body: text, at, quoted: opening, subjectId: s.id });
      });
    });
  }
  world.mails.sort((a, b) => a.at - b.at || (a.thread < b.thread ? -1 : 1));
}

const ascii = (text: string): boolean => /^[\x09\x0a\x0d\x20-\x7e]*$/.test(text);

function quotedPrintable(text: string, charset: 'utf8' | 'latin1'): string {
  return text.split('\n').map((line) => {
    const bytes = Buffer.from(line, charset);
    let row = '';
    let out = '';
    bytes.forEach((byte, i) => {
      const end = i === bytes.length - 1;
      const plain = (byte >= 33 && byte <= 126 && byte !== 61) || (byte === 32 && !end);
      const piece = plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      if (row.length + piece.length > 75) { out += `${row}=\n`; row = ''; }
      row += piece;
    });
    return out + row;
  }).join('\n');
}

function word(text: string): string {
  if (ascii(text)) return /[^A-Za-z0-9 ]/.test(text) ? `"${text}"` : text;
  const encoded = [...Buffer.from(text, 'utf8')].map((b) => (b === 32 ? '_' : (b >= 48 && b <= 57) || (b >= 65 && b <= 90) || (b >= 97 && b <= 122) ? String.fromCharCode(b) : `=${b.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
  return `=?UTF-8?Q?${encoded}?=`;
}

function subjectLine(text: string): string {
  return ascii(text) ? text : `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

function date(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

function messageId(m: { thread: string; index: number }): string {
  return `<${createHash('sha1').update(`${m.thread}/${m.index}`).digest('hex').slice(0, 16)}.${m.index}@mail.kestrel.example>`;
}

function wrap(text: string): string {
  return text.split('\n').map((line) => {
    if (/^\s/.test(line)) return line;
    let row = '';
    const rows: string[] = [];
    for (const w of line.split(' ')) {
      if (row && row.length + w.length > 71) { rows.push(row); row = ''; }
      row += row ? ` ${w}` : w;
    }
    return [...rows, row].join('\n');
  }).join('\n');
}

/** A name that keeps the same text in ISO-8859-1. */
const isLatin1 = (text: string): boolean => /^[\x00-\xff]*$/.test(text);

function bodyText(world: World, m: Mail, p: Person): string {
  const quote = m.quoted
    ? `On ${date(m.quoted.at).slice(0, 16)}, ${person(world, m.quoted.by).cn} wrote:\n${wrap(m.quoted.body).split('\n').slice(0, 6).map((l) => `> ${l}`).join('\n')}\n\n`
    : '';
  return `${quote}${wrap(m.body)}\n\n-- \n${p.cn}\n${p.title}, Kestrel Instruments\n${p.phone}\n`;
}

function html(text: string): string {
  return `<html><body>${text.split('\n\n').map((p) => `<p>${p.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\n/g, '<br>')}</p>`).join('\n')}</body></html>\n`;
}

/** Renders one list as an mboxrd file. */
export function mbox(world: World, list: 'announce' | 'engineering'): string {
  const info = LISTS[list];
  const mails = world.mails.filter((m) => m.list === list);
  let latin = false;
  let base64 = false;
  return mails.map((m, i) => {
    const p = person(world, m.by);
    const from = p.mails.at(i % 3 === 0 ? -1 : 0) as string;
    const subject = m.index ? m.subject.replace(/^Re: /, `Re: ${info.tag} `) : `${info.tag} ${m.subject}`;
    const head = [`From: ${word(p.cn)} <${from}>`, `To: ${info.to}`, `List-Id: ${info.id}`, `Subject: ${subjectLine(subject)}`, `Date: ${date(m.at)}`, `Message-ID: ${messageId(m)}`];
    if (m.index) {
      const parents = Array.from({ length: m.index }, (_v, n) => messageId({ thread: m.thread, index: n }));
      head.push(`In-Reply-To: ${parents[0]}`, `References: ${parents.join('\n ')}`);
    }
    head.push('MIME-Version: 1.0');
    const text = bodyText(world, m, p);
    let body: string;
    if (!latin && !ascii(text) && isLatin1(text) && i > 4) {
      latin = true;
      head.push('Content-Type: text/plain; charset=ISO-8859-1', 'Content-Transfer-Encoding: quoted-printable');
      body = quotedPrintable(text, 'latin1');
    } else if (!base64 && !ascii(text) && i > 8) {
      base64 = true;
      head.push('Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: base64');
      body = (Buffer.from(text, 'utf8').toString('base64').match(/.{1,76}/g) ?? []).join('\n') + '\n';
    } else if (i % 17 === 6) {
      const boundary = `=_kestrel_${messageId(m).slice(1, 9)}`;
      head.push(`Content-Type: multipart/alternative; boundary="${boundary}"`);
      const qp = 'Content-Transfer-Encoding: quoted-printable';
      body = `This is a multi-part message in MIME format.\n\n--${boundary}\nContent-Type: text/plain; charset=UTF-8\n${qp}\n\n${quotedPrintable(text, 'utf8')}\n--${boundary}\nContent-Type: text/html; charset=UTF-8\n${qp}\n\n${quotedPrintable(html(text), 'utf8')}\n--${boundary}--\n`;
    } else if (ascii(text)) {
      head.push('Content-Type: text/plain; charset=US-ASCII');
      body = text;
    } else {
      head.push('Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: quoted-printable');
      body = quotedPrintable(text, 'utf8');
    }
    const escaped = body.replace(/^(>*From )/gm, '>$1');
    const stamp = new Date(m.at).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, (_a, w: string, d: string, mo: string, y: string, t: string) => `${w} ${mo} ${d.replace(/^0/, ' ')} ${t} ${y}`);
    return `From ${from} ${stamp}\n${head.join('\n')}\n\n${escaped}${escaped.endsWith('\n') ? '' : '\n'}\n`;
  }).join('');
}
