import { z } from 'zod';
import type { Reader } from '../../../kit/content/item.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { Readers } from '../../../kit/options.ts';

/** The options of every connector to mails. */
export const mailOptions = {
  list: z
    .string()
    .min(1)
    .optional()
    .describe('The category of its threads. Default: the List-Id header, else the name of the folder or file.'),
  url: z
    .string()
    .refine((text) => /^https?:\/\//.test(text) && text.includes('{id}'), 'must be an http address that contains {id}')
    .optional()
    .describe(
      'Address of a thread in the list’s archive: `{id}` stands for the Message-ID of its first message, `{list}` for the category.',
    ),
  folderReaders: z
    .record(z.string().min(1), Readers)
    .default({})
    .describe(
      'Who may read particular folders or archives instead: `{ "lists/board": ["group:board"] }`. The longest name that fits counts, `*` stands for any part of one, and one that is not there is refused.',
    ),
};

/** How threads become conversations. */
export interface MailSettings {
  readonly list?: string | undefined;
  readonly url?: string | undefined;
  readonly readers: readonly string[];
  readonly folderReaders: Readonly<Record<string, readonly string[]>>;
}

/** Whether a name is meant by a pattern in which `*` stands for anything. */
export function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** Who may read a folder. What lies in a folder that is named is meant with it. */
export function readersOf(path: string, settings: MailSettings, delimiter = '/'): readonly Reader[] {
  const [longest] = Object.keys(settings.folderReaders)
    .filter((pattern) => isWithin(path, pattern, delimiter))
    .sort((a, b) => b.length - a.length);
  return (longest === undefined ? settings.readers : settings.folderReaders[longest]) as readonly Reader[];
}

/**
 * Refuses `folderReaders` that mean nothing there is: misspelt, they would leave what they should close to everybody.
 * @throws ConnectorError MISCONFIGURED
 */
export function checkFolderReaders(
  folders: readonly { readonly path: string; readonly delimiter?: string | undefined }[],
  settings: MailSettings,
  source: string,
): void {
  const idle = Object.keys(settings.folderReaders).find(
    (pattern) => !folders.some(({ path, delimiter }) => isWithin(path, pattern, delimiter ?? '/')),
  );
  if (idle === undefined) return;
  const message = `${source}: \`folderReaders\` names "${idle}", and there is nothing of that name; correct it, or take it out`;
  throw new ConnectorError('MISCONFIGURED', message);
}

function isWithin(path: string, pattern: string, delimiter: string): boolean {
  return fits(path, pattern) || fits(path, `${pattern}${delimiter}*`);
}
