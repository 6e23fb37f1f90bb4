import { holdsContact, maySeeContacts } from '../contact.ts';
import { decodeAccountId } from '../ids.ts';
import type { Database } from '../store/database.ts';
import type { Viewer } from '../viewer.ts';
import type { Condition } from './reader.ts';

/** Who asks for somebody's items, and of which store. */
export interface Asking {
  readonly viewer: Viewer;
  readonly reader: { readonly db: Database };
}

/** Items by a person, or by one account. */
export function authoredBy(id: string, asking: Asking): Condition {
  const { sql, values } = accountOf(id, asking);
  return { sql: `i.author IN (SELECT a.id FROM account a WHERE ${sql})`, values };
}

/** Items in which a person, or one account, has a part. */
export function takenPartBy(id: string, asking: Asking): Condition {
  const { sql, values } = accountOf(id, asking);
  return {
    sql: `i.id IN (SELECT p.item FROM account a JOIN participation p ON p.account = a.id
          WHERE ${sql} AND p.role <> 'MENTIONED')`,
    values,
  };
}

/** Accounts `a` that are a person's, or the one of this id. */
function accountOf(id: string, { viewer, reader }: Asking): Condition {
  const parts = decodeAccountId(id, reader.db.cursors);
  if (!parts) return { sql: 'a.person = ?', values: [id] };
  // An address written out asks whether it is somebody's here.
  if (id.startsWith('acct:') && holdsContact(parts.handle) && !maySeeContacts(viewer)) return { sql: '0', values: [] };
  return { sql: 'a.source = ? AND a.handle = ?', values: [parts.source, parts.handle] };
}
