import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Viewer } from '../viewer.ts';
import { Nonces, type SharedNonces } from './nonces.ts';
import { digestOf, macOf, VERSION, type RequestLine } from './signature.ts';

/** How old a signature may be, or how far ahead the gateway's clock. */
export const VALID_MS = 30_000;

/** Until nothing signed with a nonce is good any more, whatever the clocks say. */
const NONCE_MS = 2 * VALID_MS;

/** Most requests taken in the time their nonces are kept: some 4,000 a second, far more than one process answers. */
const MAX_NONCES = 250_000;

/** The header's parts are compared and decoded only up to here: a viewer in some thousand groups. */
const MAX_LENGTH = 131_072;

/** A viewer as it comes over the wire: every field of `Viewer`, and no other. */
const ViewerShape = z.strictObject({
  person: z.string().nullable(),
  service: z.string().optional(),
  signedIn: z.boolean().optional(),
  groups: z.array(z.string()),
  persons: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  operator: z.boolean(),
}) satisfies z.ZodType<Viewer>;

/** Why a request is refused. Only somebody who can sign learns more than `unsigned`. */
export type Refusal = 'unsigned' | 'old' | 'replayed' | 'flooded';

/** A request whose head was proved; its body is still to come. */
export interface SignedRequest {
  readonly viewer: Viewer;
  /** Whether this is the body that was signed. */
  isBody(body: Buffer): boolean;
}

/** Proves requests to one subgraph. */
export class Verifier {
  readonly #subgraph: string;
  readonly #secrets: readonly string[];
  readonly #nonces = new Nonces(NONCE_MS, MAX_NONCES);
  readonly #shared: SharedNonces | undefined;

  /**
   * @param secrets any of which may have signed: the present one, and while it is being changed the one before
   * @param shared where other instances of the subgraph remember nonces as well
   */
  constructor(subgraph: string, secrets: readonly string[], shared?: SharedNonces) {
    this.#subgraph = subgraph;
    this.#secrets = secrets;
    this.#shared = shared;
  }

  /** Proves all of a request but its body, before that is read. Nothing is taken twice. */
  async verify(
    request: Omit<RequestLine, 'subgraph'>,
    header: unknown,
    now = Date.now(),
  ): Promise<SignedRequest | Refusal> {
    if (typeof header !== 'string' || header.length > MAX_LENGTH) return 'unsigned';
    const end = header.lastIndexOf('.');
    const claim = header.slice(0, Math.max(0, end));
    const [version, time, nonce = '', digest, viewerText = '', ...rest] = claim.split('.');
    if (version !== VERSION || rest.length > 0) return 'unsigned';
    if (!this.#isSigned(claim, request, Buffer.from(header.slice(end + 1), 'base64url'))) return 'unsigned';
    // From here on it is known to come from somebody who has the secret.
    if (!(Math.abs(now - Number(time)) <= VALID_MS)) return 'old';
    const viewer = readViewer(viewerText);
    if (!viewer) return 'unsigned';
    const state = this.#nonces.take(nonce, now);
    if (state !== 'new') return state === 'seen' ? 'replayed' : 'flooded';
    // Where the others cannot be asked, this instance still takes nothing twice.
    const isNew = await this.#shared?.takeShared(`${this.#subgraph}:${nonce}`, NONCE_MS);
    if (isNew === false) return 'replayed';
    return { viewer, isBody: (body) => digestOf(body) === digest };
  }

  #isSigned(claim: string, request: Omit<RequestLine, 'subgraph'>, given: Buffer): boolean {
    const line = { ...request, subgraph: this.#subgraph };
    return this.#secrets.some((secret) => {
      const expected = macOf(claim, line, secret);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

function readViewer(text: string): Viewer | undefined {
  try {
    return ViewerShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
