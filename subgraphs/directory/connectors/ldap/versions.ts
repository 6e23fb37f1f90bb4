import { fingerprint } from '../../../kit/text/files.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { isActive } from '../activity.ts';
import type { Entry } from '../inet-org-person.ts';
import type { Vendor } from './vendors.ts';

/**
 * How long after a change that is known to the second only, another one may hide behind the same second; more than
 * two, for our clock may be behind the server's.
 */
const SETTLED_MS = 60_000;

/**
 * Makes versions of entries out of what the server changes with each of them, so that an entry need not be read to see
 * that it is as before. Undefined where the server (or its access rules) shows nothing of that kind, or nothing yet
 * that tells apart two changes within one second: then its content has to tell.
 * @param scope what else a version depends on: the options, and the server where it counts on its own.
 */
export function versionsOf(vendor: Vendor, scope: string): (entry: Entry, nowMs: number) => string | undefined {
  return (entry, nowMs) => {
    const values = (name: string): string[] =>
      (entry.attributes.get(name) ?? []).filter((value) => typeof value === 'string');
    for (const { name, isExact } of vendor.markers) {
      const marker = entry.attributes.get(name.toLowerCase())?.[0];
      if (typeof marker !== 'string' || marker === '') continue;
      const changed = isExact ? 0 : Date.parse(toIso(marker) ?? '');
      // An entry below a renamed one has a new name and an old marker; an account expires, or a role locks it, without
      // a change of its entry.
      if (changed <= nowMs - SETTLED_MS)
        return fingerprint(scope, name, marker, entry.dn, String(isActive(values, nowMs)));
    }
    return undefined;
  };
}
