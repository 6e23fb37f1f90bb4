import type { Call, Problem } from '../../../kit/connector.ts';
import type { MailFolder, MessageHead } from './heads.ts';
import type { Message } from './message.ts';
import type { OpenFiles } from './open-files.ts';

/** A mail in a file. */
export interface FiledHead extends MessageHead {
  readonly archive: Archive;
}

/** What every archive needs to know of the options. */
export interface ArchiveSettings {
  readonly source: string;
  readonly maxBytes: number;
}

/** A mail, or something that is of no use as one. */
export type Found =
  | { readonly head: FiledHead; readonly problem?: never }
  | { readonly problem: Problem; readonly head?: never };

/** One mbox file, or one maildir. It remembers what it has looked at. */
export interface Archive {
  readonly folder: MailFolder;
  /** Equal means that no mail in it came, went or changed. */
  readonly state: string;
  /** The heads of its mails; only what is new since the last time is read. */
  look(call: Call): Promise<{ heads: readonly FiledHead[]; problems: readonly Problem[]; isWhole: boolean }>;
  /** The first thing in it, read without remembering anything; undefined when it is empty. */
  first(call: Call): Promise<Found | undefined>;
  /** Undefined for a mail that is gone meanwhile. @throws Error when the mail cannot be read, ConnectorError when the archive cannot. */
  read(head: FiledHead, files: OpenFiles): Promise<Message | undefined>;
}
