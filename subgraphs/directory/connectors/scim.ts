import { z } from 'zod';
import { defineConnector, type Call, type Connector, type Health } from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { healthOfError } from '../../kit/health.ts';
import { toolUrl } from '../../kit/options.ts';
import type { DirectoryItem } from '../connector.ts';
import { ScimApi } from './scim/api.ts';
import { readCursor } from './scim/cursor.ts';
import { toPerson } from './scim/items.ts';
import { toResource } from './scim/resource.ts';
import { ScimRun, type Server } from './scim/run.ts';

const Options = z.strictObject({
  url: toolUrl('must be the address that /Users comes after, without user, `?` and `#`').describe(
    'Base address of the server, the one that `/Users` comes after: `https://id.example/scim/v2`.',
  ),
  token: z.string().min(1).meta({ secret: true }).describe('Bearer token that may read users and groups.'),
  groups: z.boolean().default(true).describe('Whether to read groups; `false` for a server that keeps none.'),
  pageSize: z.int().min(1).max(10_000).default(100).describe('Entries asked for at once; Okta gives 200 at most.'),
  fullEveryHours: z
    .number()
    .min(0)
    .max(8_760)
    .default(24)
    .describe('Read everything this often even where the server tells changes: not every server dates all of them.'),
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
    .describe('Give up on one request after so many milliseconds.'),
  maxBytes: z
    .int()
    .positive()
    .max(1024 ** 3)
    .default(32 * 1024 ** 2)
    .describe('Most bytes of one answer; a group comes with all its members.'),
});

type ScimOptions = z.output<typeof Options>;

/**
 * People and groups of a SCIM 2.0 server (RFC 7643, RFC 7644): Okta, Entra ID, Keycloak with an add-on, and others.
 *
 * - People are keyed by the server's id, so that a new user name or address changes nobody. `externalId` and
 *   `employeeNumber` are not read: they are no handles anybody is known by.
 * - Of `photos` the first that is a web address is shown, the primary one before others; pictures themselves are not read.
 * - Where the server filters by `meta.lastModified`, a run asks for changes, and for ids alone to see what is gone: each
 *   time up to 2,000 entries, once an hour beyond that. Everywhere else a run reads everything.
 * - Who is inactive (`active: false`) has left; so has who is deleted, but is then forgotten.
 * - What says that it is private (`home`) is neither shown as telephone nor as location.
 * - Members come with their group in one answer, for the standard cannot page them. Groups without members in a list are
 *   asked for one by one until one group shows that the list has them.
 * - The token is used as it is: one that expires has to be renewed from outside.
 */
export const scim = defineConnector<DirectoryItem, typeof Options>({
  name: 'scim',
  summary: 'People and groups of a SCIM 2.0 server: Okta, Entra ID, Keycloak with an add-on, and others.',
  options: Options,
  async open(options, { source }): Promise<Connector<DirectoryItem>> {
    const api = new ScimApi(options, source);
    const soon = AbortSignal.timeout(options.timeoutMs * 2);
    const server: Server = {
      api,
      source,
      groups: options.groups,
      pageSize: options.pageSize,
      fullEveryMs: options.fullEveryHours * 3_600_000,
      filters: await filtersOf(api, { signal: soon }).catch((cause: unknown) => {
        if (!soon.aborted) throw cause;
        throw new ConnectorError('UNAVAILABLE', `${source}: ${options.url} did not answer in time`, { cause });
      }),
    };
    return {
      changes: (cursor, known, call) => new ScimRun(server, readCursor(cursor), known, call).batches(),
      health: (call) => healthOf(api, options, call),
      close: async () => {},
    };
  },
});

/** Sees that users can be listed, and whether lists can be filtered. */
async function filtersOf(api: ScimApi, call: Call): Promise<boolean> {
  await api.list('Users', { startIndex: 1, count: 1 }, call);
  return api.filters(call);
}

/** The calls of a run, on one user and one group. */
async function healthOf(api: ScimApi, { url, groups }: ScimOptions, call: Call): Promise<Health> {
  const one = { startIndex: 1, count: 1 };
  try {
    const [listed] = (await api.list('Users', one, call))?.resources ?? [];
    if (listed === undefined) {
      return { status: 'failed', detail: `${url} answers, but lists nobody; give the token the right to read users.` };
    }
    const user = toResource(listed);
    const { item, reasons } = user === undefined ? { reasons: ['has no id'] } : toPerson(user);
    if (item === undefined) {
      throw api.error('BAD_RESPONSE', `${url} is readable, but the first user is of no use: it ${reasons.join(', ')}`);
    }
    const [group] = groups ? ((await api.list('Groups', one, call))?.resources ?? []) : [];
    return {
      status: 'ok',
      detail: `Readable: found people${group === undefined ? ', but no groups' : ' and groups'}.`,
    };
  } catch (error) {
    return healthOfError(error);
  }
}
