import { generateKeyPair, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** Whom the tokens of these tests are for. */
export const AUDIENCE = 'https://atrium.example';

/** A key with its name, as a sign-in server has it. */
export interface SigningKey {
  readonly kid: string;
  readonly jwk: JsonWebKey;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A sign-in server on this machine: its keys, and what it was asked. */
export interface KeyServer {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** The keys it tells of now. */
  keys: readonly SigningKey[];
  /** How it behaves: answers, never answers, or says that it cannot. */
  mood: 'well' | 'hanging' | 'broken' | 'empty';
  /** How often its keys were asked for, and its other addresses. */
  readonly asked: { keys: number; other: string[] };
  close(): Promise<void>;
}

/** Makes a key. */
export async function signingKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  return {
    kid,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    publicKey,
    privateKey,
  };
}

/** Starts it on a free port, or one that was its own before. */
export async function startKeyServer(keys: readonly SigningKey[], port = 0): Promise<KeyServer> {
  const http = createServer((request, response) => {
    const path = request.url ?? '/';
    if (path === '/keys') server.asked.keys++;
    else server.asked.other.push(path);
    if (server.mood === 'hanging') return;
    const send = (value: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (server.mood === 'broken') send({ error: 'broken' }, 500);
    else if (path === '/.well-known/openid-configuration') send({ issuer: server.issuer, jwks_uri: server.jwksUrl });
    else if (path === '/keys') send({ keys: server.mood === 'empty' ? [] : server.keys.map(({ jwk }) => jwk) });
    else send({}, 404);
  });
  await new Promise<void>((resolve) => void http.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: KeyServer = {
    issuer,
    jwksUrl: `${issuer}/keys`,
    keys,
    mood: 'well',
    asked: { keys: 0, other: [] },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
  return server;
}

/** What a token says besides the usual; `undefined` takes out what is usual. */
export interface TokenParts {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A token good for five minutes, unless its claims say otherwise. Signed by hand: libraries refuse to make odd ones. */
export function tokenOf(issuer: string, key: SigningKey, { claims = {}, header = {} }: TokenParts = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  const usual = { iss: issuer, aud: AUDIENCE, sub: 'sub-of-ada', email: 'ada@x.example', iat: now, exp: now + 300 };
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })}.${encode({ ...usual, ...claims })}`;
  const hash = header['alg'] === 'RS512' ? 'sha512' : 'sha256';
  return `${text}.${sign(hash, Buffer.from(text), key.privateKey).toString('base64url')}`;
}
