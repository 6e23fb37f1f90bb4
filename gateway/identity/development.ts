import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/schema.ts';

/** The header by which, in development, whoever asks says in whose name. */
export const CHOSEN_VIEWER_HEADER = 'x-atrium-viewer';

/** The names under which this machine knows itself. */
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** What a proxy says of whom it asks for: then it is not somebody at this machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Whether a request comes from somebody at this machine who is trying out, and may choose in whose name. */
export function isTryingOut({ development }: Config, headers: IncomingHttpHeaders): boolean {
  // Another site's page may have its name point here, and then be taken for ours: only our own names may choose.
  const isLocal = LOCAL_HOST.test(headers.host ?? '') && FORWARDED.every((name) => headers[name] === undefined);
  return isLocal && (development.chooseViewer || development.viewer !== undefined);
}

/** In whose name they ask; nobody's when undefined or empty. */
export function chosenViewer({ development }: Config, headers: IncomingHttpHeaders): string | undefined {
  const chosen = development.chooseViewer ? headers[CHOSEN_VIEWER_HEADER] : undefined;
  return typeof chosen === 'string' ? chosen : development.viewer;
}
