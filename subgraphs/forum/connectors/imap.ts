import { z } from 'zod';
import { defineConnector, type Call, type Connector, type Health } from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { healthOfError } from '../../kit/health.ts';
import { Readers } from '../../kit/options.ts';
import type { ConversationItem } from '../connector.ts';
import { Mailbox, type MailboxSettings } from './imap/mailbox.ts';
import { mailOptions } from './mail/options.ts';
import { MailRuns } from './mail/run.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i;
const USUAL_PORTS = { tls: 993, starttls: 143, none: 143 } as const;

const Options = z
  .strictObject({
    host: z.string().min(1).describe('The server: `imap.corp.example`.'),
    port: z.int().min(1).max(65_535).optional().describe('Default: 993 with `tls`, else 143.'),
    security: z
      .enum(['tls', 'starttls', 'none'])
      .default('tls')
      .describe(
        'How the connection is encrypted: from the start, or by STARTTLS before logging in; `none` for a server on this machine only.',
      ),
    caFile: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file of the authority that signed the server’s certificate. Default: those Node knows.'),
    user: z
      .string()
      .min(1)
      .describe('The account that reads; best one of its own, with the right to read these folders and no more.'),
    password: z.string().min(1).meta({ secret: true }).describe('Its password, or an app password.'),
    folders: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'The folders to read: `lists/dev`, or `lists/*`. `INBOX`, and what the server marks as sent, drafts, junk, trash or archive, is read only where named in full.',
      ),
    ...mailOptions,
    readers: Readers.describe(
      'Who may read these folders. There is no default: a server does not say whom a mailbox is for.',
    ),
    maxBytes: z
      .int()
      .min(1024)
      .max(64 * 1024 ** 2)
      .default(1024 ** 2)
      .describe('Of a longer text only so much is fetched. Attachments are not fetched at all.'),
    batch: z.int().min(1).max(5000).default(200).describe('Mails asked for at once.'),
    perMinute: z.int().min(1).optional().describe('Commands a minute at most. Default: as fast as the server answers.'),
    timeoutMs: z
      .int()
      .min(50)
      .max(600_000)
      .default(60_000)
      .describe(
        'Give up on connecting, and on a server that falls silent, after so many milliseconds; on one command after five times as many.',
      ),
  })
  .refine(({ host, security }) => security !== 'none' || LOOPBACK.test(host), {
    message: 'over a network the connection has to be encrypted; use `tls` or `starttls`',
    path: ['security'],
  });

/**
 * Folders of a mailbox on an IMAP server: a list's archive, or a mailbox several people share.
 *
 * - Readers are those of the options: what the server lets its own accounts read (ACL) is not looked at.
 * - Nothing is changed on the server, mails are not marked as seen. Of a mail only headers and text parts are fetched.
 * - While Atrium runs it keeps an entry of some 600 bytes for each mail; a run fetches heads of new mails, and texts of
 *   threads they belong to. After a restart, heads are fetched anew once something has changed, texts are not.
 * - What changed comes by CONDSTORE, what was removed by QRESYNC (RFC 7162); without them by comparing the numbers of
 *   all mails, and a mail marked as deleted is then here until it is removed, or another comes.
 * - A folder that is made anew (UIDVALIDITY) is read anew; its threads stay the same by their Message-IDs.
 * - A folder that is named and not there is an error, and deletes nothing.
 * - It is polled (no IDLE). Passwords only: no OAuth, so Microsoft 365 and Gmail only with an app password.
 * - Authors are as the mails say, which anybody may write.
 */
export const imap = defineConnector<ConversationItem, typeof Options>({
  name: 'imap',
  summary:
    'Mails in folders of an IMAP server, such as shared mailboxes and list archives, threaded by their references.',
  options: Options,
  async open(options, deps): Promise<Connector<ConversationItem>> {
    const port = options.port ?? USUAL_PORTS[options.security];
    const settings: MailboxSettings = { ...options, port, source: deps.source, baseDir: deps.baseDir };
    const mailbox = new Mailbox(settings);
    await soon(settings, (call) => mailbox.check(call));
    const runs = new MailRuns(mailbox, settings, deps.source);
    return {
      changes: (cursor, known, call) => runs.changes(cursor, known, call),
      health: (call) => healthOf(settings, call),
      close: async () => {},
    };
  },
});

/** For what a connector is opened with: no call, but no endless wait either. */
async function soon({ timeoutMs, source }: MailboxSettings, what: (call: Call) => Promise<void>): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs * 2);
  await what({ signal }).catch((cause: unknown) => {
    if (!signal.aborted) throw cause;
    throw new ConnectorError('UNAVAILABLE', `${source}: the server did not answer in time`, { cause });
  });
}

/** The commands of a run, for one mail. */
async function healthOf(settings: MailboxSettings, call: Call): Promise<Health> {
  try {
    const found = await new Mailbox(settings).sample(call);
    if (found === 'mails') return { status: 'ok', detail: 'Readable: found mails.' };
    if (found === 'none') return { status: 'ok', detail: 'Readable, but holds no mails.' };
    return { status: 'failed', detail: `No usable mails; the first problem is at ${found.place}: ${found.reason}` };
  } catch (error) {
    return healthOfError(error);
  }
}
