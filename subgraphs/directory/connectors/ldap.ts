import { z } from 'zod';
import { defineConnector, type Call, type Connector, type ConnectorDeps, type Health } from '../../kit/connector.ts';
import { healthOfError } from '../../kit/health.ts';
import { settingsOf } from '../../kit/text/runs.ts';
import type { DirectoryItem } from '../connector.ts';
import { normaliseDn } from './dn.ts';
import { ACTIVITY_ATTRIBUTES } from './activity.ts';
import { AttributeMap } from './attribute-map.ts';
import { entryMapping } from './inet-org-person.ts';
import type { ConnectionSettings } from './ldap/client.ts';
import { Connection, type Search } from './ldap/connection.ts';
import { readCounts, runDirectory } from './ldap/delta.ts';
import { filterFault } from './ldap/filters.ts';
import type { Plan } from './ldap/listing.ts';
import { vendorOf } from './ldap/vendors.ts';
import { versionsOf } from './ldap/versions.ts';
import { photoAttributes, PhotoUrl } from './photo.ts';

const Filter = z
  .string()
  .min(1)
  .superRefine((filter, context) => {
    const fault = filterFault(filter);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `is no search filter (RFC 4515): ${fault}` });
  });

const Options = z
  .strictObject({
    url: z
      .url({ protocol: /^ldaps?$/, abort: true })
      .refine((url) => {
        const { username, password, pathname, search } = new URL(url);
        return `${username}${password}${pathname.replace('/', '')}${search}` === '';
      }, 'must be `ldaps://host` or `ldap://host`, with a port where it is not the usual one, and nothing after that')
      .describe('Address of the server: `ldaps://host`, or `ldap://host` with `startTls`.'),
    startTls: z.boolean().default(false).describe('Encrypt the connection to an `ldap://` address before logging in.'),
    caFile: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file of the authority that signed the server’s certificate. Default: those Node knows.'),
    bindDn: z
      .string()
      .min(1)
      .optional()
      .describe('Who logs in: a DN, or what else the server takes (`reader@corp.example`). Default: nobody.'),
    password: z.string().min(1).meta({ secret: true }).optional().describe('The password of `bindDn`.'),
    baseDn: z.string().min(1).describe('Where people are: `ou=people,dc=corp,dc=example`, and all below.'),
    peopleFilter: Filter.optional().describe('Which entries are people. Default: what fits the server found.'),
    groupsBaseDn: z.string().min(1).optional().describe('Where groups are. Default: `baseDn`.'),
    groupFilter: Filter.optional().describe('Which entries are groups. Default: what fits the server found.'),
    attributes: AttributeMap.prefault({}).describe('Which attribute holds what; every part has a default.'),
    photoUrl: PhotoUrl,
    pageSize: z.int().min(1).max(10_000).default(500).describe('Entries asked for at once.'),
    timeoutMs: z
      .int()
      .min(50)
      .max(600_000)
      .default(30_000)
      .describe('Give up on connecting, and on one page, after so many milliseconds.'),
  })
  .refine(({ bindDn, password }) => (bindDn === undefined) === (password === undefined), {
    message: '`bindDn` and `password` go together',
    path: ['password'],
  })
  .refine(({ url, startTls }) => !(startTls && url.startsWith('ldaps:')), {
    message: 'an ldaps:// address is encrypted from the start; leave `startTls` out',
    path: ['startTls'],
  });

type LdapOptions = z.output<typeof Options>;

/**
 * People and groups of an LDAP server, as one account sees them; what the server hides from it is not there.
 *
 * - Every run lists ids, change markers (`entryCSN`, `uSNChanged`, `entryUSN`, `modifyTimestamp`) and what locks an
 *   account, some 50 bytes an entry, and reads only what differs. Deleted entries leave no trace in LDAP, so that the
 *   list is needed anyhow.
 * - `uSNChanged` and `entryUSN` are each server's own: behind a load balancer, a switch of servers reads all once more.
 * - Members of nested groups are resolved by the store, for all servers alike, so Active Directory's “in chain” rule is
 *   not asked for. Its primary groups (mostly “Domain Users”), which list no members, get them from `primaryGroupID`.
 *   Groups outside `groupsBaseDn`, and people of other domains (foreign security principals), are not followed.
 * - Referrals are not followed: `url` names one server, `baseDn` one tree.
 * - Only the attributes that are mapped are asked for: no photos, no password hashes.
 * - A page or entry beyond 32 MB is broken off; that entry is a problem, the others are read one by one.
 */
