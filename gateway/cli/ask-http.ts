import { connect } from 'node:net';
import { z } from 'zod';

/** A GraphQL answer; whatever else is in it stays there. */
export const Reply = z.looseObject({
  data: z.unknown().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});
/** What a GraphQL server answers. */
export type Reply = z.output<typeof Reply>;

const DEADLINE_MS = 30_000;

/** Whether something listens there: the gateway may be too busy to answer at once, but it accepts. */
export async function isListening({ hostname, port, protocol }: URL): Promise<boolean> {
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    timeout: 1_000,
  });
  return new Promise((resolve) => {
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/**
 * Asks a gateway, with the token of `ATRIUM_TOKEN` where there is one.
 * @throws when nothing answers, or something that is no gateway.
 */
export async function askHttp(
  url: URL,
  { query, variables, as }: { query: string; variables?: object; as?: string | undefined },
): Promise<Reply> {
  const token = process.env['ATRIUM_TOKEN'];
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as !== undefined && { 'x-atrium-viewer': as }),
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'TimeoutError';
    throw new Error(
      isLate ? `${url.href} does not answer in time.` : `Nothing answers at ${url.href}. Start it: npm start`,
      {
        cause,
      },
    );
  }
  const reply = Reply.safeParse(await response.json().catch(() => undefined));
  if (!reply.success || !('data' in reply.data || 'errors' in reply.data)) {
    throw new Error(`What answers at ${url.href} is no GraphQL (status ${response.status}).`);
  }
  return reply.data;
}

/** Whether the gateway answers in this person's name; else it ignores the wish. */
export async function mayChooseViewer(url: URL, as: string): Promise<boolean> {
  const { data, errors } = await askHttp(url, { query: '{ viewer { person { id } } }', as });
  // Refused for being unknown: then the wish was heeded, and the answer has said so.
  if (errors) return true;
  const { person } = (data as { viewer?: { person?: object | null } } | null)?.viewer ?? {};
  return person !== null && person !== undefined;
}
