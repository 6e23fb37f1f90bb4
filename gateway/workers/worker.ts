import { createApp, type App } from '../app.ts';
import type { Config } from '../config/schema.ts';
import { Departure } from '../http/departure.ts';
import { endOnFault } from '../life.ts';
import { createLog } from '../log.ts';
import { Link } from './link.ts';
import type { ToWorker } from './messages.ts';

/** In development, the header that says which process answered. */
export const WORKER_HEADER = 'x-atrium-worker';

const link = new Link();
const departure = new Departure();
let app: App | undefined;
let closing: Promise<void> | undefined;
/** Ending may be told, and begin by itself meanwhile. */
const close = () => (closing ??= app?.close() ?? Promise.resolve());
const cut = () => app?.http.server.closeAllConnections();

// Signals to all processes at once, such as Ctrl-C's: the primary process is the one that says what to do.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
departure.onBegin(() => link.tell({ type: 'ending' }));
process.on('message', (message: ToWorker) => {
  if (message.type === 'start') void serve(message.config);
  else if (message.type === 'depart') departure.begin();
  else if (message.type === 'end') void end();
  else if (message.type === 'cut') cut();
  // The library that collects the figures talks here, too.
  else if (message.type === 'granted' || message.type === 'answer' || message.type === 'failure') link.take(message);
});
link.tell({ type: 'hello' });

async function serve(config: Config): Promise<void> {
  try {
    const log = createLog(config.log).child({ worker: process.pid });
    endOnFault({ departure, log, shutdown: config.shutdown, close, cut });
    app = await createApp(config, { log, departure, receive: link.receive, readable: link.readable, together: link });
    if (config.development.chooseViewer) {
      app.http.addHook('onRequest', async (_request, reply) => void reply.header(WORKER_HEADER, process.pid));
    }
    await app.http.listen(config.listen);
    link.tell({ type: 'serving' });
  } catch (error) {
    const { message, code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
    process.send?.({ type: 'failed', message, code }, undefined, {}, () => process.exit(1));
  }
}

async function end(): Promise<void> {
  await close();
  process.exit(0);
}
