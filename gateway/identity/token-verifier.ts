import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Log } from '../../subgraphs/kit/connector.ts';
import type { Auth, TokenRules } from '../config/auth.ts';
import { discoverKeys, KeySet, KeysUnavailable } from './key-set.ts';
import { signInUnavailable, unauthenticated } from './refusal.ts';

/** What tokens are checked against. */
interface Expected {
  readonly issuer: string;
  readonly algorithms: readonly string[];
  readonly keyFor: JWTVerifyGetKey;
  readonly rules: TokenRules;
}

/** Checks access tokens (RFC 7519, RFC 8725, RFC 9068). */
export class TokenVerifier {
  readonly #expected: Expected;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  get rules(): TokenRules {
    return this.#expected.rules;
  }

  /**
   * What a token says.
   * @throws UNAUTHENTICATED when it is not to be believed, SIGN_IN_UNAVAILABLE when that cannot be told.
   */
  async verify(token: string): Promise<JWTPayload> {
    const { issuer, algorithms, keyFor, rules } = this.#expected;
    try {
      checkHeader(token, rules);
      const { payload } = await jwtVerify(token, keyFor, {
        issuer,
        audience: rules.audience,
        algorithms: [...algorithms],
        clockTolerance: rules.clockSkewSeconds,
        requiredClaims: ['exp'],
      });
      checkUse(payload, token);
      if (!Number.isFinite(payload.exp)) refuse('The token never expires.');
      if ((payload.iat ?? 0) > Date.now() / 1_000 + rules.clockSkewSeconds) refuse('The token is of the future.');
      return payload;
    } catch (error) {
      if (error instanceof KeysUnavailable) throw signInUnavailable();
      if (error instanceof Refused) throw unauthenticated(error.message, 'invalid_token');
      throw unauthenticated(sentenceFor(error), 'invalid_token');
    }
  }
}

/** The verifier that the configuration asks for, if any. The keys need not be there yet. */
export function openVerifier({ oidc, jwt }: Auth, log: Log): TokenVerifier | undefined {
  if (oidc) {
    const { issuer, algorithms } = oidc;
    const keyFor = new KeySet(() => discoverKeys(issuer), log).find;
    return new TokenVerifier({ issuer, algorithms, keyFor, rules: oidc });
  }
  if (!jwt) return undefined;
  const { issuer, jwksUrl, keyFile, secret } = jwt;
  const algorithms = jwt.algorithms ?? (secret === undefined ? ['RS256', 'ES256'] : ['HS256']);
  const keyFor = jwksUrl === undefined ? async () => ownKey(key) : new KeySet(async () => jwksUrl, log).find;
  const key = jwksUrl === undefined ? readKey(keyFile, secret) : undefined;
  return new TokenVerifier({ issuer, algorithms, keyFor, rules: jwt });
}

function ownKey(key: KeyObject | undefined): KeyObject {
  if (!key) throw new KeysUnavailable('There is no key.');
  return key;
}

function readKey(keyFile: string | undefined, secret: string | undefined): KeyObject {
  if (secret !== undefined) return createSecretKey(Buffer.from(secret, 'utf8'));
  try {
    return createPublicKey(readFileSync(keyFile ?? ''));
  } catch (cause) {
    throw new Error('"auth.jwt.keyFile" holds no public key in PEM.', { cause });
  }
}

class Refused extends Error {}

function refuse(message: string): never {
  throw new Refused(message);
}

/** What jose leaves to whoever uses it: odd names of keys, and tokens that are for something else. */
function checkHeader(token: string, { tokenType }: TokenRules): void {
  const { kid, typ } = decodeProtectedHeader(token) as { kid?: unknown; typ?: unknown };
  if (kid !== undefined && !(typeof kid === 'string' && /^[\x20-\x7e]{1,256}$/.test(kid))) {
    refuse('The token names its key oddly.');
  }
  if (typ !== undefined && typeof typ !== 'string') refuse('The token is of an odd type.');
  const type = (typ ?? '').toLowerCase().replace(/^application\//, '');
  const isAccess = type === 'at+jwt';
  if (!isAccess && (tokenType === 'at+jwt' || (type !== '' && type !== 'jwt'))) {
    refuse('The token is no access token.');
  }
}

/** Refuses what tells an application that somebody signed in, and gives no access: ID tokens and their like. */
function checkUse(payload: JWTPayload, token: string): void {
  const has = (name: string) => Object.hasOwn(payload, name);
  // Providers of several makes say it in words of their own: `typ`, `token_use`.
  const { typ, token_use: use } = payload as { typ?: unknown; token_use?: unknown };
  const isMarked = /^(application\/)?at\+jwt$/i.test(decodeProtectedHeader(token).typ ?? '');
  const saysAccess = isMarked || typ === 'Bearer' || use === 'access';
  const isOther =
    (typ !== undefined && typ !== 'Bearer') ||
    (use !== undefined && use !== 'access') ||
    ['at_hash', 'c_hash', 's_hash', 'events'].some(has) ||
    (has('nonce') && !saysAccess);
  if (isOther) refuse('The token is no access token.');
}

/** What is wrong, in words that give nothing of the token away. */
function sentenceFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's "${error.claim}" does not fit.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The token is signed in a way that is not taken here.';
  return 'The token is not valid.';
}
