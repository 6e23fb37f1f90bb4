import { z } from 'zod';
import type { Problem } from '../../../kit/connector.ts';
import type { Reader } from '../../../kit/content/item.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { cleanLine } from '../../../kit/text/plain.ts';

// Numbers come as text from some releases.
const Whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

const Written = z.object({
  share_type: Whole,
  share_with: z.string().nullish(),
  permissions: Whole,
  expiration: z.string().nullish(),
  path: z.string(),
  file_source: z.union([z.string(), z.number()]).transform(String),
  /** ownCloud: 0 is accepted; what is not, is nowhere among the files. */
  state: Whole.nullish(),
});

/** A share of a file or folder. */
export interface Share {
  /** Within the account's files, without slashes at its ends. */
  readonly path: string;
  readonly fileId: string;
  /** Undefined for one that names nobody here, or does not let them read. */
  readonly reader: Reader | undefined;
  /** What it is shared with, when that has members that the server does not tell of. */
  readonly circle: string | undefined;
}

const READ = 1;

/**
 * Of the kinds of shares those that name accounts or groups. A public link is for whom it was given to, not for
 * everyone; mails and other servers name nobody here; 2 is a person's own place for what their group was given.
 */
const KINDS: Readonly<Record<number, 'person' | 'group'>> = { 0: 'person', 1: 'group' };

/** Kinds of shares with members of which the server keeps the list to itself. */
const CIRCLES: Readonly<Record<number, string>> = { 7: 'a team', 10: 'a conversation', 12: 'a board' };

/** A share as the server writes it; a sentence when it cannot be read. */
export function toShare(value: unknown): Share | string {
  const parsed = Written.safeParse(value);
  if (!parsed.success) return `its \`${parsed.error.issues[0]?.path.join('.') ?? ''}\` cannot be read`;
  const {
    share_type: type,
    share_with: sharedWith,
    permissions,
    expiration,
    path,
    file_source: fileId,
    state,
  } = parsed.data;
  const name = cleanLine(sharedWith ?? '');
  const kind = KINDS[type];
  const circle = CIRCLES[type];
  const counts = (permissions & READ) !== 0 && !isOver(expiration) && (state ?? 0) === 0;
  return {
    path: path.replace(/^\/+|\/+$/g, ''),
    fileId,
    reader: counts && kind !== undefined && name !== '' ? `${kind}:${name}` : undefined,
    circle: counts ? circle : undefined,
  };
}

/** Who may read what by shares. */
export class Shares {
  /** Changes with every change of a share that counts. */
  readonly fingerprint: string;
  readonly #byPath = new Map<string, Share[]>();

  constructor(shares: readonly Share[], problems: Problem[] = []) {
    const told = new Set<string>();
    for (const share of shares) {
      if (share.reader !== undefined) this.#byPath.set(share.path, [...(this.#byPath.get(share.path) ?? []), share]);
      if (share.circle === undefined || told.has(share.path)) continue;
      told.add(share.path);
      const reason = `is shared with ${share.circle}, whose members the server does not tell; name them in \`readers\` if they are to find it`;
      problems.push({ place: share.path, reason });
    }
    const lines = [...this.#byPath.values()]
      .flat()
      .map(({ path, fileId, reader }) => JSON.stringify([path, fileId, reader]));
    this.fingerprint = fingerprint(...[...new Set(lines)].sort());
  }

  /** Whom the file or folder itself is shared with. With an `id`, if it still is the one that was shared. */
  of(path: string, id?: string): readonly Reader[] {
    const shares = this.#byPath.get(path) ?? [];
    return shares.flatMap(({ fileId, reader }) =>
      reader !== undefined && (id === undefined || id === fileId) ? [reader] : [],
    );
  }
}

/** A date that cannot be read is over: who was let in until then is no longer certain. */
function isOver(expiration: string | null | undefined): boolean {
  if (expiration === undefined || expiration === null || expiration === '') return false;
  const iso = toIso(expiration);
  return iso === undefined || Date.parse(iso) <= Date.now();
}
