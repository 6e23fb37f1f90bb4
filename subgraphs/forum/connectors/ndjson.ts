import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Reader } from '../../kit/content/item.ts';
import { defineConnector, type Call, type Connector, type ConnectorDeps, type Known } from '../../kit/connector.ts';
import { Readers } from '../../kit/options.ts';
import { toAccount, toAccounts } from '../../kit/text/accounts.ts';
import { toIso } from '../../kit/text/dates.ts';
import { fingerprint, linesOf, type FoundFile } from '../../kit/text/files.ts';
import { readMarkdown } from '../../kit/text/markdown.ts';
import { cleanLine, webAddress } from '../../kit/text/plain.ts';
import { fileConnector, settingsOf, type FileReader, type Step } from '../../kit/text/runs.ts';
import type { ConversationItem, ReplyItem } from '../connector.ts';
import { ConversationLine } from './ndjson/line.ts';

const Options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'The NDJSON file, or a folder of `*.ndjson` files. The format: `ndjson.schema.json` beside this connector.',
    ),
  readers: Readers.default(['everyone']).describe('Who may read conversations that do not say so themselves.'),
  maxLineBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(16 * 1024 ** 2)
    .describe('Longer lines are left out, with a problem.'),
});
type NdjsonOptions = z.output<typeof Options>;

/**
 * Threads, chats and minutes of any tool that can write JSON: one conversation a line.
 *
 * - A conversation is known by its `id`; a second one of the same id is left out. A line that is gone is deleted.
 * - When a file changes it is read from its beginning, line by line; only lines that differ are handed over.
 * - A line without `readers` has those of the option; one with a reader that is none is left out, and so is whatever
 *   does not fit the schema, with a problem.
 * - Texts are Markdown. UTF-8 only. Replies are put in the order of their dates if all have one, else left as they are.
 * - Conversations without a `category` have the name of their file.
 */
export const ndjson = defineConnector<ConversationItem, typeof Options>({
  name: 'ndjson',
  summary: 'Conversations from NDJSON, one a line, for any tool whose export a small script can turn into it.',
  options: Options,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const files = { path: options.path, extensions: ['.ndjson', '.jsonl'] };
    const reader: Omit<FileReader<ConversationItem>, 'find'> = {
      settings: settingsOf(options, 1),
      noun: 'conversations',
      read: (found, from, known, call) => read(found, options, from, known, call, deps),
    };
    return fileConnector(files, reader, deps);
  },
});

async function* read(
  files: readonly FoundFile[],
  options: NdjsonOptions,
  from: number,
  known: Known,
  call: Call,
  deps: ConnectorDeps,
): AsyncGenerator<Step<ConversationItem>> {
  const settings = settingsOf(options, 1);
  const seen = new Set<string>();
  let base = 0;
  for (const file of files) {
    const category = file.name.replace(/\.[^.]+$/, '');
    for await (const lines of linesOf(file, options.maxLineBytes, deps.source, call)) {
      for (const line of lines) {
        const at = base + line.start;
        const place = `${file.name}:${line.number}`;
        if (line.tooLong) {
          yield {
            at,
            problem: { place, reason: `longer than maxLineBytes (${options.maxLineBytes}); the line is left out` },
          };
          continue;
        }
        if (line.bytes.length === 0) continue;
        const value = parseLine(line.bytes);
        if (typeof value === 'string') {
          if (value !== '') yield { at, problem: { place, reason: value } };
          continue;
        }
        const key = keyOf(value.json);
        if (key !== undefined && seen.has(key)) {
          yield { at, problem: { place, reason: `a second conversation with the id ${key}; this line is left out` } };
          continue;
        }
        // Handed over before the run was ended: only its id still matters.
        if (at < from) {
          if (key !== undefined && ConversationLine.safeParse(value.json).success) seen.add(key);
          continue;
        }
        const version = fingerprint(settings, line.bytes);
        if (key !== undefined && known(key) === version) {
          seen.add(key);
          yield { at, unchanged: key };
          continue;
        }
        const parsed = ConversationLine.safeParse(value.json);
        if (!parsed.success || key === undefined) {
          yield {
            at,
            problem: {
              place,
              reason: `${parsed.success ? 'the id is empty' : describe(parsed.error)}; the line is left out`,
            },
          };
          continue;
        }
        seen.add(key);
        const reasons: string[] = [];
        const item = toItem(key, version, parsed.data, category, options.readers as Reader[], reasons);
        for (const reason of reasons) yield { at, problem: { place, reason, item: key } };
        yield { at, item };
      }
    }
    base += file.size;
  }
}

