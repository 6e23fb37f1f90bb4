import { capital } from './content.ts';
import { between, DAY, isoDay, LEFT, office, since, START, TODAY } from './dates.ts';
import { agendas, attendees, meetingDay } from './conversations.ts';
import { Random } from './random.ts';
import { bystander, docRef, mention, person, threadRef, type World } from './world.ts';
import { fold } from './people.ts';
import type { Conversation, Doc, Subject } from './types.ts';

function slugOf(title: string): string {
  return title.split(/[^\p{L}\p{N}]+/u).map((w) => (/^\d+$/.test(w) ? w : w.replace(/\d+/g, (d) => `§${d}§`).split('§').map((x) => (/^\d+$/.test(x) ? x : fold(x))).join(''))).filter(Boolean).join('-').slice(0, 70).replace(/-$/, '');
}

/** A document with the common fields filled in. */
export function newDoc(world: World, kind: string, space: string, title: string, authors: string[], when: number, body: string, subject?: Subject): Doc {
  let slug = slugOf(title);
  while (world.docs.some((d) => d.space === space && d.slug === slug)) slug += '-2';
  const doc: Doc = {
    key: `${subject?.id ?? space}/${kind}`, space, slug, kind, also: [], title, authors, editors: [], mentions: [],
    tags: subject?.tags ?? [space], date: isoDay(when), outdated: false, readers: [], body, format: 'md',
    ...(subject ? { subject: subject.id } : {}),
  };
  while (world.docs.some((d) => d.key === doc.key)) doc.key += '+';
  world.docs.push(doc);
  return doc;
}

function thread(world: World, key: string): Conversation | undefined {
  return world.conversations.find((c) => c.key === key);
}

function link(c: Conversation | undefined): string {
  return c ? `[${c.title}](${threadRef(c.key)})` : '';
}

function sections(list: { heading: string; text: string }[], level = '##'): string {
  return list.map((p) => `${level} ${capital(p.heading)}\n\n${p.text}`).join('\n\n');
}

