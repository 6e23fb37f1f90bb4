import { holdsContact } from './contact.ts';
import type { Cursors } from './cursors.ts';

/** The parts of a global id. `area` also names the type: `person`, `group`, `document`, `conversation`, `reply`. */
export interface IdParts {
  readonly type: string;
  readonly source: string;
  readonly key: string;
}

/** A global id: opaque to clients, `type:source:key` in base64url to us. */
export function encodeId({ type, source, key }: IdParts): string {
  return Buffer.from(`${type}:${source}:${key}`, 'utf8').toString('base64url');
}

/** The parts of a global id; undefined for what is none of ours. */
export function decodeId(id: string): IdParts | undefined {
  if (id.length > 4_000) return undefined;
  const match = /^([a-z]+):([^:]*):(.*)$/su.exec(Buffer.from(id, 'base64url').toString('utf8'));
  if (!match) return undefined;
  const [, type = '', source = '', key = ''] = match;
  const parts = { type, source, key };
  // Base64 decodes leniently: only the one spelling that encodes back counts, or one thing would have many ids.
  return encodeId(parts) === id ? parts : undefined;
}

/** What account ids are sealed for. */
const ACCOUNT = 'account';

/** An account by its source and its name there. */
export interface AccountParts {
  readonly source: string;
  readonly handle: string;
}

/**
 * The id of an account: `acct:<source>:<handle>`; `account:<sealed>` where the handle says how somebody is reached. The
 * same as long as the store lives.
 */
export function accountId({ source, handle }: AccountParts, seals: Cursors): string {
  return holdsContact(handle) ? `account:${seals.seal(ACCOUNT, [source, handle])}` : `acct:${source}:${handle}`;
}

/** The parts of an account's id; undefined for what is none. Whoever knows an address can write an `acct:` of it. */
export function decodeAccountId(id: string, seals: Cursors): AccountParts | undefined {
  const plain = /^acct:([^:]*):(.*)$/su.exec(id);
  if (plain) return { source: plain[1] ?? '', handle: plain[2] ?? '' };
  const sealed = id.startsWith('account:') ? seals.unseal(ACCOUNT, id.slice('account:'.length)) : undefined;
  return sealed && { source: String(sealed[0]), handle: String(sealed[1]) };
}

/** The global id of a person; the key is sealed where it says how they are reached. */
export function personId({ source, key }: Pick<IdParts, 'source' | 'key'>, seals: Cursors): string {
  return encodeId({ type: 'person', source, key: holdsContact(key) ? seals.seal('person', [key]) : key });
}
