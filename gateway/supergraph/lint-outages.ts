import { Kind, visit, type TypeNode } from 'graphql';
import { nameOf, selectionOf } from '../execution/joins.ts';
import type { JoinedField, JoinedType, JoinedTypes } from './joined-types.ts';
import type { Finding } from './lint.ts';

/** Arguments by which lists are paged. */
const PAGING = new Set(['first', 'last', 'limit', 'take', 'pageSize', 'perPage', 'page']);

/**
 * Fields that several subgraphs have to answer for: nullable, so that one that is down costs no more than its own
 * part, and paged, so that a page of one subgraph's items does not become thousands of another's.
 *
 * A subgraph is at home in an entity when it alone has fields of it that must not be null. Where two have such fields,
 * one of them is wrong, whichever it is.
 */
export function lintOutages(type: JoinedType, types: JoinedTypes): Finding[] {
  const isEntity = type.keys.length > 0 && type.subgraphs.length > 1;
  if (!isEntity) return [];
  const fields = ownFields(type);
  const requiring = fields.filter(({ node, joins }) => isNonNull(node.type) && joins.some(({ requires }) => requires));
  const findings = requiring.map(({ name }) => ({
    place: `${type.name}.${name}`,
    fault: `must not be null, but requires fields of other subgraphs: when one of them is down, the whole ${type.name} is missing.`,
  }));
  const strict = fields.filter((field) => isNonNull(field.node.type) && !requiring.includes(field));
  const homes = [...new Set(strict.map(homeOf))];
  if (homes.length > 1) {
    const examples = homes.map((home) => `${strict.find((field) => homeOf(field) === home)?.name} of "${home}"`);
    findings.push({
      place: type.name,
      fault: `has fields that must not be null in several subgraphs (${examples.join(', ')}): when one of these is down, the whole ${type.name} is missing.`,
    });
  }
  const [home] = homes;
  if (homes.length !== 1) return findings;
  for (const field of fields) {
    const { name, node } = field;
    const isEntityList = isList(node.type) && (types.get(nameOf(node.type))?.keys ?? []).length > 0;
    if (homeOf(field) === home || !isEntityList || (node.arguments ?? []).some((each) => PAGING.has(each.name.value))) {
      continue;
    }
    findings.push({
      place: `${type.name}.${name}`,
      fault: `is a list of entities that "${homeOf(field)}" adds to a type of "${home}", and is not paged: each ${type.name} can bring any number of them.`,
    });
  }
  return findings;
}

/** Fields that one subgraph alone resolves and that are no keys. */
function ownFields({ fields, keys }: JoinedType): JoinedField[] {
  const ofKeys = new Set<string>();
  for (const key of keys) visit(selectionOf(key.fields), { Field: ({ name }) => void ofKeys.add(name.value) });
  return [...fields.values()].filter(({ name, joins }) => joins.length === 1 && !ofKeys.has(name));
}

function homeOf({ joins }: JoinedField): string {
  return joins[0]?.subgraph ?? '';
}

function isNonNull(type: TypeNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE;
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.NON_NULL_TYPE ? isList(type.type) : type.kind === Kind.LIST_TYPE;
}