/** Makes the pages of one subject. */
function pages(world: World, s: Subject, index: number): void {
  const random = new Random(`docs ${s.id}`);
  const L = capital(s.label);
  const P = s.paras;
  const [first = s.former ?? '', second = first, third = second] = s.experts;
  const old = s.former ?? first;
  const gone = s.flags.includes('noexpert');
  const formerDay = (text: string): number => between(since(text, START, LEFT - 40 * DAY), LEFT - 40 * DAY, random);
  const day = (text: string): number => (gone ? formerDay(text) : between(since(text, s.former ? LEFT : START, TODAY - 10 * DAY), TODAY - 10 * DAY, random));
  const other = (): string => bystander(world, s, random);
  const touch = (doc: Doc, from: number): void => {
    if (!random.chance(0.5)) return;
    const to = office(from + random.int(20, 400) * DAY, random);
    doc.updated = isoDay(gone ? Math.min(to, LEFT) : to);
    if (!gone && random.chance(0.5)) doc.editors.push(random.chance(0.5) && second !== first ? second : other());
  };

  const guideText = sections(P.slice(0, 5));
  const g = s.former ? formerDay(guideText) : day(guideText);
  const guide = newDoc(world, 'guide', s.space, random.pick([`${L} guide`, `How we handle ${s.label}`, `${L} at Kestrel`, `${L}: what you need to know`]), [old], g, '', s);
  const discussion = thread(world, `${s.id}/d0`);
  guide.body = guideText;
  if (discussion && random.chance(0.6)) guide.body += `\n\n## See also\n\n- Discussion: ${link(discussion)}`;
  touch(guide, g);

  if (s.steps.length) {
    const q0 = thread(world, `${s.id}/q0`);
    const grew = index % 2 === 0 && q0 && !s.former;
    const howText = `${sections(P.slice(5, 8))} ${s.steps.join(' ')}`;
    const h = grew ? office(Math.max(q0.at + random.int(4, 20) * DAY, since(howText, START, TODAY)), random) : s.former ? formerDay(howText) : day(howText);
    const title = random.pick([`How to: ${s.label} step by step`, `Runbook: ${s.label}`, `${L} checklist`, `Working instruction: ${s.label}`]);
    const how = newDoc(world, 'howto', s.space, title, [old], h, '', s);
    const box = title.endsWith('checklist') ? '- [ ]' : '1.';
    how.body = `${sections(P.slice(5, 6))}\n\n## Steps\n\n${s.steps.map((step, i) => `${box === '1.' ? `${i + 1}.` : box} ${step}`).join('\n')}\n\n${sections(P.slice(6, 8))}`;
    if (grew) {
      how.body += `\n\n## Background\n\nThis page grew out of the thread ${link(q0)}.`;
      how.kind = 'grown';
      q0.replies.push({ by: old, body: random.pick([`I wrote this up properly: [${title}](${docRef(how.key)})`, `This comes up often, so there is a page now: [${title}](${docRef(how.key)})`]), at: office(h + DAY, random), votes: random.int(1, 4), accepted: false });
    } else how.body += `\n\nThe background is in [${guide.title}](${docRef(guide.key)}).`;
    touch(how, h);
  }

  const answered = world.conversations.filter((c) => c.subject === s.id && c.kind === 'question' && c.replies.some((r) => r.accepted));
  if (answered.length >= 3) {
    const chosen = random.shuffle(answered).slice(0, random.int(3, 4));
    const latest = Math.max(...chosen.map((c) => c.at));
    const f = gone ? Math.min(LEFT - 12 * DAY, latest + 10 * DAY) : office(latest + random.int(5, 30) * DAY, random);
    const faq = newDoc(world, 'faq', s.space, random.pick([`${L} FAQ`, `Questions about ${s.label}`, `Frequent questions: ${s.label}`]), [gone ? old : second], f, '', s);
    faq.body = chosen.map((c) => {
      const answer = c.replies.find((r) => r.accepted)?.body ?? '';
      return `## ${c.title}\n\n${answer}\n\n*From the thread ${link(c)}.*`;
    }).join('\n\n');
    touch(faq, f);
  }

  for (const [title, context, decision, consequence] of s.decisions) {
    const d = day([title, context, decision, consequence].join(' '));
    const doc = newDoc(world, 'decision', s.space, `Decision: ${title}`, [gone ? old : first], d, '', s);
    if (!gone && random.chance(0.5)) { if (second !== first) doc.authors.push(second); else doc.editors.push(other()); }
    const number = String(new Random(doc.slug).int(11, 240)).padStart(3, '0');
    doc.body = `Decision record ${number}, ${random.pick(['accepted', 'accepted', 'accepted, to be reviewed in a year'])}.\n\n## Context\n\n${context}\n\n## Decision\n\n${decision}\n\n## Consequences\n\n${consequence}`;
    if (discussion && random.chance(0.4)) doc.body += `\n\nThe discussion before it: ${link(discussion)}.`;
  }

  for (const [title, happened, cause, follow] of s.reports) {
    const d = day([title, happened, cause, follow].join(' '));
    const doc = newDoc(world, 'report', s.space, random.pick(['Review: ', 'What we learned: ', 'Report: ']) + title, [gone ? old : third], d, '', s);
    if (!gone) {
      doc.mentions = [first];
      if (random.chance(0.4)) doc.editors.push(other());
    }
    doc.body = `## What happened\n\n${happened}\n\n## Why\n\n${cause}\n\n## What we changed\n\n${follow}`;
    if (!gone && random.chance(0.4)) doc.body += `\n\nQuestions to @${mention(world, first)}.`;
  }

  if (!gone && P.length >= 7) {
    // Written by a newcomer with an expert as editor: an author with little else on the subject.
    const chosen = [P[1], P[6], P[3]].filter((p) => p !== undefined);
    const d = day(sections(chosen));
    const by = index % 3 === 0 ? first : other();
    const quick = newDoc(world, 'quick', s.space, random.pick([`${L} in five minutes`, `Quick reference: ${s.label}`, `${L}: notes for newcomers`, `${L} cheat sheet`]), [by], d, '', s);
    if (by !== first) quick.editors.push(first);
    quick.body = `${chosen.map((p) => `**${capital(p.heading)}.** ${p.text}`).join('\n\n')}\n\nMore: [${guide.title}](${docRef(guide.key)})`;
    if (random.chance(0.5)) { quick.mentions = [first]; quick.body += `, or ask @${mention(world, first)}.`; } else quick.body += '.';
    if (s.related[0] && random.chance(0.7)) {
      quick.body += `\n\nRelated: {{g:${s.related[0]}}}`;
    }
  }

  for (const [title, ...texts] of s.outdated) {
    const d = between(START, START + 300 * DAY, random);
    const doc = newDoc(world, 'outdated', s.space, title as string, [old], d, '', s);
    doc.outdated = true;
    doc.body = `> This page is outdated. The current page is [${guide.title}](${docRef(guide.key)}).\n\n${texts.join('\n\n')}`;
    if (guide.date <= doc.date) { guide.date = isoDay(office(d + 200 * DAY, random)); if (guide.updated && guide.updated < guide.date) delete guide.updated; }
  }
}

