import { z } from 'zod';
import { defineConnector, type Connector } from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import type { Reader } from '../../kit/content/item.ts';
import { Readers, toolUrl } from '../../kit/options.ts';
import { healthOfRun } from '../../kit/text/runs.ts';
import type { DocumentItem } from '../connector.ts';
import { CONTENT_TYPES } from './files/document.ts';
import { DavClient } from './webdav/client.ts';
import { cloudOf } from './webdav/cloud.ts';
import { ReaderRules } from './webdav/rules.ts';
import { DavRun, type RunOptions } from './webdav/run.ts';

type ReaderLists = Readonly<Record<string, readonly Reader[]>>;

const Fields = z.strictObject({
  url: toolUrl(
    'must be an address alone, without user, `?` and `#`; `user` and `password` are options of their own',
  ).describe('Address of the folder. On Nextcloud and ownCloud: `https://cloud.example/remote.php/dav/files/<user>/`.'),
  user: z
    .string()
    .min(1)
    .refine((user) => !user.includes(':'), 'must not contain a colon')
    .optional()
    .describe(
      'The account that reads: what it may not read is not found; on Nextcloud and ownCloud it has what it owns and what is shared with it. Without it nobody is logged in.',
    ),
  password: z.string().min(1).meta({ secret: true }).optional().describe('Its password; on Nextcloud an app password.'),
  readers: z
    .record(z.string(), Readers)
    .default({})
    .describe(
      'Who may read what lies under a path: `{ "HR/Salaries": ["group:hr"] }`; the longest path counts, `""` is the whole folder, and required with `user`: a server does not say who else may read what its account may. Where no path fits: everyone; on Nextcloud and ownCloud, where `""` need not be, a file’s owner and whom it or a folder above is shared with. A path decides alone: shares open nothing further under it, and front matter may only narrow it.',
    ),
  space: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The space of all its documents. Default: the top-level subfolder; the source’s name for files beside them.',
    ),
  extensions: z
    .array(z.enum(Object.keys(CONTENT_TYPES)))
    .min(1)
    .default(Object.keys(CONTENT_TYPES))
    .describe('Endings of the files to read.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(20 * 1024 ** 2)
    .describe('Larger files are left out, with a problem.'),
  perMinute: z
    .int()
    .positive()
    .optional()
    .describe('Requests a minute at most. Default: as fast as the server answers.'),
  timeoutMs: z
    .int()
    .min(50)
    .max(600_000)
    .default(30_000)
    .describe('Give up on one request after so many milliseconds; the largest file has to fit in.'),
});

/** What an account may read is not everyone's: only Nextcloud and ownCloud say whose it is. */
const Options = Fields.refine(
  ({ url, user, readers }) =>
    user === undefined || cloudOf(new URL(url)) !== undefined || new ReaderRules(readers as ReaderLists).isWhole,
  {
    message: 'must say with `user` who may read the whole folder: `{ "": ["group:staff"] }`',
    path: ['readers'],
    when: ({ issues }) => issues.length === 0,
  },
);

const MAX_UPSERTS = 200;

/**
 * Files on a WebDAV server (RFC 4918), found by walking through its folders: servers refuse `Depth: infinity`, and in
 * general a folder's ETag says nothing of what lies deeper. What a listing leaves out, and what the account is told it
 * may not read, is gone. What is locked or fails is not, and a server that stops answering ends the run before anything
 * is deleted. A moved file is another: it has a new path.
 *
 * Nextcloud and ownCloud are known by what they say of themselves, and then:
 * - a file is known by its id, which it keeps when it is moved;
 * - a folder's ETag changes with everything below it, so that only folders are listed where something changed. After a
 *   start, when shares changed, and every hour, for the tags and for disks that others write to, everything is listed;
 *   after a start a SEARCH (RFC 5323; Nextcloud) brings before that what was edited meanwhile;
 * - readers are its owner and whom it or a folder above is shared with, now and with the right to read, also by others
 *   who share on. Public links, mails and other servers let nobody here read. Of teams and conversations the server does
 *   not tell the members: a problem says so. The same holds for team folders, which `readers` has to open;
 * - what is shared with the account by others shows its owner, and its other readers only if the account may share on;
 * - a favourite, which is one of the account and not of the file, is not read; its own tags are, beside the system's.
 *
 * A path of `readers` decides alone: no share opens what lies under it further, and front matter only narrows it. One
 * that is not on the server ends the run: misspelt, it would leave a folder open that was to be closed.
 */
export const webdav = defineConnector<DocumentItem, typeof Options>({
  name: 'webdav',
  summary: 'Files on a WebDAV server: Apache, Nextcloud, ownCloud and others, with readers by folder or by share.',
  options: Options,
  async open(options, deps): Promise<Connector<DocumentItem>> {
    const client = new DavClient(options, deps.source);
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    await client.look({ signal: soon }).catch((cause: unknown) => {
      if (!soon.aborted) throw cause;
      throw new ConnectorError('UNAVAILABLE', `${deps.source}: ${options.url} did not answer in time`, { cause });
    });
    const run = (size: number, kept: RunOptions['kept']): RunOptions => ({
      client,
      url: options.url,
      readers: options.readers as ReaderLists,
      isLoggedIn: options.user !== undefined,
      space: options.space,
      extensions: new Set<string>(options.extensions),
      maxBytes: options.maxBytes,
      source: deps.source,
      size,
      kept,
    });
    const ordinary = run(MAX_UPSERTS, {});
    return {
      changes: (cursor, known, call) => new DavRun(ordinary, known, call).batches(cursor),
      health: (call) =>
        healthOfRun('documents', () => new DavRun(run(1, {}), () => undefined, call).batches(undefined)),
      close: async () => {},
    };
  },
});
