import { fingerprint } from '../../../kit/text/files.ts';
import type { DirectoryItem } from '../../connector.ts';
import { normaliseDn } from '../dn.ts';
import type { Entry } from '../inet-org-person.ts';

/** What Active Directory's primary group is told by: the group's number, and who a person and a group are. */
export const PRIMARY_GROUP_ATTRIBUTES = ['primaryGroupID', 'objectSid'] as const;

/**
 * The members of Active Directory's primary groups (mostly “Domain Users”). A group's `member` does not list those who
 * have it as their primary one, nor does their `memberOf`: it says so nowhere but in their `primaryGroupID`
 * ([MS-ADTS] 3.1.1.4.5.3 and 3.1.1.1.6).
 */
export class PrimaryGroups {
  /** References of people, by the SID of their primary group. */
  readonly #members = new Map<string, string[]>();

  /** Notes a person's primary group; people before groups. */
  note({ dn, attributes }: Entry): void {
    const [id] = attributes.get('primarygroupid') ?? [];
    const sid = sidOf(attributes.get('objectsid')?.[0]);
    if (sid === undefined || typeof id !== 'string' || !/^\d{1,10}$/.test(id)) return;
    const group = [...sid.slice(0, -1), Number(id)].join('-');
    const members = this.#members.get(group);
    if (members === undefined) this.#members.set(group, [normaliseDn(dn)]);
    else members.push(normaliseDn(dn));
  }

  /** The version of an entry that comes to another one when its primary members do; the group's own marker does not. */
  versionOf(entry: Entry, version: string): string;
  versionOf(entry: Entry, version: string | undefined): string | undefined;
  versionOf(entry: Entry, version: string | undefined): string | undefined {
    const members = this.#of(entry);
    return members.length === 0 || version === undefined ? version : fingerprint(version, members.join('\0'));
  }

  /** The item, a group with its primary members. */
  complete(entry: Entry, item: DirectoryItem): DirectoryItem {
    const members = item.kind === 'group' ? this.#of(entry) : [];
    if (item.kind !== 'group' || members.length === 0) return item;
    return { ...item, members: [...new Set([...item.members, ...members])] };
  }

  #of({ attributes }: Entry): readonly string[] {
    // People have SIDs too, but nobody has a person as primary group.
    const sid = sidOf(attributes.get('objectsid')?.[0]);
    return (sid && this.#members.get(sid.join('-'))?.toSorted()) ?? [];
  }
}

/** The parts of a SID ([MS-DTYP] 2.4.2.2): its authority, and numbers, the last of which is its own in its domain. */
function sidOf(value: string | Uint8Array | undefined): readonly number[] | undefined {
  if (value === undefined) return undefined;
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : Buffer.from(value);
  const count = bytes[1] ?? 0;
  if (bytes[0] !== 1 || count === 0 || bytes.length !== 8 + 4 * count) return undefined;
  const numbers = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return [bytes.readUIntBE(2, 6), ...numbers];
}
