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
import { toReader } from '../../kit/text/accounts.ts';
import { fingerprint, stopIfCancelled } from '../../kit/text/files.ts';
import { healthOfRun, settingsOf } from '../../kit/text/runs.ts';
import type { DocumentItem } from '../connector.ts';
import { CONTENT_TYPES } from './files/document.ts';
import { ahead } from './webdav/ahead.ts';
import { DavClient } from './webdav/client.ts';
import { cursorOf, parseCursor } from './webdav/cursor.ts';
import { DavFiles } from './webdav/files.ts';
import { ReaderRules } from './webdav/rules.ts';
import { walkDav } from './webdav/walk.ts';

const Readers = z
  .array(z.string().refine((text) => toReader(text) !== undefined, 'must be everyone, group:<name> or person:<handle>'))
  .min(1);

const Options = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return `${username}${password}${search}${hash}` === '';
    }, 'must be an address alone, without user, `?` and `#`; `user` and `password` are options of their own')
    .describe('Address of the folder. On Nextcloud: `https://cloud.example/remote.php/dav/files/<user>/`.'),
  user: z
    .string()
    .min(1)
    .refine((user) => !user.includes(':'), 'must not contain a colon')
    .optional()
    .describe('The account that reads: what it may not read is not found. Without it nobody is logged in.'),
  password: z.string().min(1).meta({ secret: true }).optional().describe('Its password; on Nextcloud an app password.'),
  readers: z
    .record(z.string(), Readers)
    .default({})
    .describe(
      'Who may read what lies under a path: `{ "HR/Salaries": ["group:hr"] }`; the longest path counts, `""` is the whole folder. Where no path fits: everyone; on Nextcloud and ownCloud a file’s owner, on Nextcloud also whom it or a folder above is shared with. Front matter may narrow it further.',
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
type WebdavOptions = z.output<typeof Options>;

const MAX_UPSERTS = 200;
/** Files fetched at once: over a long way most of the time is waiting, and four are no burden to a server. */
const AT_ONCE = 4;
/** An unchanged file costs no request. */
const MAX_UNCHANGED = 2000;

/** Tags change no ETag: however still a server says it is, it is walked through as often as this. */
const WALK_ANYWAY_MS = 60 * 60_000;

/**
 * Files on a WebDAV server (RFC 4918), found by walking through its folders: servers have no search, refuse
 * `Depth: infinity`, and a folder's ETag says nothing of what lies deeper; on Nextcloud and ownCloud it does, so that
 * there a walk is left out while the root's stays, if `readers` has a rule for everything: shares change no ETag. A moved file is another: it has a new path.
 *
 * What a listing leaves out, and what the account is told it may not read, is gone. What is locked or fails is not, and
 * a server that stops answering ends the run before anything is deleted.
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
    const changes =
      (size: number): Connector<DocumentItem>['changes'] =>
      (cursor, known, call) =>
        run(client, options, deps, { cursor, size }, known, call);
    return {
      changes: changes(MAX_UPSERTS),
      health: (call) => healthOfRun('documents', () => changes(1)(undefined, () => undefined, call)),
      close: async () => {},
    };
  },
});

async function* run(
  client: DavClient,
  options: WebdavOptions,
  deps: ConnectorDeps,
  { cursor, size }: { readonly cursor: string | undefined; readonly size: number },
  known: Known,
  call: Call,
): AsyncGenerator<Batch<DocumentItem>> {
  const { after, unseen, had, still, stillAt } = parseCursor(cursor);
  const { vendor, root } = await asked(call, deps.source, () => client.look(call));
  const settings = settingsOf([options.url, options.space, vendor.name], 1);
  const rules = new ReaderRules(options.readers as Record<string, Reader[]>);
  // Shares change no ETag either, and whom a file is shared with no longer must not wait for an hour.
  const isTelling = vendor.deepEtags && rules.isWhole;
  const state = isTelling && root.etag !== undefined ? fingerprint(settings, root.etag) : undefined;
  if (after === undefined && state !== undefined && state === still && Date.now() - stillAt < WALK_ANYWAY_MS) return;

  const files = new DavFiles({
    client,
    vendor,
    settings,
    space: options.space,
    source: deps.source,
    maxBytes: options.maxBytes,
  });
  // A walk that saw all but one folder has swept nothing; what it saw must not count for the next one.
  let restart = after === undefined && unseen ? ({ restart: true } as const) : {};
  let isComplete = after === undefined || !unseen;
  let isSettled = after === undefined;
  let batch = emptyBatch();
  let isEmpty = false;
  let last = after;
  // Requests still under way when the run ends are of no use to anybody.
  const end = new AbortController();
  const inner: Call = { signal: AbortSignal.any([call.signal, end.signal]) };
  const walked = walkDav(
    { client, vendor, rules, extensions: new Set(options.extensions), after, source: deps.source },
    root,
    inner,
  );
  const read = ahead(walked, AT_ONCE, async (step) => {
    if (step.kind === 'problem') return { ...step, problems: [step.problem] };
    const problems: Problem[] = [];
    return { ...step, problems, outcome: await files.read(step.entry, step.readers, known, inner, problems) };
  });
  try {
    for (;;) {
      const next = await asked(call, deps.source, () => read.next());
      if (next.done === true) {
        ({ isEmpty } = next.value);
        break;
      }
      const step = next.value;
      // Handed over only now: problems met on the way to this file belong to the batch that it is in.
      if (step.kind === 'file' && isFull(batch, size)) {
        yield { ...batch, deletes: [], ...restart, cursor: cursorOf({ after: last, had: true, unseen: !isComplete }) };
        restart = {};
        batch = emptyBatch();
      }
      batch.problems.push(...step.problems);
      if (step.kind === 'problem') {
        if (step.unseen) isComplete = false;
        continue;
      }
      last = step.entry.key;
      const { item, unchanged, isKept } = step.outcome;
      if (unchanged !== undefined) batch.unchanged.push(unchanged);
      if (item !== undefined) batch.upserts.push(item);
      if (isKept === true) isSettled = false;
    }
  } finally {
    end.abort();
  }
  // A share that is not mounted is an empty folder.
  if (had && isEmpty) {
    throw new ConnectorError(
      'UNAVAILABLE',
      `${deps.source}: ${options.url} is empty, which it was not before; is its disk mounted? If all is meant to be gone, put any file there`,
    );
  }
  if (after === undefined) batch.problems.push(...rules.unmet().map(unmetRule));
  const quiet = isComplete && isSettled && state !== undefined ? { still: state, stillAt: Date.now() } : {};
  yield {
    ...batch,
    deletes: [],
    ...restart,
    cursor: cursorOf({ unseen: !isComplete, had: had || last !== undefined, ...quiet }),
    // What lies behind a lock is not gone; it is looked for again next time.
    ...(isComplete ? { sweep: true } : {}),
  };
}

function unmetRule(path: string): Problem {
  return {
    place: path || '/',
    reason: 'a path of `readers` under which there is nothing; is it written as on the server?',
  };
}

interface OpenBatch {
  readonly upserts: DocumentItem[];
  readonly unchanged: string[];
  readonly problems: Problem[];
}

function isFull({ upserts, unchanged, problems }: OpenBatch, size: number): boolean {
  return upserts.length >= size || unchanged.length >= MAX_UNCHANGED || problems.length >= MAX_UNCHANGED;
}

function emptyBatch(): OpenBatch {
  return { upserts: [], unchanged: [], problems: [] };
}

/** A call that is ended from our side fails as that, whatever else fails with it. */
async function asked<Result>(call: Call, source: string, ask: () => Promise<Result>): Promise<Result> {
  stopIfCancelled(call, source);
  try {
    return await ask();
  } catch (cause) {
    stopIfCancelled(call, source);
    throw cause;
  }
}
