import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptQuality } from '../http/accept.ts';
import { loadAssets, sendAsset } from './assets.ts';
import { readSampleOperations } from './operations.ts';
import { renderPage, PAGE_HEADERS, type ExplorerViewer } from './page.ts';

export type { ExplorerViewer };

/** What the explorer page needs to know about the gateway it belongs to. */
export interface ExplorerOptions {
  /** Path of the GraphQL endpoint on this same server, such as `/graphql`. */
  readonly endpoint: string;
  /** Folder of `<name>.graphql` and `<name>.variables.json`; read anew for each page, so edits show on reload. */
  readonly operationsDir: string;
  /**
   * People one may ask as, for development only: the page then sends `x-atrium-viewer: <id>`.
   * Leave it out in production, and the page offers no choice.
   */
  readonly viewers?: readonly ExplorerViewer[] | (() => Promise<readonly ExplorerViewer[]>) | undefined;
  /** Name of the product, shown in the bar and as the page's title. */
  readonly title: string;
}

const SEND_PAGE = Symbol('atrium.explorer.sendPage');
type SendPage = (reply: FastifyReply) => Promise<FastifyReply>;

/**
 * Serves the explorer (GraphiQL) on `GET /` and its files under `/explorer/assets/`.
 *
 * The GraphQL route is not registered here: it asks {@link wantsExplorer} and answers with {@link sendExplorer}.
 * Everything the page loads comes from this server, so it works without the internet.
 */
export function registerExplorer(app: FastifyInstance, options: ExplorerOptions): void {
  const assets = loadAssets();

  const sendPage: SendPage = async (reply) => {
    const [operations, viewers] = await Promise.all([
      readSampleOperations(options.operationsDir),
      listViewers(options.viewers, reply),
    ]);
    return reply
      .headers(PAGE_HEADERS)
      .send(renderPage({ title: options.title, endpoint: options.endpoint, operations, viewers, assets }));
  };
  app.decorate(SEND_PAGE, sendPage);

  app.get('/', async (request, reply) => {
    if (wantsExplorer(request)) return sendPage(reply);
    return reply
      .header('cache-control', 'no-store')
      .type('text/plain; charset=utf-8')
      .send(`${options.title}: send GraphQL to ${options.endpoint}, or open this address in a browser.\n`);
  });

  app.get<{ Params: { name: string } }>('/explorer/assets/:name', async (request, reply) => {
    // A look-up in a fixed table, never a path on disk: there is nothing to traverse or to list.
    const asset = assets.get(request.params.name);
    if (!asset) return reply.callNotFound();
    return sendAsset(asset, request, reply);
  });
}

/** True when a browser wants a page: a GET whose `Accept` names `text/html` and does not like JSON better. */
export function wantsExplorer(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const accept = request.headers.accept;
  const html = acceptQuality(accept, 'text/html');
  const json = Math.max(
    acceptQuality(accept, 'application/json'),
    acceptQuality(accept, 'application/graphql-response+json'),
  );
  return html > 0 && html >= json;
}

/** Answers with the explorer page. The app (or a parent of it) must have gone through {@link registerExplorer}. */
export function sendExplorer(reply: FastifyReply): Promise<FastifyReply> {
  return reply.server.getDecorator<SendPage>(SEND_PAGE)(reply);
}

async function listViewers(
  viewers: ExplorerOptions['viewers'],
  reply: FastifyReply,
): Promise<readonly ExplorerViewer[] | 'unavailable' | undefined> {
  if (typeof viewers !== 'function') return viewers;
  try {
    return await viewers();
  } catch (cause) {
    // With the directory down one still wants the explorer, if only to see what is down.
    reply.log.warn({ err: cause }, 'explorer: the people to ask as could not be listed');
    return 'unavailable';
  }
}
