import type { FastifyInstance } from 'fastify';
import { isNestedWithin } from '../limits/json-depth.ts';
import { refusal } from '../refusal.ts';

/** Takes bodies of JSON alone, and none that nests deeper than `nesting`. */
export function registerBody(http: FastifyInstance, nesting: number): void {
  // A key "__proto__" is an error, not taken away: what was asked is what is answered.
  const parse = http.getDefaultJsonParser('error', 'error');
  http.removeAllContentTypeParsers();
  http.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isNestedWithin(body, nesting)) void parse(request, body, done);
    else done(refusal('NESTED_TOO_DEEP', { limit: nesting }));
  });
}
