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

/** The id of an account: `acct:<source>:<handle>`. */
export function accountId(source: string, handle: string): string {
  return `acct:${source}:${handle}`;
}

/** The parts of an account's id; undefined for what is none. */
export function decodeAccountId(id: string): { readonly source: string; readonly handle: string } | undefined {
  const match = /^acct:([^:]*):(.*)$/su.exec(id);
  return match ? { source: match[1] ?? '', handle: match[2] ?? '' } : undefined;
}
