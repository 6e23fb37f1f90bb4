/** Where a WebDAV address of Nextcloud or ownCloud lies on its server. */
export interface Cloud {
  /** The server's own address, which its other interfaces lie below. */
  readonly root: string;
  /** Whose files they are, as addresses have it; undefined below the old address, which does not say. */
  readonly account: string | undefined;
  /** Names of the folders that lead from the account's own to the one read, decoded. */
  readonly inside: readonly string[];
}

const ADDRESS = /^(.*?\/)(?:index\.php\/)?remote\.php\/(?:dav\/files\/([^/]+)|webdav)(?:\/(.*))?$/;

/** Undefined for any other server, and for one that is hidden behind addresses of somebody's own making. */
export function cloudOf(url: URL): Cloud | undefined {
  const [, root, account, inside = ''] = ADDRESS.exec(url.pathname) ?? [];
  if (root === undefined) return undefined;
  try {
    return {
      root: new URL(root, url).href,
      account: account === undefined ? undefined : decodeURIComponent(account),
      inside: inside.split('/').filter(Boolean).map(decodeURIComponent),
    };
  } catch {
    return undefined;
  }
}