/** The value of a line, '' for a blank one, or what is wrong with it. */
function parseLine(bytes: Buffer): { json: unknown } | string {
  if (!isUtf8(bytes)) return 'not UTF-8; the line is left out';
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return '';
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    // V8's message quotes the text, which may be confidential and long.
    return `not JSON${/position \d+/.exec(String(error))?.[0].replace(/^/, ' at ') ?? ''}; the line is left out`;
  }
}

function keyOf(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'id')) return undefined;
  const { id } = json as { id: unknown };
  const key = typeof id === 'string' || typeof id === 'number' ? cleanLine(String(id)) : '';
  return key === '' ? undefined : key;
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0];
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return `${path === '' ? 'the line' : `\`${path}\``}: ${issue?.message ?? 'does not fit the schema'}`;
}

function toItem(
  key: string,
  version: string,
  line: ConversationLine,
  category: string,
  readers: readonly Reader[],
  reasons: string[],
): ConversationItem {
  const date = (written: string | undefined, name: string): string | undefined => {
    const iso = toIso(written);
    if (written !== undefined && iso === undefined)
      reasons.push(`\`${name}\` is not a date; write it as 2026-01-31T12:00:00Z`);
    return iso;
  };
  const url = line.url === undefined ? undefined : webAddress(line.url);
  if (line.url !== undefined && url === undefined) reasons.push('`url` is not an absolute web address');
  const opening = readMarkdown(line.body, url);
  const links = new Set(opening.links);
  const ids = new Set<string>();
  const replies: ReplyItem[] = [];
  for (const [index, reply] of line.replies.entries()) {
    const id = cleanLine(String(reply.id ?? '')) || `${key}#${index + 1}`;
    if (ids.has(id)) {
      reasons.push(`a second reply with the id ${id}; it is left out`);
      continue;
    }
    ids.add(id);
    const { text, links: more } = readMarkdown(reply.body, url);
    for (const link of more) links.add(link);
    const author = toAccount(reply.author);
    const createdAt = date(reply.createdAt, `replies[${index}].createdAt`);
    replies.push({
      key: id,
      ...(author === undefined ? {} : { author }),
      body: text,
      ...(createdAt === undefined ? {} : { createdAt }),
      votes: reply.votes,
      accepted: reply.accepted ?? false,
    });
  }
  // An order is only certain when every reply has a date; else the file's order is the better guess.
  if (replies.every((reply) => reply.createdAt !== undefined))
    replies.sort((a, b) =>
      (a.createdAt as string) < (b.createdAt as string) ? -1 : a.createdAt === b.createdAt ? 0 : 1,
    );
  const title = cleanLine(line.title);
  const author = toAccount(line.author);
  const createdAt = date(line.createdAt, 'createdAt');
  const updatedAt = [createdAt, ...replies.map((reply) => reply.createdAt)]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
  return {
    key,
    version,
    ...(url === undefined ? {} : { url }),
    title: title || key,
    body: opening.text,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(updatedAt === undefined ? {} : { updatedAt }),
    tags: [...new Set(line.tags.map(cleanLine).filter((tag) => tag !== ''))],
    links: [...links],
    readers:
      line.readers === undefined ? readers : [...new Set(line.readers.map((reader) => cleanLine(reader) as Reader))],
    channel: line.channel,
    category: cleanLine(line.category) || category,
    ...(author === undefined ? {} : { author }),
    isQuestion: line.isQuestion ?? (title.endsWith('?') || line.replies.some((reply) => reply.accepted !== undefined)),
    votes: line.votes,
    mentions: toAccounts(line.mentions),
    replies,
  };
}
