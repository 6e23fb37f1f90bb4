import { createHmac, createSecretKey, hash, randomUUID, type KeyObject } from 'node:crypto';
import type { Viewer } from '../viewer.ts';

/**
 * The header by which the gateway proves a request to a subgraph in another process, and says who is asking:
 * `v1.<time in ms>.<nonce>.<SHA-256 of the body>.<viewer as JSON>.<HMAC-SHA-256>`, the last three in base64url.
 * What the HMAC is over is in `macOf`.
 */
export const SIGNATURE_HEADER = 'x-atrium-signature';

/** Part of what is signed: what is logged under it belongs to the request. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The first part of the header: a later form has another, and cannot be taken for this one. */
export const VERSION = 'v1';

/** What of a request is signed besides what stands in the header; nothing in it can hold a line break. */
export interface RequestLine {
  /** The subgraph it is for: another one refuses it. */
  readonly subgraph: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly requestId: string;
}

/** A request to be signed. */
export interface UnsignedRequest extends RequestLine {
  readonly viewer: Viewer;
  /** Empty for none. */
  readonly body: string;
}

/** Viewers come again and again. */
const encoded = new WeakMap<Viewer, string>();

/** The headers that prove a request. Sign each attempt anew: none is taken twice. */
export function signRequest(request: UnsignedRequest, secret: string, now = Date.now()): Record<string, string> {
  const claim = [VERSION, now, randomUUID(), digestOf(request.body), encodedViewer(request.viewer)].join('.');
  const mac = macOf(claim, request, secret).toString('base64url');
  return { [SIGNATURE_HEADER]: `${claim}.${mac}`, [REQUEST_ID_HEADER]: request.requestId };
}

/** The signature over a claim (the header without its last part) and the request it came with. */
export function macOf(claim: string, { subgraph, method, path, requestId }: RequestLine, secret: string): Buffer {
  return createHmac('sha256', keyOf(secret)).update([claim, subgraph, method, path, requestId].join('\n')).digest();
}

/** Of the one or two secrets there are: Node takes longer to make a key than to sign with it. */
const keys = new Map<string, KeyObject>();

function keyOf(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) keys.set(secret, (key = createSecretKey(secret, 'utf8')));
  return key;
}

/** A body's digest as it stands in the header. */
export function digestOf(body: string | Buffer): string {
  return hash('sha256', body, 'base64url');
}

function encodedViewer(viewer: Viewer): string {
  let text = encoded.get(viewer);
  if (text === undefined) {
    text = Buffer.from(JSON.stringify(viewer), 'utf8').toString('base64url');
    encoded.set(viewer, text);
  }
  return text;
}
