import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  defineConnector,
  type Batch,
  type Call,
  type Connector,
  type ConnectorDeps,
  type Known,
  type Problem,
} from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import type { Reader } from '../../kit/content/item.ts';
import { Readers } from '../../kit/options.ts';
import { stopIfEmptied } from '../../kit/sync/shrink.ts';
import { fileError, fingerprint, stopIfCancelled, watchPath } from '../../kit/text/files.ts';
import { healthOfRun, settingsOf } from '../../kit/text/runs.ts';
import type { DocumentItem } from '../connector.ts';
import { CONTENT_TYPES, toDocument } from './files/document.ts';
import { walk } from './folder/walk.ts';

const Options = z.strictObject({
  path: z.string().min(1).describe('The folder. Files and folders whose names begin with a dot are left out.'),
  space: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The space of all its documents. Default: the top-level subfolder; the source’s name for files beside them.',
    ),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address the folder is served at; a file’s path is added to it. Front matter `url` comes first.'),
  readers: Readers.default(['everyone']).describe(
    'Who may read what no `.readers` file and no front matter narrows further.',
  ),
  extensions: z
    .array(z.enum(Object.keys(CONTENT_TYPES)))
    .min(1)
    .default(Object.keys(CONTENT_TYPES))
    .describe('Endings of the files to read.'),
  ignore: z
    .array(z.string())
    .default(['node_modules'])
    .describe('Glob patterns of paths or names to leave out: `drafts/**`, `README.md`.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(20 * 1024 ** 2)
    .describe('Larger files are left out, with a problem.'),
  fileDates: z
    .boolean()
    .default(false)
    .describe(
      'Whether a file’s modification time is its date where its content has none. Right for a file share, wrong for a git checkout.',
    ),
});
type FolderOptions = z.output<typeof Options>;

const MAX_UPSERTS = 200;
/** Looking at an unchanged file costs next to nothing. */
const MAX_UNCHANGED = 2000;

/**
 * A folder of Markdown, HTML, text, office and PDF files.
 *
 * - A file is known by its path: a moved one is another. It is read again when its inode, size or dates change.
 * - A `.readers` file narrows who may read a folder and all below it, front matter who may read a file; neither opens
 *   anything. What cannot be understood closes it. The rights of the file system are not looked at.
 * - Symbolic links are not followed. A folder that cannot be looked into keeps what was in it; one that is suddenly empty
 *   is taken for a share that is not mounted, and nothing is deleted.
 * - Text in pictures is not read, nor are PDF files that are scans. No versions: a file's history is not asked for.
 * - Changes are watched for; on network shares, whose changes are not told, they show with the next run.
 */
export const folder = defineConnector<DocumentItem, typeof Options>({
  name: 'folder',
  summary: 'A folder of Markdown, HTML, plain text, office and PDF files, with readers by folder.',
  options: Options,
  async open(options, deps): Promise<Connector<DocumentItem>> {
    const path = resolve(deps.baseDir, options.path);
    await rootOf(path, deps);
    const changes: Connector<DocumentItem>['changes'] = (cursor, known, call) =>
      run(path, options, deps, cursor, known, call);
    return {
      changes,
      health: (call) => healthOfRun('documents', () => changes(undefined, () => undefined, call)),
      watch: (onChange) => watchPath(path, true, deps.log, onChange),
      close: async () => {},
    };
  },
});

/** @throws ConnectorError when there is no folder at `path` */
async function rootOf(path: string, deps: ConnectorDeps): Promise<string> {
  try {
    const root = await realpath(path);
    const handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
    await handle.close();
    return root;
  } catch (cause) {
    throw fileError(deps.source, path, cause);
  }
}

