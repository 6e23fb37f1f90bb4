import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Log } from '../../subgraphs/kit/connector.ts';

/** The keys are fetched anew after so long, for a key that was withdrawn. */
const MAX_AGE_MS = 600_000;
/** An unknown key is no reason to ask again before so long: anybody can make up names of keys. */
const COOL_DOWN_MS = 30_000;
/** With no keys at all nobody can sign in: then the server is asked again sooner. */
const RETRY_MS = 5_000;
/** Keys that could not be fetched anew are taken so long. */
const MAX_STALE_MS = 86_400_000;
const TIMEOUT_MS = 4_000;
const MAX_BYTES = 524_288;

/** The key server did not answer, and what is known is not enough. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The keys of a server, fetched when they are needed and kept. One that is down is asked again, never in a rush. */
export class KeySet {
  readonly #locate: () => Promise<string>;
  readonly #log: Log;
  #keys: JWTVerifyGetKey | undefined;
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #fetching: Promise<void> | undefined;

  /** @param locate gives the address of the keys */
  constructor(locate: () => Promise<string>, log: Log) {
    this.#locate = locate;
    this.#log = log;
  }

  /**
   * Finds the key a token was signed with. What the token itself says of where its key is (`jku`, `x5u`, `jwk`) is not
   * looked at.
   * @throws KeysUnavailable when the server would have to be asked, and does not answer.
   */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    await this.#keepFresh();
    try {
      return await this.#known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const isCooling = this.#fetching === undefined && Date.now() - this.#triedAt < COOL_DOWN_MS;
      if (!isCooling) await this.#fetch();
      if (this.#fetchedAt < this.#triedAt) throw new KeysUnavailable('The key is unknown, and the server away.');
      return this.#known(header, token);
    }
  };

  /** Fetches the keys where they are missing or old. Never rejects. */
  async #keepFresh(): Promise<void> {
    const now = Date.now();
    const age = now - this.#fetchedAt;
    if (age < MAX_AGE_MS) return;
    const isTooOld = age > MAX_STALE_MS;
    if (isTooOld) this.#keys = undefined;
    if (!this.#fetching && now - this.#triedAt < (isTooOld ? RETRY_MS : COOL_DOWN_MS)) return;
    const fetched = this.#fetch();
    // A server that hangs holds up nobody whose key is known.
    if (isTooOld) await fetched;
  }

  async #known(...args: Parameters<JWTVerifyGetKey>) {
    if (!this.#keys) throw new KeysUnavailable('The keys could not be fetched.');
    return this.#keys(...args);
  }

  /** Asks the server, once for all who wait. Never rejects. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#load().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #load(): Promise<void> {
    const now = Date.now();
    this.#triedAt = now;
    try {
      this.#keys = createLocalJWKSet(await fetchKeys(await this.#locate()));
      this.#fetchedAt = now;
    } catch (err) {
      this.#log.warn({ err }, 'the keys of the sign-in cannot be fetched');
    }
  }
}

/** Where an OpenID provider has its keys (OpenID Connect Discovery 1.0). */
export async function discoverKeys(issuer: string): Promise<string> {
  const found = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (found['issuer'] !== issuer) throw new Error('the provider goes by another name than "auth.oidc.issuer"');
  const address = found['jwks_uri'];
  if (typeof address !== 'string' || !URL.canParse(address)) throw new Error('the provider names no "jwks_uri"');
  const isAsSafe = address.startsWith('https:') || issuer.startsWith('http:');
  if (!isAsSafe) throw new Error('the provider’s "jwks_uri" does not begin with https://');
  return address;
}

/**
 * Fetches keys (RFC 7517); secrets are none for us.
 * @throws when there are none
 */
export async function fetchKeys(address: string): Promise<JSONWebKeySet> {
  const { keys } = await fetchJson(address);
  const usable = Array.isArray(keys) ? (keys as JSONWebKeySet['keys']).filter((key) => key?.kty !== 'oct') : [];
  if (usable.length === 0) throw new Error('there are no keys in it');
  return { keys: usable };
}

async function fetchJson(address: string): Promise<Record<string, unknown>> {
  const response = await fetch(address, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`the server answers with status ${response.status}`);
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES) throw new Error('the answer is too long');
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('the answer is no object');
  return value as Record<string, unknown>;
}
