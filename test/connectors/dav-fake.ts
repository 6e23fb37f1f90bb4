import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fingerprint } from '../../subgraphs/kit/text/files.ts';

/** A file or folder of the fake; a folder's path ends in a slash. */
export interface FakeNode {
  readonly body?: string;
  /** Property elements with status 200, as XML with the prefixes d, oc and nc. */
  readonly props?: string;
  /** Property elements that are said to be absent: they come with a value all the same. */
  readonly absent?: string;
}

/** An answer in place of the fake's own. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A small WebDAV server for what no real one does on demand. */
export interface FakeDav extends AsyncDisposable {
  readonly url: string;
  readonly nodes: Map<string, FakeNode>;
  /** `PROPFIND /dav/`, in order. */
  readonly requests: string[];
  /** Sent with every listing. */
  davHeader: string | undefined;
  /** How an address is written into listings. */
  href: (path: string) => string;
  /** Comes first; what it does not answer the fake does. `true`: it has answered by itself. */
  answer: (request: {
    readonly method: string;
    readonly path: string;
    readonly response: ServerResponse;
  }) => FakeAnswer | true | undefined;
}

/** XML of a multistatus around responses. */
export function multistatus(responses: string): string {
  return `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">${responses}</d:multistatus>`;
}

/** XML of one response. */
export function response(href: string, props: string, absent = ''): string {
  return `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${props}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop>${absent}<d:quota-used-bytes/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>`;
}

/** Property of a folder. */
export const FOLDER = '<d:resourcetype><d:collection/></d:resourcetype>';

/** Starts the fake with files by path below its base. */
export async function fakeDav(files: Readonly<Record<string, string>>): Promise<FakeDav> {
  const nodes = new Map<string, FakeNode>([['', { props: FOLDER }]]);
  for (const [path, body] of Object.entries(files)) {
    const names = path.split('/');
    for (let at = 1; at < names.length; at++) nodes.set(`${names.slice(0, at).join('/')}/`, { props: FOLDER });
    nodes.set(path, { body });
  }
  const server = createServer(serve);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const fake: FakeDav = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dav/`,
    nodes,
    requests: [],
    davHeader: undefined,
    href: (path) => `/dav/${path.split('/').map(encodeURIComponent).join('/')}`,
    answer: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function serve(request: IncomingMessage, reply: ServerResponse): void {
    request.resume();
    const method = request.method ?? '';
    const path = decodeURIComponent((request.url ?? '').replace(/^\/dav\//, ''));
    fake.requests.push(`${method} ${path}`);
    const own = fake.answer({ method, path, response: reply });
    if (own === true) return;
    const { status, headers, body } = own ?? ordinary(method, path, String(request.headers['depth']));
    reply.writeHead(status, headers).end(body);
  }

  function ordinary(method: string, path: string, depth: string): FakeAnswer {
    const node = nodes.get(path);
    if (node === undefined) return { status: 404 };
    if (method === 'GET') return { status: 200, body: node.body ?? '' };
    const within = [...nodes].filter(
      ([name]) => name !== path && name.startsWith(path) && /^[^/]+\/?$/.test(name.slice(path.length)),
    );
    const listed = depth === '0' ? [[path, node] as const] : [[path, node] as const, ...within];
    return {
      status: 207,
      headers: {
        'content-type': 'application/xml',
        ...(fake.davHeader === undefined ? {} : { dav: fake.davHeader }),
      },
      body: multistatus(
        listed
          .map(([name, { props, body = '', absent }]) =>
            response(
              fake.href(name),
              props ?? `<d:resourcetype/><d:getetag>"${fingerprint(body)}"</d:getetag>`,
              absent,
            ),
          )
          .join(''),
      ),
    };
  }
  return fake;
}