async function* run(
  path: string,
  options: FolderOptions,
  deps: ConnectorDeps,
  cursor: string | undefined,
  known: Known,
  call: Call,
): AsyncGenerator<Batch<DocumentItem>> {
  const root = await rootOf(path, deps);
  const settings = settingsOf(options, 1);
  const { after, unseen, had } = parseCursor(cursor);
  // A walk that saw all but one folder has swept nothing; what it saw must not count for the next one.
  let restart = after === undefined && unseen ? ({ restart: true } as const) : {};
  let isComplete = after === undefined || !unseen;
  let batch = { upserts: [] as DocumentItem[], unchanged: [] as string[], problems: [] as Problem[] };
  let last = after;
  const walked = walk({
    root,
    readers: options.readers as Reader[],
    extensions: new Set(options.extensions),
    ignore: options.ignore,
    after,
  });
  try {
    for await (const step of walked) {
      if (step.kind === 'problem') {
        batch.problems.push(step.problem);
        if (step.unseen) isComplete = false;
        continue;
      }
      // Handed over only now: problems met on the way to this file belong to the batch that it is in.
      if (batch.upserts.length >= MAX_UPSERTS || batch.unchanged.length >= MAX_UNCHANGED) {
        const { upserts, unchanged, problems } = batch;
        batch = { upserts: [], unchanged: [], problems: [] };
        yield { upserts, unchanged, problems, deletes: [], ...restart, cursor: cursorOf(last, isComplete) };
        restart = {};
      }
      stopIfCancelled(call, deps.source);
      last = step.key;
      const outcome = await readOne(step, settings, options, deps, known, call, batch.problems);
      if (typeof outcome === 'string') batch.unchanged.push(outcome);
      else if (outcome !== undefined) batch.upserts.push(outcome);
    }
  } catch (cause) {
    stopIfCancelled(call, deps.source);
    throw cause instanceof ConnectorError ? cause : fileError(deps.source, root, cause);
  }
  // A share that is not mounted is an empty folder.
  if (had && last === after && (await readdir(root)).length === 0)
    stopIfEmptied(deps.source, call, `${root} is empty, and all the files of before are gone`);
  // What lies in a folder that could not be looked into is not gone; it is looked for again next time.
  yield {
    ...batch,
    deletes: [],
    ...restart,
    cursor: cursorOf(undefined, isComplete, had || last !== undefined),
    ...(isComplete ? { sweep: true } : {}),
  };
}

/** The document; its key alone when it is unchanged; undefined when it is of no use or gone by now. */
async function readOne(
  file: { readonly key: string; readonly path: string; readonly readers: readonly Reader[] },
  settings: string,
  options: FolderOptions,
  deps: ConnectorDeps,
  known: Known,
  call: Call,
  problems: Problem[],
): Promise<DocumentItem | string | undefined> {
  let handle;
  try {
    // Between the walk and now a link may have taken the file's place.
    handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat({ bigint: true });
    const version = fingerprint(settings, `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`, ...file.readers);
    if (known(file.key) === version) return file.key;
    if (stat.size > options.maxBytes) {
      problems.push({ place: file.key, reason: `larger than maxBytes (${options.maxBytes}); the file is left out` });
      return undefined;
    }
    const bytes = await handle.readFile();
    const slash = file.key.indexOf('/');
    return await toDocument(
      {
        key: file.key,
        version,
        bytes,
        readers: file.readers,
        space: options.space ?? (slash === -1 ? deps.source : file.key.slice(0, slash)),
        url:
          options.url === undefined
            ? undefined
            : `${options.url.replace(/\/$/, '')}/${file.key.split('/').map(encodeURIComponent).join('/')}`,
        modified: options.fileDates ? new Date(Number(stat.mtimeMs)).toISOString() : undefined,
      },
      call,
      problems,
    );
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (call.signal.aborted || typeof code !== 'string') throw cause;
    if (code !== 'ENOENT') problems.push({ place: file.key, reason: `the file cannot be read (${code})` });
    return undefined;
  } finally {
    await handle?.close();
  }
}

/** Where a walk goes on. `unseen`: a folder could not be looked into. `had`: there were files. */
interface Cursor {
  readonly after: string | undefined;
  readonly unseen: boolean;
  readonly had: boolean;
}

function cursorOf(after: string | undefined, isComplete: boolean, had = true): string {
  return JSON.stringify({ after, had, unseen: !isComplete } satisfies Cursor);
}

function parseCursor(cursor: string | undefined): Cursor {
  try {
    const value = JSON.parse(cursor ?? '{}') as { after?: unknown; unseen?: unknown; had?: unknown } | null;
    const after = typeof value?.after === 'string' ? value.after : undefined;
    return { after, unseen: value?.unseen === true, had: value?.had === true };
  } catch {
    return { after: undefined, unseen: false, had: false };
  }
}
