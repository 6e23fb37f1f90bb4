import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFiles, type CloudNode } from './nextcloud-files.ts';

/** A share of the fake. */
export interface CloudShare {
  readonly path: string;
  /** 0 account, 1 group, 3 public link, 4 mail, 6 other server, 7 team, 10 conversation. */
  readonly type: number;
  readonly with: string | null;
  /** Who shared it; its owner, if nobody else. */
  readonly by?: string;
  /** 1 read, 2 update, 4 create, 8 delete, 16 share. */
  readonly permissions?: number;
  readonly expiration?: string | null;
  /** ownCloud: 1 while it is not accepted. */
  readonly state?: number;
}

/** An answer in place of the fake's own. */
export interface CloudAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A cloud with the account `svc`; it knows no more of its files than what is set. */
export interface FakeCloud extends AsyncDisposable {
  /** The WebDAV address of the account's files. */
  readonly url: string;
  readonly files: CloudFiles;
  /** `PROPFIND files/svc/`, `SEARCH`, `GET ocs/…`, in order. */
  readonly requests: string[];
  product: 'Nextcloud' | 'ownCloud';
  /** As the administrator sets it. */
  hasShares: boolean;
  share(share: CloudShare): number;
  unshare(id: number): void;
  /** Comes first; what it does not answer the fake does. */
  answer: (request: { readonly method: string; readonly path: string }) => CloudAnswer | undefined;
}

/** How the account logs in. */
export const SERVICE = { user: 'svc', password: 'app-pass-word' };

const NAMESPACES: Readonly<Record<string, string>> = {
  d: 'DAV:',
  oc: 'http://owncloud.org/ns',
  nc: 'http://nextcloud.org/ns',
};
const HEADERS = {
  Nextcloud:
    '1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, nextcloud-checksum-update, nc-calendar-search',
  ownCloud: '1, 3, extended-mkcol, access-control',
};

/**
 * Nextcloud and ownCloud as their clients' interfaces show them: files by WebDAV (properties as asked for, with ids,
 * owners and tags), SEARCH, shares and capabilities by OCS. Neither is to be had as a package.
 */