/** Minutes that live in the document store. */
function minutes(world: World): void {
  const titles: Record<string, string> = { cloud: 'Platform review', firmware: 'Firmware planning', manufacturing: 'Quality circle', support: 'Support offsite', people: 'People forum', it: 'Site committee', sales: 'Commercial review', finance: 'Budget round', legal: 'Compliance committee' };
  for (const space of Object.keys(titles)) {
    const random = new Random(`minutes ${space}`);
    agendas(world, space, 1, 4, 'minutes').slice(0, 3).forEach((items, index) => {
      const when = meetingDay(random, items);
      const present = attendees(world, items, random);
      const writer = bystander(world, (items[0] as (typeof items)[0]).subject, random);
      const doc = newDoc(world, `minutes${index}`, space, `${titles[space]} ${isoDay(when).slice(0, 7)}`, [writer], when,
        `Present: ${present.map((uid) => person(world, uid).cn).join(', ')}\n\n${items.map((i, n) => `${items[n - 1]?.subject === i.subject ? '' : `## ${capital(i.subject.label)}\n\n`}${i.note}`).join('\n\n')}\n\nNext meeting in four weeks.`);
      doc.also = items.map((i) => i.subject.id);
      doc.mentions = present.slice(0, 3);
      doc.tags = ['minutes', space];
    });
  }
}

/** Makes all public documents; needs the threads. */
export function buildDocuments(world: World): void {
  const withDocs = world.subjects.filter((s) => !s.flags.includes('nodoc'));
  withDocs.forEach((s, i) => pages(world, s, i));
  minutes(world);
  // References to another subject's guide can only be resolved now.
  for (const doc of world.docs) {
    doc.body = doc.body.replace(/\n\nRelated: \{\{g:([^}]+)\}\}/g, (_all, id: string) => {
      const target = world.docs.find((d) => d.subject === id && d.kind === 'guide');
      return target ? `\n\nRelated: [${target.title}](${docRef(target.key)})` : '';
    });
  }
  // A few pages were never moved to Markdown.
  const quick = world.docs.filter((d) => d.kind === 'quick' && d.mentions.length === 0);
  quick.filter((_d, i) => i % 4 === 1).slice(0, 3).forEach((d) => { d.format = 'txt'; d.kind = 'plain'; });
  world.docs.filter((d) => d.kind === 'report').filter((_d, i) => i % 7 === 3).slice(0, 4).forEach((d) => { d.format = 'html'; });
}
