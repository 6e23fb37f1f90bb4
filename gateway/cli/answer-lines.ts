import { styleText } from 'node:util';
import type { TopicAnswer } from './answer.ts';
import { plural, printable, printWidth, wrap, wrapRuns, type Run } from './text.ts';

type Edge<Part extends 'people' | 'content' | 'conversations'> = NonNullable<TopicAnswer[Part]>['edges'][number];
type Excerpt = Edge<'content'>['excerpt'];

const AREAS: Readonly<Record<string, string>> = { DIRECTORY: 'entry', DOCUMENTS: 'document', FORUM: 'conversation' };
const CHANNELS: Readonly<Record<string, string>> = { FORUM: 'forum', EMAIL: 'mail', CHAT: 'chat', MEETING: 'meeting' };
const MISSING: Readonly<Record<string, string>> = {
  STALE: 'the last sync failed; what earlier ones stored is shown',
  PARTIAL: 'not all of it is there yet',
  UNAVAILABLE: 'it did not answer, or was never synced (atrium sync)',
  FORBIDDEN: 'you may not use it',
};

/** An answer for reading, at most 100 columns wide. */
export function answerLines(topic: TopicAnswer): string[] {
  return [
    ...list('Also searched: ', topic.synonyms),
    ...section('People', topic.people?.edges, personLines),
    ...section('Content', topic.content?.edges, documentLines),
    ...section('Conversations', topic.conversations?.edges, conversationLines),
    ...list('Related: ', topic.related?.map(({ name }) => name) ?? []),
    ...coverageLines(topic),
  ];
}

function list(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [...wrap(printable(`${title}${names.join(', ')}`), printWidth()), ''];
}

function section<Item>(title: string, items: readonly Item[] | undefined, linesOf: (item: Item) => string[]): string[] {
  if (!items) return [styleText('bold', title), '  not available', ''];
  if (items.length === 0) return [styleText('bold', title), '  none found', ''];
  return [styleText('bold', title), ...items.flatMap(linesOf), ''];
}

function personLines({ node, confidence, reasons }: Edge<'people'>): string[] {
  const about = [node.title, node.department, node.mail].filter((part) => part).join(', ');
  const who = [{ text: printable(node.name), isMarked: true }, { text: printable(about === '' ? '' : ` — ${about}`) }];
  return [
    ...paragraph(who, '  '),
    ...reasons
      .filter(({ share }) => share >= 0.01)
      .flatMap(({ area, share, hits, evidence }) => {
        const best = evidence.find((each) => each?.title !== undefined)?.title;
        const noun = AREAS[area] ?? 'item';
        const from = area === 'DIRECTORY' ? 'their own profile' : plural(hits, noun);
        const text = `${Math.round(share * 100)} % from ${from}${best === undefined ? '' : `, best: ${best}`}`;
        return paragraph([{ text: printable(text) }], '    ');
      }),
    ...(confidence === 'LOW' ? ['    little speaks for it'] : []),
  ];
}

function documentLines({ node, excerpt }: Edge<'content'>): string[] {
  return itemLines(node, [node.space, node.author?.name, day(node.updatedAt)], excerpt);
}

function conversationLines({ node, excerpt }: Edge<'conversations'>): string[] {
  const state = node.isQuestion ? (node.answered ? 'answered' : 'not answered yet') : undefined;
  const channel = CHANNELS[node.channel] ?? node.channel.toLowerCase();
  return itemLines(node, [channel, node.author?.name, day(node.lastActivityAt), state], excerpt);
}

function itemLines(
  { title, url }: { readonly title: string; readonly url?: string | null | undefined },
  details: readonly (string | null | undefined)[],
  excerpt: Excerpt,
): string[] {
  const about = details.filter((part) => part).join(', ');
  return [
    ...paragraph([{ text: printable(title), isMarked: true }, { text: printable(about && ` — ${about}`) }], '  '),
    ...(excerpt && excerpt.text.trim() !== '' ? paragraph(runsOf(excerpt), '    ') : []),
    ...(url ? [`    ${styleText('cyan', printable(url))}`] : []),
  ];
}

/** The excerpt's text, cut where its marks begin and end. */
function runsOf({ text, marks }: NonNullable<Excerpt>): Run[] {
  const safe = printable(text);
  const runs: Run[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    if (start < at || end > safe.length || end <= start) continue;
    runs.push({ text: safe.slice(at, start) }, { text: safe.slice(start, end), isMarked: true });
    at = end;
  }
  return [...runs, { text: safe.slice(at) }];
}

function paragraph(runs: readonly Run[], indent: string): string[] {
  return wrapRuns(runs, printWidth() - indent.length).map(
    (line) => indent + line.map(({ text, isMarked }) => (isMarked ? styleText('bold', text) : text)).join(''),
  );
}

function coverageLines({ coverage }: TopicAnswer): string[] {
  if (!coverage) return ['What this rests on is not known: the directory did not answer.'];
  return coverage
    .filter(({ status }) => status !== 'COMPLETE')
    .flatMap(({ area, source, status, asOf }) => {
      const what = source ?? `all of ${area.toLowerCase()}`;
      const since = status === 'STALE' && asOf ? ` (as of ${asOf.slice(0, 16).replace('T', ' ')} UTC)` : '';
      return wrap(printable(`${what}: ${MISSING[status] ?? status}${since}`), printWidth()).map((line) =>
        styleText('yellow', line),
      );
    });
}

function day(at: string | null | undefined): string | undefined {
  return at?.slice(0, 10);
}