export async function startCloud(): Promise<FakeCloud> {
  const files = new CloudFiles(SERVICE.user);
  const shares = new Map<number, CloudShare & { readonly node: CloudNode }>();
  const server = createServer((request, reply) => void serve(request, reply));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  let lastShare = 0;
  const fake: FakeCloud = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cloud/remote.php/dav/files/${SERVICE.user}/`,
    files,
    requests: [],
    product: 'Nextcloud',
    hasShares: true,
    share: (share) => {
      shares.set(++lastShare, { ...share, node: files.get(share.path) });
      return lastShare;
    },
    unshare: (id) => void shares.delete(id),
    answer: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;

  async function serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '', 'http://cloud.example');
    const method = request.method ?? '';
    // The old address, which leads to the same files.
    const isOld = url.pathname.startsWith('/cloud/remote.php/webdav/');
    const below = url.pathname.replace('/remote.php/webdav/', `/remote.php/dav/files/${SERVICE.user}/`);
    const path = decodeURIComponent(below.replace(/^\/cloud\/(?:remote\.php\/dav\/)?/, ''));
    fake.requests.push(`${method} ${path}`.trim());
    const basic = `Basic ${Buffer.from(`${SERVICE.user}:${SERVICE.password}`).toString('base64')}`;
    const {
      status,
      headers,
      body: text,
    } = fake.answer({ method, path }) ??
    (request.headers.authorization !== basic
      ? { status: 401 }
      : path.startsWith('ocs/')
        ? ocs(path, url.searchParams, request.headers['ocs-apirequest'] === 'true')
        : dav(method, path, body, request.headers['depth'] === '1', isOld));
    reply.writeHead(status, headers).end(text);
  }

  function dav(method: string, path: string, body: string, isDeep: boolean, isOld: boolean): CloudAnswer {
    if (method === 'SEARCH' && path === '') return fake.product === 'Nextcloud' ? search(body) : { status: 501 };
    const [root, account, ...names] = path.split('/').filter(Boolean);
    if (root !== 'files' || account !== SERVICE.user) return { status: 404 };
    const node = files.at(names.join('/'));
    if (node === undefined) return { status: 404 };
    if (method === 'GET') return { status: 200, body: node.body ?? '' };
    if (method !== 'PROPFIND') return { status: 405 };
    return multistatus(isDeep && node.body === undefined ? [node, ...files.in(node)] : [node], body, isOld);
  }

  /** Of the grammar what is asked of it: files and folders from a date on, in the order of dates, by pages. */
  function search(body: string): CloudAnswer {
    const [, comparison, literal] = /<d:(gte?)><d:prop><d:getlastmodified\/>.*?<d:literal>(.*?)</.exec(body) ?? [];
    const scope = decodeURIComponent(/<d:href>\/files\/[^/<]+\/?([^<]*)</.exec(body)?.[1] ?? '?');
    const limit = Number(/nresults>(\d+)</.exec(body)?.[1] ?? 100);
    const first = Number(/<s:firstresult>(\d+)</.exec(body)?.[1] ?? 0);
    if (comparison === undefined || files.at(scope)?.body !== undefined) return { status: 400 };
    const within = files
      .all()
      .filter((node) => scope === '' || files.pathOf(node).startsWith(`${scope}/`))
      .filter(({ mtime }) => (comparison === 'gt' ? mtime > Number(literal) : mtime >= Number(literal)))
      .sort((a, b) => a.mtime - b.mtime || a.id - b.id);
    return multistatus(within.slice(first, first + limit), body);
  }

  function multistatus(nodes: readonly CloudNode[], body: string, isOld = false): CloudAnswer {
    const asked = [...body.matchAll(/<([\w-]+) xmlns="([^"]+)"\/>/g)].map(([, name = '', namespace]) => {
      const prefix = Object.keys(NAMESPACES).find((one) => NAMESPACES[one] === namespace) ?? 'x';
      return `${prefix}:${name}`;
    });
    const responses = nodes.map((node) => {
      const known = propsOf(node);
      const has = asked.filter((name) => known[name] !== undefined).map((name) => `<${name}>${known[name]}</${name}>`);
      const lacks = asked.filter((name) => known[name] === undefined).map((name) => `<${name}/>`);
      const propstat = (props: string[], status: string): string =>
        props.length === 0
          ? ''
          : `<d:propstat><d:prop>${props.join('')}</d:prop><d:status>${status}</d:status></d:propstat>`;
      const names = [
        ...(isOld ? ['webdav'] : ['dav', 'files', SERVICE.user]),
        ...files.pathOf(node).split('/').filter(Boolean),
      ];
      const href = `/cloud/remote.php/${names.map(encodeURIComponent).join('/')}${node.body === undefined ? '/' : ''}`;
      return `<d:response><d:href>${href}</d:href>${propstat(has, 'HTTP/1.1 200 OK')}${propstat(lacks, 'HTTP/1.1 404 Not Found')}</d:response>`;
    });
    const spaces = Object.entries(NAMESPACES).map(([prefix, namespace]) => ` xmlns:${prefix}="${namespace}"`);
    return {
      status: 207,
      headers: { 'content-type': 'application/xml; charset=utf-8', dav: HEADERS[fake.product] },
      body: `<?xml version="1.0"?><d:multistatus${spaces.join('')}>${responses.join('')}</d:multistatus>`,
    };
  }

  function propsOf(node: CloudNode): Record<string, string | undefined> {
    const isFolder = node.body === undefined;
    return {
      'd:resourcetype': isFolder ? '<d:collection/>' : '',
      'd:getetag': `&quot;${node.etag}&quot;`,
      'd:getlastmodified': new Date(node.mtime * 1000).toUTCString(),
      'd:displayname': escaped(node.name),
      'd:getcontentlength': isFolder ? undefined : String(Buffer.byteLength(node.body ?? '')),
      'oc:id': `${String(node.id).padStart(8, '0')}ocabc`,
      'oc:fileid': String(node.id),
      'oc:owner-id': escaped(node.owner),
      'oc:owner-display-name': escaped(
        node.owner === '' ? '' : `${node.owner.charAt(0).toUpperCase()}${node.owner.slice(1)}`,
      ),
      'oc:favorite': '1',
      'oc:tags': node.tags.map((tag) => `<oc:tag>${escaped(tag)}</oc:tag>`).join(''),
      ...(fake.product === 'Nextcloud' && {
        'nc:mount-type': node.mount,
        'nc:system-tags': node.systemTags
          .map(
            ({ name, visible }, index) =>
              `<nc:system-tag oc:id="${index}" oc:can-assign="true" oc:user-assignable="true" oc:user-visible="${visible}">${escaped(name)}</nc:system-tag>`,
          )
          .join(''),
      }),
    };
  }

  function ocs(path: string, query: URLSearchParams, isMarked: boolean): CloudAnswer {
    const isFirst = path.startsWith('ocs/v1.php/');
    const answer = (code: number, data: unknown): CloudAnswer => ({
      status: isFirst ? 200 : code,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        ocs: {
          meta: {
            status: code === 200 ? 'ok' : 'failure',
            statuscode: isFirst && code === 200 ? 100 : code,
            message: '',
          },
          data,
        },
      }),
    });
    if (!isMarked || query.get('format') !== 'json') return answer(isFirst ? 997 : 412, []);
    if (path.endsWith('/cloud/capabilities')) return answer(200, capabilities());
    if (!path.endsWith('/apps/files_sharing/api/v1/shares') || !fake.hasShares) return answer(404, []);
    const isMine = ({ node, by }: { node: CloudNode; by?: string }): boolean =>
      node.owner === SERVICE.user || by === SERVICE.user;
    const isWithMe = (share: CloudShare): boolean =>
      share.with === SERVICE.user ? share.type === 0 : share.type === 1 && share.with === 'services';
    const all = [...shares].map(([id, share]) => ({ id, ...share })).filter(({ node }) => files.all().includes(node));
    const asked = query.get('path');
    if (asked !== null) {
      const node = files.at(asked);
      if (node === undefined) return answer(404, []);
      const here = all.filter((share) => share.node === node);
      const maySee = here.some((share) => isWithMe(share) && ((share.permissions ?? 17) & 16) !== 0);
      return answer(200, here.filter((share) => !isWithMe(share) && (maySee || isMine(share))).map(shown));
    }
    const listed =
      query.get('shared_with_me') === 'true'
        ? all.filter((share) => isWithMe(share) && !isMine(share))
        : all.filter(isMine);
    return answer(200, listed.map(shown));
  }

  function shown(share: CloudShare & { readonly id: number; readonly node: CloudNode }): object {
    const { id, node, type, by = node.owner, permissions = 17, expiration = null, state } = share;
    return {
      id: String(id),
      share_type: type,
      uid_owner: by,
      displayname_owner: by,
      permissions,
      stime: 1_700_000_000,
      expiration,
      uid_file_owner: node.owner,
      path: `/${files.pathOf(node)}`,
      item_type: node.body === undefined ? 'folder' : 'file',
      item_source: node.id,
      file_source: node.id,
      file_target: `/${node.name}`,
      share_with: share.with,
      ...(state === undefined ? {} : { state }),
    };
  }

  function capabilities(): object {
    const sharing = { api_enabled: fake.hasShares, resharing: true };
    return fake.product === 'Nextcloud'
      ? {
          version: { major: 28, minor: 0, micro: 4, string: '28.0.4', edition: '', extendedSupport: false },
          capabilities: { core: { pollinterval: 60, 'webdav-root': 'remote.php/webdav' }, files_sharing: sharing },
        }
      : {
          version: {
            major: '10',
            minor: '11',
            micro: '0',
            string: '10.11.0',
            edition: 'Community',
            product: 'ownCloud',
          },
          capabilities: {
            core: { 'webdav-root': 'remote.php/webdav', status: { installed: true, productname: 'ownCloud' } },
            files_sharing: sharing,
          },
        };
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
