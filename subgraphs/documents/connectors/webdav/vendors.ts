import { cleanLine } from '../../../kit/text/plain.ts';
import type { Account } from '../../../kit/content/item.ts';
import type { Capabilities } from './ocs.ts';
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
   * that without a rule of the configuration only their owner and those they are shared with may read them.
   */
  readonly belongs: 'open' | 'owner';
  /** Whether a folder's ETag changes with everything below it, so that it tells whether to look inside at all. */
  readonly deepEtags: boolean;
  /** Where it tells of shares: the Open Collaboration Services, in the version that it serves best. */
  readonly ocs: 'ocs/v1.php' | 'ocs/v2.php' | undefined;
  /** Whether it answers SEARCH (RFC 5323) for what was modified of late. */
  readonly search: boolean;
  /** What stays the same when the file is moved or renamed. */
  id(resource: Resource): string | undefined;
  owner(resource: Resource): Account | undefined;
  tags(resource: Resource): readonly string[];
}

const plain: Vendor = {
  name: 'RFC 4918',
  props: [],
  belongs: 'open',
  deepEtags: false,
  ocs: undefined,
  search: false,
  id: () => undefined,
  owner: () => undefined,
  tags: () => [],
};

const owncloud: Vendor = {
  name: 'ownCloud',
  props: ['fileid', 'owner-id', 'owner-display-name', 'tags'].map((name) => `${OC}${name}`),
  belongs: 'owner',
  deepEtags: true,
  ocs: 'ocs/v1.php',
  search: false,
  id(resource) {
    const id = lineOf(resource.props.get(`${OC}fileid`));
    return id === '' || id.length > 200 ? undefined : id;
  },
  owner(resource) {
    const handle = lineOf(resource.props.get(`${OC}owner-id`));
    const name = lineOf(resource.props.get(`${OC}owner-display-name`));
    return handle === '' ? undefined : { handle, ...(name === '' ? {} : { name }) };
  },
  tags: (resource) => (resource.props.get(`${OC}tags`)?.children ?? []).map(lineOf).filter((tag) => tag !== ''),
};

const nextcloud: Vendor = {
  ...owncloud,
  name: 'Nextcloud',
  props: [...owncloud.props, `${NC}system-tags`, `${NC}mount-type`],
  ocs: 'ocs/v2.php',
  search: true,
  // In a team folder every file is said to be owned by whoever asks.
  owner: (resource) =>
    lineOf(resource.props.get(`${NC}mount-type`)) === 'group' ? undefined : owncloud.owner(resource),
  tags: (resource) => [
    ...owncloud.tags(resource),
    ...(resource.props.get(`${NC}system-tags`)?.children ?? [])
      // Tags that people do not see are shown to administrators, and the account may be one.
      .filter(({ attributes }) => !isHidden(attributes))
      .map(lineOf)
      .filter((tag) => tag !== ''),
  ],
};

interface Signs {
  readonly dav: string;
  readonly root: Resource;
  readonly product: string | undefined;
}

/** The first row that fits is the server's; the last fits all. */
const VENDORS: readonly { readonly fits: (signs: Signs) => boolean; readonly vendor: Vendor }[] = [
  { fits: ({ product }) => product?.toLowerCase() === 'owncloud', vendor: owncloud },
  { fits: ({ dav }) => /(?:^|[\s,])(?:nc-|nextcloud-)/i.test(dav), vendor: nextcloud },
  { fits: ({ dav, root }) => /(?:^|[\s,])oc-/i.test(dav) || root.props.has(`${OC}id`), vendor: owncloud },
  { fits: () => true, vendor: plain },
];

/** Asked of the base address so that a server without telling headers can be known by what it answers. */
export const TELLING_PROPS: readonly string[] = [`${OC}id`, `${OC}fileid`];

/** Whose server it is, by the `DAV` header, the properties of its base address and what it says it can do. */
export function vendorOf(dav: string, root: Resource, capabilities: Capabilities | undefined): Vendor {
  const signs: Signs = { dav, root, product: capabilities?.product };
  const { vendor } = VENDORS.find(({ fits }) => fits(signs)) as (typeof VENDORS)[number];
  return capabilities?.hasShares === true ? vendor : { ...vendor, ocs: undefined };
}

function lineOf(node: XmlNode | undefined): string {
  return cleanLine(node?.text ?? '');
}

/** Whatever prefix the namespace has there. */
function isHidden(attributes: XmlNode['attributes']): boolean {
  return Object.entries(attributes).some(([name, value]) => /(?:^|:)user-visible$/.test(name) && value === 'false');
}
