import type { Cannot, ContentSeed } from './seeds.ts';

/** Whom folders or archives are for, as options say: a mail does not. */
export const FOLDER_READERS: Readonly<Record<string, readonly string[]>> = {
  staff: ['group:staff'],
  both: ['group:board', 'group:staff'],
  ann: ['person:ann'],
};

/** All that are read: these, and the one that is for everybody. */
export const MAIL_FOLDERS: readonly string[] = ['open', ...Object.keys(FOLDER_READERS)];

/** Lies beside those that are read, and holds what nobody may read. */
export const CLOSED = 'closed';

/** The folder a seed lies in. */
export function mailFolderOf({ readers }: ContentSeed): string {
  if (readers.includes('everyone')) return 'open';
  return Object.keys(FOLDER_READERS).find((folder) => FOLDER_READERS[folder]?.join() === readers.join()) ?? CLOSED;
}

/** A seed as a mail. */
export function mailOf({ id, title, body, raw, author: { handle, mail } }: ContentSeed): string {
  return [
    `Message-ID: <${id}@x.example>`,
    `From: ${mail ?? `${handle}@old.example`}`,
    `Subject: ${title}`,
    'Date: Tue, 2 Jan 2024 10:00:00 +0100',
    `Content-Type: text/${raw === undefined ? 'plain' : 'html'}; charset=utf-8`,
    '',
    raw ?? body,
    '',
  ].join('\n');
}

/** What mails cannot do. */
export const CANNOT_MAIL: Cannot = {
  'a user name': 'mails have addresses, no user names',
  moves: 'a mail has no place but its id',
};
