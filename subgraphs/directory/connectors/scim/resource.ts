import { toIso } from '../../../kit/text/dates.ts';
import { cleanLine } from '../../../kit/text/plain.ts';

/** What there is on a server. */
export type Endpoint = 'Users' | 'Groups';

/** A user or a group as the server has it. */
export interface Resource {
  readonly id: string;
  /** By name in lower case (RFC 7643, 2.1: case tells nothing), those of the enterprise extension among them. */
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** One value of a multi-valued attribute. */
export interface Value {
  readonly value: string;
  readonly type: string;
  readonly isPrimary: boolean;
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** `urn:…:User:department` and `{ "urn:…:User": { "department" } }` both occur; extensions of others mean nothing here. */
const URN = /^urn:ietf:params:scim:schemas:(?:core|extension:enterprise):2\.0:(?:user|group)(?::(.+))?$/i;
const MAX_VALUES = 100_000;

/** What the server lists, as a resource; undefined where nothing identifies it. */
export function toResource(listed: unknown): Resource | undefined {
  const attributes = new Map<string, unknown>();
  for (const [name, value] of namesOf(listed)) {
    const urn = URN.exec(name);
    if (urn === null) attributes.set(name, value);
    else if (urn[1] !== undefined) attributes.set(urn[1].toLowerCase(), value);
    else for (const [inner, innerValue] of namesOf(value)) attributes.set(inner, innerValue);
  }
  const id = textOf(attributes.get('id'));
  return id === '' ? undefined : { id, attributes };
}

/** The names and values of an object, names in lower case; none of anything else. */
export function namesOf(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
}

/** Text on one line; empty for what is none. Some servers have numbers as ids. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? cleanLine(String(value)) : '';
}

/** Entra ID has its booleans as text: "True". */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const text = textOf(value).toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** The values of a multi-valued attribute, the primary one first. A single one needs no list, a simple one no object. */
export function valuesOf(attribute: unknown): Value[] {
  const list = Array.isArray(attribute) ? attribute.slice(0, MAX_VALUES) : [attribute];
  const values = list.map((each: unknown): Value => {
    const attributes = namesOf(each);
    return {
      value: textOf(attributes.size === 0 ? each : attributes.get('value')),
      type: textOf(attributes.get('type')).toLowerCase(),
      isPrimary: booleanOf(attributes.get('primary')) === true,
      attributes,
    };
  });
  return values.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary));
}

/** When the server last changed it, ISO 8601; undefined where it does not say. */
export function lastModified({ attributes }: Resource): string | undefined {
  return toIso(namesOf(attributes.get('meta')).get('lastmodified'));
}

/** How entries point at each other. Ids differ by case, references do not: capitals are marked. */
export function referenceTo(endpoint: Endpoint, id: string): string {
  return `${endpoint.toLowerCase()}/${id.replace(/[\p{Lu}^]/gu, '^$&')}`;
}

/** What a `$ref` points at: `https://x.example/scim/v2/Users/2819c223`, or the end of that. */
export function pointedAt(ref: unknown): { readonly endpoint: Endpoint; readonly id: string } | undefined {
  const parts = /(?:^|\/)(users|groups)\/([^/?#]+)$/i.exec(textOf(ref));
  if (parts === null) return undefined;
  try {
    return {
      endpoint: parts[1]?.toLowerCase() === 'users' ? 'Users' : 'Groups',
      id: decodeURIComponent(parts[2] ?? ''),
    };
  } catch {
    return undefined;
  }
}
