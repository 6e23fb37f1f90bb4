import type { JWTPayload } from 'jose';
import type { TokenRules } from '../config/auth.ts';

/** Longest name, and most groups or scopes, taken from a token. */
const MAX_NAME = 320;
const MAX_LIST = 500;

/** What of a token says who somebody is and what they may. */
export interface Claims {
  /** Undefined where it names nobody that could be looked for. */
  readonly subject: string | undefined;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/** Reads a token that has been verified. */
export function readClaims(payload: JWTPayload, rules: TokenRules): Claims {
  const { claim, groupsClaim, groupNames, scopesClaim } = rules;
  const name = claimAt(payload, claim);
  const isUsable = typeof name === 'string' && name !== '' && name.length <= MAX_NAME && !/\p{Cc}/u.test(name);
  // An address that nobody proved to be theirs is anybody's.
  const isProven = claim !== 'email' || payload['email_verified'] === undefined || isTrue(payload['email_verified']);
  const groups = groupsClaim === undefined ? [] : listOf(claimAt(payload, groupsClaim));
  return {
    subject: isUsable && isProven ? name : undefined,
    groups: groups.flatMap((group) => (Object.hasOwn(groupNames, group) ? [groupNames[group]!.toLowerCase()] : [])),
    scopes: scopesClaim === undefined ? [] : listOf(claimAt(payload, scopesClaim)),
  };
}

/** Some providers send it as text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A claim by its name or, where none is called so, by the way to it: `realm_access.roles`. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  return name.split('.').reduce<unknown>((value, step) => {
    const isIn = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return isIn ? (value as Record<string, unknown>)[step] : undefined;
  }, payload);
}

/** A list, or words with blanks between as `scope` has them (RFC 8693, 4.2). */
function listOf(value: unknown): string[] {
  const list: unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return list
    .slice(0, MAX_LIST)
    .filter((each) => typeof each === 'string' && each !== '' && each.length <= MAX_NAME) as string[];
}
