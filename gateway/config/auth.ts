import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback } from './loopback.ts';

/** What signatures of tokens may be made with; each of them takes a key that only its owner has. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
/** What they may be made with where both sides share a secret. */
const SHARED_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;

/** A right beyond reading what one may read: `people:contact`. */
export const ScopeName = z
  .string()
  .regex(/^[A-Za-z][\w.:/-]{0,99}$/, 'must be letters, digits and . : / _ -, at most 100, a letter first');

/** By what of the directory somebody is found. */
const matches = z.enum(['mail', 'username', 'key', 'account']);

/** Keys fetched in the clear could be anybody's. */
const keyAddress = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => text.startsWith('https:') || isLoopback(new URL(text).hostname.replaceAll(/[[\]]/g, '')),
    'must begin with https://: keys that come in the clear could be anybody’s',
  );

/** What tokens have to fulfil, wherever the keys come from. */
const token = {
  audience: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('The audience (`aud`) by which tokens are meant for Atrium; of a list any'),
  claim: z.string().min(1).default('email').describe('The claim that says who it is: `email`, `preferred_username`'),
  matches: matches
    .default('mail')
    .describe(
      'What of the directory that claim is compared with: `mail`, `username`, `key` (what identifies an entry) or `account` (an alias `signin:<claim>`)',
    ),
  groupsClaim: z
    .string()
    .min(1)
    .optional()
    .describe('A claim with groups, added to those of the directory; a dot leads inside: `realm_access.roles`'),
  groupNames: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe('Which groups of that claim count, and what they are called here: `{ "wiki-board": board }`'),
  scopesClaim: z.string().min(1).optional().describe('A claim with scopes, added to `auth.scopes`: `scope`, `scp`'),
  tokenType: z
    .enum(['any', 'at+jwt'])
    .default('any')
    .describe('`at+jwt`: take only what is marked as an access token (RFC 9068). ID tokens are refused either way'),
  clockSkewSeconds: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(60)
    .describe('How far the clocks of the two servers may differ'),
};

const algorithms = z
  .array(z.enum(ALGORITHMS))
  .min(1)
  .default(['RS256', 'ES256'])
  .describe('What signatures may be made with; nothing else is taken, whatever a token says');

/** Who may ask, and how they say who they are. */
export const AuthConfig = z.strictObject({
  anonymous: z
    .enum(['allow', 'deny'])
    .optional()
    .describe(
      'Whether one may ask without saying who one is. Default: `deny` where one can sign in by `oidc`, `jwt` or `trustedHeader`',
    ),
  scopes: z
    .array(ScopeName)
    .default(['people:contact'])
    .describe('The scopes of everybody who is signed in and known to the directory'),
  oidc: z
    .strictObject({
      issuer: keyAddress.describe('The OpenID provider, exactly as its tokens name it; its keys are found there'),
      algorithms,
      ...token,
    })
    .optional()
    .describe('Sign in by access tokens of an OpenID provider'),
  jwt: z
    .strictObject({
      issuer: z.string().min(1).describe('Who makes the tokens (`iss`)'),
      jwksUrl: keyAddress.optional().describe('Where the keys are (RFC 7517)'),
      keyFile: z.string().optional().describe('Or a PEM file with the one public key; relative to this file'),
      secret: z
        .string()
        .min(32)
        .optional()
        .meta({ secret: true })
        .describe('Or the secret that both sides share; at least 32 characters'),
      algorithms: z
        .array(z.enum([...ALGORITHMS, ...SHARED_ALGORITHMS]))
        .min(1)
        .optional()
        .describe('What signatures may be made with. Default: `RS256`, `ES256`; with `secret` `HS256`'),
      ...token,
    })
    .optional()
    .describe('Sign in by tokens whose keys are known'),
  trustedHeader: z
    .strictObject({
      header: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'must be the name of a header')
        .default('x-remote-user')
        .describe('The header with the name; the proxy has to remove it from what clients send'),
      proxies: z
        .array(z.string().refine(isAddressOrNet, 'must be an address or a net: 10.0.0.5, 10.1.0.0/16'))
        .min(1)
        .describe('The addresses that the header is taken from: `10.0.0.5`, `10.1.0.0/16`'),
      matches: matches.default('username').describe('What of the directory it is compared with, as above'),
    })
    .optional()
    .describe('Sign in at a proxy before the gateway'),
});

/** Who may ask, as configured. */
export type Auth = z.output<typeof AuthConfig>;
/** What tokens have to fulfil. */
export type TokenRules = Pick<NonNullable<Auth['jwt']>, keyof typeof token>;
/** By what of the directory somebody is found. */
export type MatchKind = z.output<typeof matches>;

/** Whether an algorithm takes a secret that both sides share. */
export function isShared(algorithm: string): boolean {
  return (SHARED_ALGORITHMS as readonly string[]).includes(algorithm);
}

/** The ways to sign in that are configured. */
export function waysToSignIn(auth: Auth): readonly ('oidc' | 'jwt' | 'trustedHeader')[] {
  return (['oidc', 'jwt', 'trustedHeader'] as const).filter((way) => auth[way] !== undefined);
}

/** Whether one may ask without saying who one is. */
export function allowsAnonymous(auth: Auth): boolean {
  return (auth.anonymous ?? (waysToSignIn(auth).length > 0 ? 'deny' : 'allow')) === 'allow';
}

function isAddressOrNet(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}
