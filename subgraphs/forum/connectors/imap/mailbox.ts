import type { ListResponse } from 'imapflow';
import type { Call, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import type { Message } from '../mail/message.ts';
import { checkFolderReaders, fits, readersOf, type MailSettings } from '../mail/options.ts';
import type { MailTool, MailView } from '../mail/tool.ts';
import { Connection, type ConnectionSettings } from './connection.ts';
import { ImapFolder, type ImapHead } from './folder.ts';

/** A mailbox: the server, and which of its folders are read. */
export interface MailboxSettings extends ConnectionSettings, MailSettings {
  readonly folders: readonly string[];
  readonly batch: number;
}

/** The folders of a mailbox that are to be read. It remembers what it has looked at. */
export class Mailbox implements MailTool<ImapHead> {
  readonly ahead: number;
  readonly #settings: MailboxSettings;
  #folders = new Map<string, ImapFolder>();

  constructor(settings: MailboxSettings) {
    this.#settings = settings;
    this.ahead = settings.batch;
  }

  async view(call: Call): Promise<MailView<ImapHead>> {
    const connection = await Connection.open(this.#settings, call);
    try {
      const folders = await this.#find(connection);
      for (const folder of folders) await folder.refresh(connection);
      return {
        state: fingerprint(...folders.map(({ state }) => state)),
        look: () => lookAt(folders, connection),
        async read(heads) {
          const messages = new Map<ImapHead, Message | Error>();
          for (const [folder, some] of Map.groupBy(heads, ({ of }) => of))
            await folder.read(connection, some, messages);
          return messages;
        },
        // Numbers are never used again: what came or went meanwhile is the next run's.
        isSteady: async () => true,
        [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
      };
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The folders there are, checked. @throws ConnectorError as a run does. */
  async check(call: Call): Promise<void> {
    await using connection = await Connection.open(this.#settings, call);
    await this.#find(connection);
  }

  /** Whether there are mails that can be read, by reading one. @throws ConnectorError as a run does. */
  async sample(call: Call): Promise<'mails' | 'none' | Problem> {
    await using connection = await Connection.open(this.#settings, call);
    let problem: Problem | undefined;
    for (const folder of await this.#find(connection)) {
      const first = await folder.first(connection);
      if (first === 'mail') return 'mails';
      problem ??= first;
    }
    return problem ?? 'none';
  }

  /** @throws ConnectorError MISCONFIGURED when one that is named is not there: it would look like an empty one. */
  async #find(connection: Connection): Promise<ImapFolder[]> {
    const { source, folders, batch, maxBytes } = this.#settings;
    const all = await connection.list();
    checkFolderReaders(all, this.#settings, source);
    const list = all.filter(canBeOpened);
    const chosen = new Map<string, ImapFolder>();
    for (const pattern of folders) {
      const found = list.filter((entry) => isMeant(entry, pattern));
      if (found.length === 0) {
        const what = `there is no folder "${pattern}", or the account may not see it`;
        throw new ConnectorError('MISCONFIGURED', `${source}: ${what}; set \`folders\` to some that are there`);
      }
      for (const { path, name, delimiter } of found) {
        const folder = { path, name: name || path, readers: readersOf(path, this.#settings, delimiter) };
        chosen.set(path, this.#folders.get(path) ?? new ImapFolder(folder, { source, batch, maxBytes }));
      }
    }
    const sorted = [...chosen].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#folders = new Map(sorted);
    return sorted.map(([, folder]) => folder);
  }
}

function canBeOpened({ flags }: ListResponse): boolean {
  return ![...flags].some((flag) => /^\\(?:noselect|nonexistent)$/i.test(flag));
}

/** By a pattern nothing is meant that may be somebody's own: the inbox, what was sent, drafted or thrown away. */
function isMeant({ path, specialUse }: ListResponse, pattern: string): boolean {
  if (path === pattern) return true;
  const isInbox = /^inbox$/i.test(path);
  if (isInbox && /^inbox$/i.test(pattern)) return true;
  return pattern.includes('*') && !isInbox && specialUse === undefined && fits(path, pattern);
}

async function lookAt(folders: readonly ImapFolder[], connection: Connection) {
  const heads: ImapHead[] = [];
  const problems: Problem[] = [];
  for (const folder of folders) {
    const found = await folder.look(connection);
    for (const head of found.heads) heads.push(head);
    for (const problem of found.problems) problems.push(problem);
  }
  return { heads, problems, isWhole: true };
}
