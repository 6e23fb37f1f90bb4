import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isFor } from '../http/path.ts';
import type { AuditNote, AuditTrail } from './audit-trail.ts';

/** Refusals are short. */
const MAX_REFUSAL = 16_384;

/**
 * Writes a line for each request to the endpoint when it is over, also for those that are refused before they become
 * an operation, by whatever stands before that.
 * @returns the note of a request, to be filled in.
 */
export function registerAudit(
  http: FastifyInstance,
  trail: AuditTrail,
  endpoint: string,
): (request: FastifyRequest) => AuditNote {
  const notes = new WeakMap<FastifyRequest, AuditNote>();
  const noteOf = (request: FastifyRequest): AuditNote => {
    let note = notes.get(request);
    if (!note) notes.set(request, (note = { codes: [] }));
    return note;
  };
  http.addHook('onRequest', (request, reply, done) => {
    if (isFor(request, endpoint)) follow(request, reply);
    done();
  });
  http.addHook('onSend', (request, reply, payload, done) => {
    const note = notes.get(request);
    if (note && note.codes.length === 0 && reply.statusCode >= 400) note.codes = codesIn(payload, reply.statusCode);
    done(null, payload);
  });
  return noteOf;

  function follow(request: FastifyRequest, reply: FastifyReply): void {
    const started = performance.now();
    const note = noteOf(request);
    reply.raw.once('close', () => {
      if (!reply.raw.writableEnded) note.codes = [...note.codes, 'CLIENT_LEFT'];
      // Pages and preflights ask nothing.
      if (note.hasData === undefined && note.codes.length === 0) return;
      trail.write(note, { requestId: request.id, ms: performance.now() - started, status: reply.raw.statusCode });
    });
  }
}

/** The codes of a refusal as it is sent. */
function codesIn(payload: unknown, status: number): string[] {
  const unknown = [`HTTP_${status}`];
  if (typeof payload !== 'string' || payload.length > MAX_REFUSAL) return unknown;
  try {
    const { errors } = JSON.parse(payload) as { errors: { extensions: { code: unknown } }[] };
    const codes = errors.flatMap(({ extensions: { code } }) => (typeof code === 'string' ? [code] : []));
    return codes.length > 0 ? [...new Set(codes)] : unknown;
  } catch {
    return unknown;
  }
}
