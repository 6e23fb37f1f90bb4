import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Reader } from '../../kit/content/item.ts';
import {
  defineConnector,
  type Call,
  type Connector,
  type ConnectorDeps,
  type Known,
  type Problem,
} from '../../kit/connector.ts';
import { toReader } from '../../kit/text/accounts.ts';
import { fileError, findFiles, fingerprint, stopIfCancelled, watchPath, type FoundFile } from '../../kit/text/files.ts';
import { cleanLine } from '../../kit/text/plain.ts';
import { healthOfRun, runFiles, settingsOf, type FileReader, type Step } from '../../kit/text/runs.ts';
import type { ConversationItem } from '../connector.ts';
import { messagesOf, unescapeFrom, type MessageHead } from './mail/mbox.ts';
import { readMessage, type Message } from './mail/message.ts';
import { threadsOf, type Thread } from './mail/threads.ts';

const Options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The mbox file (RFC 4155), or a folder of `*.mbox` files; a thread may run through several.'),
  list: z
    .string()
    .min(1)
    .optional()
    .describe('The category of its threads. Default: the List-Id header, else the name of the file.'),
  url: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && text.includes('{id}'), 'must be an http address that contains {id}')
    .optional()
    .describe(
      'Address of a thread in the list’s archive: `{id}` stands for the Message-ID of its first message, `{list}` for the category.',
    ),
  readers: z
    .array(
      z.string().refine((text) => toReader(text) !== undefined, 'must be everyone, group:<name> or person:<handle>'),
    )
    .min(1)
    .default(['everyone'])
    .describe('Who may read the archive.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(32 * 1024 ** 2)
    .describe('Larger messages are left out, with a problem.'),
});
type MboxOptions = z.output<typeof Options>;

/** A mailing list's archive. */
export const mbox = defineConnector<ConversationItem, typeof Options>({
  name: 'mbox',
  summary: 'Mailing lists from mbox archives (RFC 4155), threaded by their references.',
  options: Options,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const find = (): Promise<FoundFile[]> => findFiles(options.path, ['.mbox', '.mbx'], deps);
    const files = await find();
    const path = resolve(deps.baseDir, options.path);
    const reader: FileReader<ConversationItem> = {
      settings: settingsOf(options, 1),
      noun: 'mail threads',
      find,
      read: (found, from, known, call) => read(found, options, from, known, call, deps),
    };
    const changes: Connector<ConversationItem>['changes'] = (cursor, known, call) =>
      runFiles(reader, deps, cursor, known, call);
    return {
      changes,
      health: (call) => healthOfRun(reader.noun, () => changes(undefined, () => undefined, call)),
      watch: (onChange) => watchPath(path, files[0]?.path !== path, deps.log, onChange),
      close: async () => {},
    };
  },
});

/**
 * Twice through the files: an answer may come before its question, so first only headers are read, then thread by
 * thread the messages. Of an archive of any size, an entry per message and one thread are in memory.
 */
async function* read(
  files: readonly FoundFile[],
  options: MboxOptions,
  from: number,
  known: Known,
  call: Call,
  deps: ConnectorDeps,
): AsyncGenerator<Step<ConversationItem>> {
  const settings = settingsOf(options, 1);
  const problems: Problem[] = [];
  const heads = new Map<string, MessageHead>();
  for (const file of files) {
    for await (const head of messagesOf(file, options.maxBytes, deps.source, call, problems)) {
      const first = heads.get(head.id);
      if (first === undefined) heads.set(head.id, head);
      // The same message in two archives is no fault; two different ones under an id are.
      else if (first.digest !== head.digest)
        problems.push({
          place: head.place,
          reason: `a second message with the id ${cleanLine(head.id)} (first at ${first.place}); it is left out`,
        });
    }
  }
  let at = 0;
  for (const problem of problems) yield { at: at++, problem };
  const handles = new Map<string, FileHandle>();
  try {
    for (const thread of threadsOf([...heads.values()])) {
      const place = at++;
      if (place < from) continue;
      stopIfCancelled(call, deps.source);
      const key = cleanLine(thread.root);
      const version = fingerprint(settings, ...thread.messages.map((head) => head.digest));
      if (known(key) === version) {
        yield { at: place, unchanged: key };
        continue;
      }
      const read: ReadMessage[] = [];
      for (const head of thread.messages) {
        const bytes = await bytesOf(head, handles, deps.source);
        try {
          read.push({ head, message: await readMessage(unescapeFrom(bytes), head.delivered) });
        } catch (error) {
          yield {
            at: place,
            problem: {
              place: head.place,
              item: key,
              reason: `the message cannot be read: ${cleanLine((error as Error).message).slice(0, 200)}`,
            },
          };
        }
      }
      const item = toItem(thread, key, version, read, options);
      if (item !== undefined) yield { at: place, item };
    }
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
}

async function bytesOf(head: MessageHead, handles: Map<string, FileHandle>, source: string): Promise<Buffer> {
  const { path } = head.file;
  try {
    let handle = handles.get(path);
    if (handle === undefined) handles.set(path, (handle = await open(path, 'r')));
    const bytes = Buffer.alloc(head.end - head.start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, head.start);
    return bytes.subarray(0, bytesRead);
  } catch (cause) {
    throw fileError(source, path, cause);
  }
}

interface ReadMessage {
  readonly head: MessageHead;
  readonly message: Message;
}

function toItem(
  thread: Thread,
  key: string,
  version: string,
  messages: ReadMessage[],
  options: MboxOptions,
): ConversationItem | undefined {
  // A message without a date stays behind the one the archive has before it.
  let latest = '';
  const times = new Map(messages.map((one) => [one, (latest = one.message.date ?? latest)]));
  messages.sort((a, b) =>
    (times.get(a) as string) < (times.get(b) as string) ? -1 : times.get(a) === times.get(b) ? 0 : 1,
  );
  // Clocks are wrong now and then: the message that all others answer opens the thread whatever its date.
  const root = messages.find(({ head }) => head.id === thread.root) ?? messages[0];
  if (root === undefined) return undefined;
  const { message: opening } = root;
  const replies = messages.filter((one) => one !== root);
  const list = options.list ?? cleanLine(opening.list ?? root.head.file.name.replace(/\.[^.]+$/, ''));
  const dates = messages
    .map(({ message }) => message.date)
    .filter((date) => date !== undefined)
    .sort();
  const title = opening.subject || '(no subject)';
  const url = options.url
    ?.replaceAll('{id}', encodeURIComponent(key.toWellFormed()))
    .replaceAll('{list}', encodeURIComponent(list));
  return {
    key,
    version,
    ...(url === undefined ? {} : { url }),
    title,
    body: opening.whole,
    ...(opening.date === undefined ? {} : { createdAt: opening.date }),
    ...(dates.length === 0 ? {} : { updatedAt: dates.at(-1) as string }),
    tags: [],
    links: [...new Set(messages.flatMap(({ message }) => message.links))],
    readers: options.readers as Reader[],
    channel: 'EMAIL',
    category: list,
    ...(opening.author === undefined ? {} : { author: opening.author }),
    // A mail has no flag for it. A question mark that ends a word is one; those within addresses are not.
    isQuestion: /\?(?:\s|$)/.test(title) || /\?(?:\s|$)/.test(opening.own),
    votes: 0,
    mentions: [],
    replies: replies.map(({ head, message }) => ({
      key: cleanLine(head.id),
      ...(message.author === undefined ? {} : { author: message.author }),
      body: message.own,
      ...(message.date === undefined ? {} : { createdAt: message.date }),
      votes: 0,
      accepted: false,
    })),
  };
}
