import { Kind, parse, print, type FieldNode, type SelectionSetNode } from 'graphql';
import { nameOf } from '../execution/joins.ts';
import { lintOutages } from './lint-outages.ts';
import { readTypes, type JoinedField, type JoinedType, type JoinedTypes } from './joined-types.ts';

/** Something a composed schema has that composition lets pass and that goes wrong later. */
export interface Finding {
  /** The type or field: `Product.shippingEstimate`. */
  readonly place: string;
  /** What goes wrong, in one sentence. */
  readonly fault: string;
}

/** Finds what the planner gets wrong, and what an outage of one subgraph would cost too much. */
export function lintSupergraph(supergraphSdl: string): readonly Finding[] {
  const types = readTypes(parse(supergraphSdl, { noLocation: true }));
  return [...types.values()].flatMap((type) => [
    ...requiredArguments(type, types),
    ...deadKeys(type),
    ...lonelyInterfaceObject(type, types),
    ...lintOutages(type, types),
  ]);
}

/** @throws when there is anything to find, naming all of it. */
export function assertSound(supergraphSdl: string): void {
  const findings = lintSupergraph(supergraphSdl);
  if (findings.length === 0) return;
  const lines = findings.map(({ place, fault }) => `  - ${place} ${fault}`);
  throw new Error(`The schemas fit together, but would not work well:\n${lines.join('\n')}`);
}

/** A required field, as one field of a type requires it. */
interface Requirement {
  readonly by: JoinedField;
  /** Names from the type down to the required field. */
  readonly path: string;
  readonly given: string;
}

function requiredArguments(type: JoinedType, types: JoinedTypes): Finding[] {
  const all = [...type.fields.values()].flatMap((by) =>
    by.joins.flatMap(({ requires }) => (requires ? withArguments(requires, type, types, by, '') : [])),
  );
  const findings = all.map(({ by, path }) => ({
    place: `${type.name}.${by.name}`,
    fault: `requires "${path}", which takes arguments: the planner mistakes it for the same field asked for with other arguments.`,
  }));
  const first = new Map<string, Requirement>();
  for (const each of all) {
    const before = first.get(each.path);
    if (!before) first.set(each.path, each);
    else if (before.given !== each.given) {
      findings.push({
        place: `${type.name}.${each.by.name}`,
        fault: `requires "${each.path}" with other arguments than "${type.name}.${before.by.name}" does: the planner fetches one value for both, so that operations which ask for both need more calls, or are refused.`,
      });
    }
  }
  return findings;
}

function withArguments(
  { selections }: SelectionSetNode,
  type: JoinedType | undefined,
  types: JoinedTypes,
  by: JoinedField,
  above: string,
): Requirement[] {
  return selections.flatMap((selection): Requirement[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const { typeCondition, selectionSet } = selection;
      const inner = typeCondition ? types.get(typeCondition.name.value) : type;
      return withArguments(selectionSet, inner, types, by, above);
    }
    if (selection.kind !== Kind.FIELD) return [];
    const field = type?.fields.get(selection.name.value);
    const path = above + selection.name.value;
    const takes = (field?.node.arguments ?? []).length > 0 || (selection.arguments ?? []).length > 0;
    const inner = field && types.get(nameOf(field.node.type));
    return [
      ...(takes ? [{ by, path, given: argumentsOf(selection) }] : []),
      ...(selection.selectionSet ? withArguments(selection.selectionSet, inner, types, by, `${path}.`) : []),
    ];
  });
}

function argumentsOf(field: FieldNode): string {
  return (field.arguments ?? []).map(print).sort().join(', ');
}

function deadKeys(type: JoinedType): Finding[] {
  return type.keys
    .filter((key) => !key.resolvable && type.keys.some((other) => other.subgraph === key.subgraph && other.resolvable))
    .map(({ subgraph, fields }) => ({
      place: type.name,
      fault: `has the key "${fields}" in "${subgraph}", which cannot be resolved, beside one that can: the planner may come back to "${subgraph}" by the former, and find nothing.`,
    }));
}

function lonelyInterfaceObject(type: JoinedType, types: JoinedTypes): Finding[] {
  if (type.interfaceObjectIn.length === 0) return [];
  const isImplemented = [...types.values()].some(({ isObject, interfaces }) => isObject && interfaces.has(type.name));
  if (isImplemented) return [];
  return [
    {
      place: type.name,
      fault: `is an interface in one subgraph and an @interfaceObject in "${type.interfaceObjectIn.join('", "')}", and no type implements it: the planner leaves out the fields that return it.`,
    },
  ];
}
