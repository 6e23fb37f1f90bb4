import type { FastifyRequest } from 'fastify';

/** Headers no page can send to another site without the browser asking first. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** Types that a page may send anywhere, as forms do. */
const SIMPLE_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/** Whether a page of another site could have had a browser send this, without being asked whether it may. */
export function couldBeForged({ headers }: FastifyRequest): boolean {
  if (PREFLIGHTED.some((name) => (headers[name]?.length ?? 0) > 0)) return false;
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  return SIMPLE_TYPES.has(type.trim().toLowerCase());
}
