import { isIP } from 'node:net';
import type { Account } from '../../../kit/content/item.ts';
import { cleanLine } from '../../../kit/text/plain.ts';
import type { DocumentRole } from '../../connector.ts';

/** MediaWiki's own scripts, which edit under names as people do. */
const SCRIPTS = new Set([
  'maintenance script',
  'mediawiki default',
  'mediawiki message delivery',
  'conversion script',
  'delete page script',
]);

/**
 * A user's name as an account. MediaWiki writes the first letter upper case and blanks for underscores
 * (`amara.okafor` becomes `Amara.okafor`, `li_wei` becomes `Li wei`); the handle takes both back: lower case,
 * underscores for blanks. Addresses of guests and MediaWiki's own scripts are nobody.
 */
export function accountOf(user: string): Account | undefined {
  // An imported revision of somebody without an account here: `imported>Li wei`.
  const name = cleanLine(user.replaceAll('_', ' ')).replace(/^[^<>]*>/, '');
  // Guests of wikis with temporary accounts are called `~2026-1`.
  if (name === '' || name.startsWith('~') || isIP(name) !== 0 || SCRIPTS.has(name.toLowerCase())) return undefined;
  return { handle: name.replaceAll(' ', '_').toLowerCase(), name };
}

/** Who made the page, and who else worked on it; each once. */
export function rolesOf(
  creator: string | undefined,
  contributors: readonly string[],
): { readonly account: Account; readonly role: DocumentRole }[] {
  const byHandle = new Map<string, { account: Account; role: DocumentRole }>();
  for (const [index, user] of [creator, ...contributors].entries()) {
    const account = user === undefined ? undefined : accountOf(user);
    if (account !== undefined && !byHandle.has(account.handle))
      byHandle.set(account.handle, { account, role: index === 0 ? 'AUTHOR' : 'EDITOR' });
  }
  return [...byHandle.values()];
}
