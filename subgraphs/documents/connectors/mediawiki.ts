import { z } from 'zod';
import { defineConnector, type Connector } from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import type { Reader } from '../../kit/content/item.ts';
import { Readers, toolUrl } from '../../kit/options.ts';
import { healthOfRun } from '../../kit/text/runs.ts';
import type { DocumentItem } from '../connector.ts';
import { readCursor } from './mediawiki/cursor.ts';
import { siteOf, type SpaceOptions } from './mediawiki/readers.ts';
import { WikiRun } from './mediawiki/run.ts';
import { WikiSession } from './mediawiki/session.ts';

/** Not what `api.php` is below. */
const NO_FOLDER = 'must be the address of the folder that api.php lies in, without user, `?` and `#`';

const Options = z
  .strictObject({
    url: toolUrl(NO_FOLDER)
      .refine((url) => !url.endsWith('.php'), NO_FOLDER)
      .describe('Address of the wiki’s script path, the folder that `api.php` lies in: `https://wiki.example/w`.'),
    user: z
      .string()
      .regex(/^[^@]+@[^@]+$/, 'must be `Name@app`, as Special:BotPasswords shows it')
      .optional()
      .describe(
        'The bot password’s user, `Name@app`: what it may not read is not found. Without it nobody is logged in.',
      ),
    password: z
      .string()
      .min(1)
      .meta({ secret: true })
      .optional()
      .describe('The bot password, of Special:BotPasswords; “Basic rights” suffice.'),
    namespaces: z
      .array(z.union([z.int().nonnegative(), z.string().min(1)]))
      .min(1)
      .optional()
      .describe(
        'Names or numbers of the namespaces to read, `Main` being 0. Default: those the wiki counts as content.',
      ),
    readers: Readers.optional().describe(
      'Who may read what `spaceReaders` does not name. Required with `user`: a wiki tells what the account may read, not who else. Without `user`: everyone.',
    ),
    spaceReaders: z
      .record(z.string(), Readers)
      .default({})
      .describe('Who may read a namespace, by its name or number: `{ "Legal": ["group:legal"] }`.'),
    maxBytes: z
      .int()
      .positive()
      .max(1024 ** 3)
      .default(2 * 1024 ** 2)
      .describe('Pages with longer wikitext are left out, with a problem.'),
    perMinute: z
      .int()
      .positive()
      .optional()
      .describe('Requests a minute at most. Default: as fast as the wiki answers.'),
    timeoutMs: z
      .int()
      .min(50)
      .max(600_000)
      .default(30_000)
      .describe('Give up on one request after so many milliseconds.'),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: '`user` and `password` go together',
    path: ['password'],
  })
  .refine(({ user, readers }) => user === undefined || readers !== undefined, {
    message: 'must be given with `user`: what its account may read may not be for everyone',
    path: ['readers'],
  });

/** Pages read for one batch: as many as the wiki lists at once. */
const MAX_UPSERTS = 50;

/**
 * Pages of a MediaWiki (1.39 and newer) by its Action API, as one bot password sees them: a wiki knows no
 * impersonation, so that who else may read a namespace is configured.
 *
 * Recent changes and the logs say which pages to look at; at first and every six hours all are, since neither tells of
 * rights to read that extensions and settings take away, nor of what `importDump.php` brings. A page's name may leak
 * through lists, its text never: every page passes the wiki's own read test first, and is then asked for alone, since
 * one forbidden title fails the whole batch it is in. Restoring a page keeps its id, and so does moving it.
 *
 * A bot password keeps only the rights of its grants: where a right of one's own guards a namespace, the wiki needs
 * `$wgGrantPermissions['basic']['thatright'] = true` for the account to read it.
 */
export const mediawiki = defineConnector<DocumentItem, typeof Options>({
  name: 'mediawiki',
  summary: 'Pages of a MediaWiki 1.39 or newer, with its namespaces as spaces and its contributors as authors.',
  options: Options,
  async open(options, deps): Promise<Connector<DocumentItem>> {
    const session = new WikiSession(options, deps.source);
    const spaces: SpaceOptions = {
      url: options.url,
      namespaces: options.namespaces,
      readers: (options.readers as Reader[] | undefined) ?? ['everyone'],
      spaceReaders: options.spaceReaders as Record<string, Reader[]>,
    };
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    await siteOf(session, spaces, deps.source, { signal: soon }).catch((cause: unknown) => {
      if (!soon.aborted) throw cause;
      throw new ConnectorError('UNAVAILABLE', `${deps.source}: ${options.url} did not answer in time`, { cause });
    });
    const changes =
      (size: number): Connector<DocumentItem>['changes'] =>
      (cursor, known, call) =>
        new WikiRun({ session, spaces, maxBytes: options.maxBytes, source: deps.source, size }, known, call).batches(
          readCursor(cursor),
          cursor === undefined,
        );
    return {
      changes: changes(MAX_UPSERTS),
      health: (call) => healthOfRun('documents', () => changes(1)(undefined, () => undefined, call)),
      close: async () => {},
    };
  },
});
