import { Kind, type SelectionSetNode } from 'graphql';
import { isRecord } from '../own.ts';

/** Takes out of a subgraph's data, in place, what it was not asked for. */
export type Sieve = (data: unknown) => void;

/**
 * Compiles the sieve of a selection, for answers that are parsed whole: what is merged into what others said must not
 * be more than was asked for, or a subgraph could speak for others.
 */
export function compileSieve(selection: SelectionSetNode): Sieve {
  return sieveOf([selection]);
}

function sieveOf(selections: readonly SelectionSetNode[]): Sieve {
  const fields = new Map<string, SelectionSetNode[]>();
  for (const each of selections) collect(each, fields);
  const sieves = new Map([...fields].map(([name, below]) => [name, below.length > 0 ? sieveOf(below) : undefined]));
  const sift: Sieve = (data) => {
    if (Array.isArray(data)) for (const each of data) sift(each);
    else if (isRecord(data)) {
      for (const name of Object.keys(data)) {
        if (sieves.has(name)) sieves.get(name)?.(data[name]);
        else delete data[name];
      }
    }
  };
  return sift;
}

/** The selected fields by their names in the answer, with what is selected below; of all types alike. */
function collect({ selections }: SelectionSetNode, fields: Map<string, SelectionSetNode[]>): void {
  for (const each of selections) {
    if (each.kind === Kind.INLINE_FRAGMENT) collect(each.selectionSet, fields);
    if (each.kind !== Kind.FIELD) continue;
    const name = each.alias?.value ?? each.name.value;
    const below = fields.get(name) ?? [];
    if (each.selectionSet) below.push(each.selectionSet);
    fields.set(name, below);
  }
}
