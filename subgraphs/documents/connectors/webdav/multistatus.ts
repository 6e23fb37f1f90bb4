import { Parser } from 'htmlparser2';

/** An element of a property: its children in order, and the text directly in it. */
export interface XmlNode {
  /** Namespace and local name in one: `DAV:getetag`, `http://owncloud.org/ns:tags`. */
  readonly name: string;
  readonly children: readonly XmlNode[];
  readonly text: string;
  /** By name as written, prefix included. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a multistatus says of one resource. */
export interface Resource {
  /** As written: an absolute address or path, percent-encoded. */
  readonly href: string;
  /** The status of the resource as a whole; 200 where its properties have one each. */
  readonly status: number;
  /** The properties that came with status 200, by `XmlNode.name`. Others are as good as absent. */
  readonly props: ReadonlyMap<string, XmlNode>;
}

/** The answer is no multistatus, or only the beginning of one. */
export class MultistatusError extends Error {
  override readonly name = 'MultistatusError';
}

/** Elements that ask for properties, named as in `XmlNode.name`. */
export function elementsOf(props: readonly string[]): string {
  const elements = props.map((name) => {
    const end = name.lastIndexOf(':') + 1;
    // DAV:'s colon belongs to it, the others' was put there by us.
    const namespace = name.startsWith('DAV:') ? 'DAV:' : name.slice(0, end - 1);
    return `<${name.slice(end)} xmlns="${namespace}"/>`;
  });
  return elements.join('');
}

interface OpenNode {
  readonly name: string;
  readonly children: XmlNode[];
  text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly prefixes: ReadonlyMap<string, string>;
}

/** Properties nest three or four deep. What nests deeper is out to fill the stack. */
const MAX_DEPTH = 40;

const MULTISTATUS = 'DAV:multistatus';
const RESPONSE = 'DAV:response';

/**
 * Reads a 207 answer (RFC 4918, section 13). One resource may have some properties with 200 and others with 404 in the
 * same breath, so statuses are taken per propstat. A DTD is refused, and with it every entity but XML's own five.
 * @throws MultistatusError for anything that is not a whole multistatus: half of one would make the other half vanish
 */
export function readMultistatus(xml: string): Resource[] {
  const found: Resource[] = [];
  const open: OpenNode[] = [];
  let isWhole = false;
  const parser = new Parser(
    {
      onprocessinginstruction(name) {
        if (name.startsWith('!')) throw new MultistatusError('with a document type, which is not read');
      },
      onopentag(tag, attributes) {
        if (open.length >= MAX_DEPTH) throw new MultistatusError(`nested more than ${MAX_DEPTH} deep`);
        const prefixes = prefixesOf(attributes, open.at(-1)?.prefixes);
        const name = fullName(tag, prefixes);
        if (open.length === 0 && name !== MULTISTATUS) throw new MultistatusError('that is not a multistatus');
        open.push({ name, children: [], text: '', attributes, prefixes });
      },
      ontext(text) {
        const node = open.at(-1);
        // Between resources there is only white space, and a great deal of it would be kept to no end.
        if (node !== undefined && open.length > 2) node.text += text;
      },
      onclosetag(_tag, isImplied) {
        const node = open.pop();
        if (node === undefined) return;
        // The parser closes what the document leaves open; only a document that closes its root is whole.
        if (open.length === 0) isWhole = !isImplied;
        else if (open.length === 1 && node.name === RESPONSE) found.push(...resourcesOf(node));
        else if (open.length > 1) open.at(-1)?.children.push(node);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  if (!isWhole) throw new MultistatusError('that is cut short');
  return found;
}

function prefixesOf(
  attributes: Readonly<Record<string, string>>,
  outer: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const own = Object.entries(attributes).filter(([name]) => name === 'xmlns' || name.startsWith('xmlns:'));
  if (own.length === 0) return outer;
  return new Map([...outer, ...own.map(([name, value]) => [name.slice('xmlns:'.length), value] as const)]);
}

/** DAV:'s name ends in a colon of its own; all others get one, so that names of two namespaces never meet. */
function fullName(tag: string, prefixes: ReadonlyMap<string, string>): string {
  const colon = tag.indexOf(':');
  const namespace = prefixes.get(colon === -1 ? '' : tag.slice(0, colon)) ?? '';
  return `${namespace}${namespace.endsWith(':') ? '' : ':'}${tag.slice(colon + 1)}`;
}

function resourcesOf(response: XmlNode): Resource[] {
  const props = new Map<string, XmlNode>();
  for (const propstat of response.children.filter(({ name }) => name === 'DAV:propstat')) {
    if (statusOf(propstat) !== 200) continue;
    for (const { name, children } of propstat.children)
      if (name === 'DAV:prop') for (const prop of children) props.set(prop.name, prop);
  }
  const status = statusOf(response) ?? 200;
  // A response that has one status for several resources names them all.
  return response.children
    .filter(({ name }) => name === 'DAV:href')
    .map(({ text }) => ({ href: text.trim(), status, props }));
}

function statusOf(node: XmlNode): number | undefined {
  const line = node.children.find(({ name }) => name === 'DAV:status')?.text;
  const code = /^\s*HTTP\/\S+\s+(\d{3})\b/.exec(line ?? '')?.[1];
  return code === undefined ? undefined : Number(code);
}
