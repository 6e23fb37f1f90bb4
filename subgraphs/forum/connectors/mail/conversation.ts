import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { ConversationItem } from '../../connector.ts';
import type { MailFolder, MessageHead } from './heads.ts';
import type { Message } from './message.ts';
import type { MailSettings } from './options.ts';
import { threadsOf, type Thread } from './threads.ts';

/** A thread that would make a conversation, not yet read. */
export interface Planned<Head extends MessageHead> {
  readonly key: string;
  readonly version: string;
  readonly thread: Thread<Head>;
  /** Sets apart the keys of replies, where a mail lies in folders with other readers too. */
  readonly suffix: string;
  readonly folder: MailFolder;
}

/**
 * The threads of all mails, each Message-ID once. Folders with different readers have nothing in common: a list's
 * thread must not show what was answered on a closed one, and a mail sent to both is in a thread of either.
 */
export function plan<Head extends MessageHead>(
  heads: readonly Head[],
  settings: MailSettings,
  version: string,
): Planned<Head>[] {
  const usual = scopeOf(settings.readers);
  const scopes = new Map<string, Map<string, Head>>();
  for (const head of heads) {
    const scope = scopeOf(head.folder.readers);
    const byId = scopes.get(scope) ?? new Map<string, Head>();
    scopes.set(scope, byId);
    if (!byId.has(head.id)) byId.set(head.id, head);
  }
  const planned = new Map<string, Planned<Head>>();
  for (const [scope, byId] of scopes) {
    const suffix = scope === usual ? '' : ` ${fingerprint(scope).slice(0, 8)}`;
    for (const thread of threadsOf([...byId.values()])) {
      const key = `${cleanLine(thread.root)}${suffix}`;
      const [first] = thread.messages;
      // Ids that differ in what no text may hold are made up; one of them is enough.
      if (first === undefined || planned.has(key)) continue;
      const { folder } = first;
      const digests = thread.messages.map(({ digest }) => digest);
      planned.set(key, { key, version: fingerprint(version, folder.name, scope, ...digests), thread, suffix, folder });
    }
  }
  return [...planned.values()];
}

function scopeOf(readers: readonly string[]): string {
  return [...new Set(readers)].sort().join('\0');
}

/** A mail that was read, with its head. */
export interface ReadMessage {
  readonly head: MessageHead;
  readonly message: Message;
}

/** A thread as a conversation; undefined when none of its mails could be read. */
export function toConversation(
  { key, version, thread, suffix, folder }: Planned<MessageHead>,
  read: readonly ReadMessage[],
  settings: MailSettings,
): ConversationItem | undefined {
  const messages = inOrder(read);
  // Clocks are wrong now and then: the message that all others answer opens the thread whatever its date.
  const root = messages.find(({ head }) => head.id === thread.root) ?? messages[0];
  if (root === undefined) return undefined;
  const { message: opening } = root;
  const list = settings.list ?? cleanLine(opening.list ?? folder.name);
  const dates = messages
    .map(({ message }) => message.date)
    .filter((date) => date !== undefined)
    .sort();
  const title = opening.subject || '(no subject)';
  const url = settings.url
    ?.replaceAll('{id}', () => encodeURIComponent(cleanLine(thread.root)))
    .replaceAll('{list}', () => encodeURIComponent(list.toWellFormed()));
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
    readers: folder.readers,
    channel: 'EMAIL',
    category: list,
    ...(opening.author === undefined ? {} : { author: opening.author }),
    // A mail has no flag for it. A question mark that ends a word is one; those within addresses are not.
    isQuestion: /\?(?:\s|$)/.test(title) || /\?(?:\s|$)/.test(opening.own),
    votes: 0,
    mentions: [],
    replies: messages
      .filter((one) => one !== root)
      .map(({ head, message }) => ({
        key: `${cleanLine(head.id)}${suffix}`,
        ...(message.author === undefined ? {} : { author: message.author }),
        body: message.own,
        ...(message.date === undefined ? {} : { createdAt: message.date }),
        votes: 0,
        accepted: false,
      })),
  };
}

/** By date; a message without one stays behind the one the archive has before it. */
function inOrder(messages: readonly ReadMessage[]): ReadMessage[] {
  let latest = '';
  const times = new Map(messages.map((one) => [one, (latest = one.message.date ?? latest)]));
  const timeOf = (one: ReadMessage): string => times.get(one) ?? '';
  return messages.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) === timeOf(b) ? 0 : 1));
}
