import { Kind, parse, print, type ConstDirectiveNode } from 'graphql';
import { hasFields, textOf } from './joins.ts';

/**
 * Leaves out of a supergraph the keys that a subgraph cannot resolve, where it has others that it can.
 *
 * Plans that come back to a subgraph with what its fields require take the first of its keys, resolvable or not: the
 * subgraph would be asked for entities by a key it does not know, and have none of them.
 */
export function withoutDeadKeys(supergraphSdl: string): string {
  const document = parse(supergraphSdl, { noLocation: true });
  let changes = false;
  const definitions = document.definitions.map((definition) => {
    if (!hasFields(definition)) return definition;
    const all = definition.directives ?? [];
    const live = new Set(all.filter((each) => isKey(each) && !isDead(each)).map(graphOf));
    const kept = all.filter((each) => !(isDead(each) && live.has(graphOf(each))));
    if (kept.length === all.length) return definition;
    changes = true;
    return { ...definition, directives: kept };
  });
  return changes ? print({ ...document, definitions }) : supergraphSdl;
}

function isKey(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'join__type' && textOf(directive, 'key') !== undefined;
}

/** Whether a directive of a supergraph is a key by which entities cannot be had. */
export function isDead(directive: ConstDirectiveNode): boolean {
  const resolvable = directive.arguments?.find(({ name }) => name.value === 'resolvable')?.value;
  return isKey(directive) && resolvable?.kind === Kind.BOOLEAN && !resolvable.value;
}

function graphOf(directive: ConstDirectiveNode): string | undefined {
  return textOf(directive, 'graph');
}
