import { cleanLine } from '../../../kit/text/plain.ts';
import type { Account, Reader } from '../../../kit/content/item.ts';
import type { Resource, XmlNode } from './multistatus.ts';

const OC = 'http://owncloud.org/ns:';
const NC = 'http://nextcloud.org/ns:';

/** A server's own ways, beyond RFC 4918. */
export interface Vendor {
  readonly name: string;
  /** Properties to ask for besides those of the RFC. */
  readonly props: readonly string[];
  /**
   * Whose the files are: with `open`, everyone's the server lets in; with `owner`, they are private until shared, so
   * that without a rule of the configuration only their owner and `sharees` may read them.
   */
  readonly belongs: 'open' | 'owner';
  /** Whether a folder's ETag changes with everything below it, so that the root's tells whether to look at all. */
  readonly deepEtags: boolean;
  owner(resource: Resource): Account | undefined;
  /** Whom the resource itself is shared with, besides its owner. */
  sharees(resource: Resource): readonly Reader[];
  tags(resource: Resource): readonly string[];
}

const plain: Vendor = {
  name: 'RFC 4918',
  props: [],
  belongs: 'open',
  deepEtags: false,
  owner: () => undefined,
  sharees: () => [],
  tags: () => [],
};

const owncloud: Vendor = {
  name: 'ownCloud',
  props: [`${OC}id`, `${OC}owner-id`, `${OC}owner-display-name`, `${OC}tags`],
  belongs: 'owner',
  deepEtags: true,
  owner(resource) {
    const handle = lineOf(resource.props.get(`${OC}owner-id`));
    const name = lineOf(resource.props.get(`${OC}owner-display-name`));
    return handle === '' ? undefined : { handle, ...(name === '' ? {} : { name }) };
  },
  // It tells of shares by another interface only; until somebody needs that, fewer may read than might.
  sharees: () => [],
  tags: (resource) => linesOf(resource.props.get(`${OC}tags`)),
};

/** Of the kinds of shares those that name accounts or groups; links, mails and other servers name nobody here. */
const SHARE_KINDS: Readonly<Record<string, 'person' | 'group'>> = { '0': 'person', '1': 'group' };

const nextcloud: Vendor = {
  ...owncloud,
  name: 'Nextcloud',
  props: [...owncloud.props, `${NC}system-tags`, `${NC}sharees`],
  sharees: (resource) =>
    (resource.props.get(`${NC}sharees`)?.children ?? []).flatMap((sharee): Reader[] => {
      const field = (name: string): string => lineOf(sharee.children.find((child) => child.name === `${NC}${name}`));
      const kind = SHARE_KINDS[field('type')];
      return kind === undefined || field('id') === '' ? [] : [`${kind}:${field('id')}`];
    }),
  tags: (resource) => [...owncloud.tags(resource), ...linesOf(resource.props.get(`${NC}system-tags`))],
};

/** The first row that fits is the server's; the last fits all. */
const VENDORS: readonly { readonly fits: (dav: string, root: Resource) => boolean; readonly vendor: Vendor }[] = [
  { fits: (dav) => /(?:^|[\s,])(?:nc-|nextcloud-)/i.test(dav), vendor: nextcloud },
  { fits: (dav, root) => /(?:^|[\s,])oc-/i.test(dav) || root.props.has(`${OC}id`), vendor: owncloud },
  { fits: () => true, vendor: plain },
];

/** Asked of the base address so that a server without telling headers can be known by what it answers. */
export const TELLING_PROPS: readonly string[] = [`${OC}id`];

/** Whose server it is, by the `DAV` header and the properties of its base address. */
export function vendorOf(davHeader: string, root: Resource): Vendor {
  return (VENDORS.find(({ fits }) => fits(davHeader, root)) as (typeof VENDORS)[number]).vendor;
}

function lineOf(node: XmlNode | undefined): string {
  return cleanLine(node?.text ?? '');
}

function linesOf(node: XmlNode | undefined): string[] {
  return (node?.children ?? []).map(lineOf).filter((line) => line !== '');
}
