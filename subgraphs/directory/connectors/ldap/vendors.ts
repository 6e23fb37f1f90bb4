import type { Entry } from '../inet-org-person.ts';
import { PRIMARY_GROUP_ATTRIBUTES } from './primary-groups.ts';

/** What differs between directory servers. */
export interface Vendor {
  readonly name: string;
  /** Whether the root DSE is this server's. */
  readonly isIt: (root: Entry) => boolean;
  readonly peopleFilter: string;
  readonly groupFilter: string;
  /**
   * Attributes that change with every change of an entry, in the order they are asked for; with `isExact`, two changes
   * within one second differ as well.
   */
  readonly markers: readonly { readonly name: string; readonly isExact: boolean }[];
  /** What else is asked for of every entry in each run. */
  readonly listed?: readonly string[];
  /** The root DSE's name for this very server, where markers are counted by each server on its own. */
  readonly server?: string;
}

const MODIFIED = { name: 'modifyTimestamp', isExact: false } as const;
const GROUPS =
  '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)(objectClass=posixGroup))';

/** The servers known, and at the end what any other one is taken for. */
export const VENDORS: readonly [Vendor, ...Vendor[]] = [
  {
    name: 'Active Directory',
    // LDAP_CAP_ACTIVE_DIRECTORY_OID ([MS-ADTS] 3.1.1.3.4.3.1); Samba has it as well.
    isIt: (root) => has(root, 'supportedcapabilities', '1.2.840.113556.1.4.800'),
    // Computers are users too, by class.
    peopleFilter: '(&(objectCategory=person)(objectClass=user))',
    groupFilter: '(objectClass=group)',
    markers: [{ name: 'uSNChanged', isExact: true }],
    listed: PRIMARY_GROUP_ATTRIBUTES,
    server: 'dsservicename',
  },
  {
    name: 'FreeIPA',
    isIt: (root) => root.attributes.has('ipatopologypluginversion') || root.attributes.has('ipadomainlevel'),
    peopleFilter: '(objectClass=person)',
    groupFilter: '(objectClass=ipaUserGroup)',
    markers: [{ name: 'entryUSN', isExact: true }, MODIFIED],
    server: 'netscapemdsuffix',
  },
  {
    name: '389 Directory Server',
    isIt: (root) => /389 project|fedora|red hat/i.test(String(root.attributes.get('vendorname')?.[0] ?? '')),
    peopleFilter: '(objectClass=person)',
    groupFilter: GROUPS,
    markers: [{ name: 'entryUSN', isExact: true }, MODIFIED],
    server: 'netscapemdsuffix',
  },
  {
    name: 'OpenLDAP',
    isIt: (root) => has(root, 'objectclass', 'OpenLDAProotDSE'),
    peopleFilter: '(|(objectClass=person)(objectClass=posixAccount))',
    groupFilter: GROUPS,
    markers: [{ name: 'entryCSN', isExact: true }, MODIFIED],
  },
];

/** A server of no known kind: what the standards have. */
const OTHER: Vendor = {
  name: 'LDAP server',
  isIt: () => true,
  peopleFilter: '(|(objectClass=person)(objectClass=posixAccount))',
  groupFilter: GROUPS,
  markers: [MODIFIED],
};

/** The vendor of a server, by its root DSE. */
export function vendorOf(root: Entry | undefined): Vendor {
  return (root && VENDORS.find(({ isIt }) => isIt(root))) ?? OTHER;
}

function has(entry: Entry, attribute: string, value: string): boolean {
  return entry.attributes.get(attribute)?.includes(value) === true;
}
