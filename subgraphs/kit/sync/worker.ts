import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { openIdentityFeed } from '../../directory/identity-feed.ts';
import { subgraphNamed } from '../../registry.ts';
import { httpIdentityFeed } from '../identity/http-feed.ts';
import type { SourceConfig } from './open-source.ts';
import { Answerer, type QuestionMessage } from './questions.ts';
import { Scheduler, type SyncEvent } from './scheduler.ts';

/** What a sync worker is started with. */
export interface SyncWorkerData {
  readonly subgraph: string;
  readonly storePath: string;
  readonly sources: readonly SourceConfig[];
  readonly baseDir: string;
  readonly logLevel: string;
  /** Where the identity map comes from: the directory's store on this machine, or the directory's subgraph. */
  readonly identities?:
    | { readonly kind: 'store'; readonly path: string }
    | { readonly kind: 'http'; readonly url: string; readonly secret: string }
    | undefined;
}

/** What a sync worker is told. */
export type SyncCommand = { readonly type: 'identities' } | { readonly type: 'stop' } | QuestionMessage;

/** The thread that fills one store: it alone writes, and never blocks an answer. */
async function run(data: SyncWorkerData): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('This file is the main module of a worker thread.');
  const subgraph = subgraphNamed(data.subgraph);
  const { identities } = data;
  const log = pino(
    { level: data.logLevel, base: { subgraph: data.subgraph }, redact: ['*.password', '*.secret', '*.token'] },
    pino.destination({ dest: 2, sync: true }),
  );
  const scheduler = new Scheduler({
    store: subgraph.openWriter(data.storePath),
    kinds: subgraph.connectors,
    sources: data.sources,
    baseDir: data.baseDir,
    log,
    onEvent: (event: SyncEvent) => port.postMessage(event),
    openFeed:
      identities &&
      (() =>
        identities.kind === 'store'
          ? openIdentityFeed(identities.path)
          : httpIdentityFeed(identities.url, identities.secret)),
  });
  const answerer = new Answerer(
    scheduler,
    (message) => port.postMessage(message),
    (error) => log.error({ err: error }, 'a question to a tool failed'),
  );
  port.on('message', (command: SyncCommand) => {
    if (command.type === 'identities') void scheduler.refreshIdentities();
    else if (command.type === 'stop') void scheduler.stop().then(() => port.close());
    else void answerer.take(command);
  });
  await scheduler.start();
}

await run(workerData as SyncWorkerData);
