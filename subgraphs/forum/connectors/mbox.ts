import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  defineConnector,
  type Call,
  type Connector,
  type ConnectorDeps,
  type Health,
  type Problem,
} from '../../kit/connector.ts';
import { watchPath } from '../../kit/text/files.ts';
import { healthOfError } from '../../kit/health.ts';
import { Readers } from '../../kit/options.ts';
import type { ConversationItem } from '../connector.ts';
import { Archives, type ArchivesSettings } from './mail/archives.ts';
import { OpenFiles } from './mail/open-files.ts';
import { mailOptions } from './mail/options.ts';
import { MailRuns } from './mail/run.ts';

const Options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe(
      'An mbox file (RFC 4155), a folder of archives (`*.mbox`, `*.mbx`, pipermail’s `2024-January.txt`, each also with `.gz`) and of folders of them, or a maildir.',
    ),
  ...mailOptions,
  readers: Readers.default(['everyone']).describe('Who may read the archives.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(32 * 1024 ** 2)
    .describe('Larger messages are left out, with a problem.'),
});

/**
 * Mailing lists' archives in files.
 *
 * - A thread may run through all archives that have the same readers. A mail in several of them counts once.
 * - While Atrium runs it keeps an entry of some 500 bytes for each mail: of a file that was added to only the end is
 *   read, of a maildir only new mails. After a restart, archives that changed meanwhile are looked through once, header
 *   by header and in the stream; of texts only changed threads are ever in memory.
 * - A compressed archive is read anew whenever it changes, and unpacked into the system's temporary folder for reading
 *   threads. A broken one is a problem; nothing is then taken for deleted.
 * - An mbox file that was changed in its middle and has grown at once is taken for one that has grown. A maildir's files
 *   are not looked at again: they are written once.
 * - Authors are as the mails say, which anybody may write.
 */
export const mbox = defineConnector<ConversationItem, typeof Options>({
  name: 'mbox',
  summary: 'Mailing lists from mbox archives (RFC 4155) and maildirs, threaded by their references.',
  options: Options,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const archives = new Archives(options, deps);
    await archives.find();
    const path = resolve(deps.baseDir, options.path);
    const isFolder = (await stat(path)).isDirectory();
    const runs = new MailRuns(archives, options, deps.source);
    return {
      changes: (cursor, known, call) => runs.changes(cursor, known, call),
      health: (call) => healthOf(options, deps, call),
      watch: (onChange) => watchPath(path, isFolder, deps.log, onChange),
      close: async () => {},
    };
  },
});

/** Reads the first mail there is. */
async function healthOf(settings: ArchivesSettings, deps: ConnectorDeps, call: Call): Promise<Health> {
  try {
    await using files = new OpenFiles(deps.source, call);
    let problem: Problem | undefined;
    for (const archive of (await new Archives(settings, deps).find()).values()) {
      const first = await archive.first(call);
      problem ??= first?.problem;
      if (first?.head === undefined) continue;
      await archive.read(first.head, files);
      return { status: 'ok', detail: 'Readable: found mails.' };
    }
    if (problem === undefined) return { status: 'ok', detail: 'Readable, but holds no mails.' };
    const detail = `No usable mails at the start of it; the first problem is at ${problem.place}: ${problem.reason}`;
    return { status: 'failed', detail };
  } catch (error) {
    return healthOfError(error);
  }
}