export const ldap = defineConnector<DirectoryItem, typeof Options>({
  name: 'ldap',
  summary: 'People and groups of an LDAP server: OpenLDAP, Active Directory, FreeIPA, 389 Directory Server and others.',
  options: Options,
  async open(options, deps): Promise<Connector<DirectoryItem>> {
    const { caFile, bindDn, password } = options;
    const settings: ConnectionSettings = { ...options, caFile, bindDn, password, ...deps };
    if (bindDn !== undefined && !options.startTls && /^ldap:\/\/(?!localhost\b|127\.|\[::1\])/.test(options.url))
      deps.log.warn({ source: deps.source }, 'the password goes over the network in the clear; set startTls');
    // A connection for each run: an idle one is cut by the server, and would be mended without logging in.
    {
      await using connection = await Connection.open(settings, soon(options));
      await firstOfEach(await planOf(connection, options, deps), connection);
    }
    return {
      async *changes(cursor, known, call) {
        await using connection = await Connection.open(settings, call);
        const plan = await planOf(connection, options, deps);
        yield* runDirectory(plan, connection, readCounts(cursor), known, call);
      },
      health: (call) => healthOf(options, settings, deps, call),
      close: async () => {},
    };
  },
});

/** For what a connector is opened with: no call, but no endless wait either. */
function soon({ timeoutMs }: LdapOptions): Call {
  return { signal: AbortSignal.timeout(timeoutMs * 4) };
}

/** What to search, for the kind of server that answered. */
async function planOf(connection: Connection, options: LdapOptions, deps: ConnectorDeps): Promise<Plan> {
  const root = await connection.read({ base: '', filter: '(objectClass=*)', attributes: ['*', '+'] });
  const vendor = vendorOf(root);
  deps.log.debug({ source: deps.source, vendor: vendor.name }, 'directory server found');
  const keys = namesOf(options.attributes.key);
  const markers = vendor.markers.map(({ name }) => name);
  const listed = [...keys, ...markers, ...ACTIVITY_ATTRIBUTES, ...(vendor.listed ?? [])];
  const mapped = [...Object.values(options.attributes).flatMap(namesOf), ...photoAttributes(options.photoUrl)];
  const attributes = [...new Set(['objectClass', ...mapped, ...listed].map((name) => name.toLowerCase()))];
  const people: Search = { base: options.baseDn, filter: options.peopleFilter ?? vendor.peopleFilter, attributes };
  const groups: Search = {
    base: options.groupsBaseDn ?? options.baseDn,
    filter: options.groupFilter ?? vendor.groupFilter,
    attributes,
  };
  const scope = settingsOf(
    { attributes: options.attributes, photoUrl: options.photoUrl, server: serverOf(root, vendor.server) },
    2,
  );
  return {
    source: deps.source,
    searches: [people, groups],
    listed,
    keys: keys.map((name) => name.toLowerCase()),
    toItem: entryMapping(options.attributes, normaliseDn, options.photoUrl),
    versionOf: versionsOf(vendor, scope),
    pageSize: options.pageSize,
  };
}

function namesOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : names;
}

function serverOf(root: Awaited<ReturnType<Connection['read']>>, attribute: string | undefined): string {
  return attribute === undefined ? '' : String(root?.attributes.get(attribute)?.[0] ?? '');
}

/** One person and one group, or undefined for none. */
async function firstOfEach({ searches, listed }: Plan, connection: Connection) {
  const [people, groups] = searches;
  return [
    await connection.first({ ...people, attributes: listed }),
    await connection.first({ ...groups, attributes: listed }),
  ] as const;
}

async function healthOf(
  options: LdapOptions,
  settings: ConnectionSettings,
  deps: ConnectorDeps,
  call: Call,
): Promise<Health> {
  try {
    await using connection = await Connection.open(settings, call);
    const plan = await planOf(connection, options, deps);
    const [person, group] = await firstOfEach(plan, connection);
    if (person === undefined) {
      const { base, filter } = plan.searches[0];
      const detail = `Logged in, but nobody is found below "${base}" by ${filter}: let the account read there, or set \`peopleFilter\`.`;
      return { status: 'failed', detail };
    }
    return {
      status: 'ok',
      detail: `Readable: found people${group === undefined ? ', but no groups' : ' and groups'}.`,
    };
  } catch (error) {
    return healthOfError(error);
  }
}
