import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Viewer } from './viewer.ts';

/** The header that tells a subgraph in its own process who is asking. */
export const VIEWER_HEADER = 'x-atrium-viewer-token';

/** How long a token is good for: the time of one request, and clocks that differ a little. */
const LIFETIME_MS = 30_000;

const Payload = z.strictObject({
  viewer: z.strictObject({
    person: z.string().nullable(),
    service: z.string().optional(),
    signedIn: z.boolean().optional(),
    groups: z.array(z.string()),
    persons: z.array(z.string()).optional(),
    scopes: z.array(z.string()).optional(),
    operator: z.boolean(),
  }),
  expires: z.number(),
});

/** A viewer, signed by the gateway (HMAC-SHA-256) so that a subgraph can trust it. */
export function signViewer(viewer: Viewer, secret: string, now = Date.now()): string {
  const payload = Buffer.from(JSON.stringify({ viewer, expires: now + LIFETIME_MS }), 'utf8').toString('base64url');
  return `${payload}.${signature(payload, secret)}`;
}

/** The viewer of a token; undefined for one that is missing, old, or not signed with this secret. */
export function verifyViewer(token: unknown, secret: string, now = Date.now()): Viewer | undefined {
  if (typeof token !== 'string' || token.length > 64_000) return undefined;
  const [payload = '', given = '', ...rest] = token.split('.');
  const expected = Buffer.from(signature(payload, secret));
  const actual = Buffer.from(given);
  if (rest.length > 0 || expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  const parsed = Payload.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
  return parsed.success && parsed.data.expires >= now ? parsed.data.viewer : undefined;
}

function signature(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('base64url');
}
