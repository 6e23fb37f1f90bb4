import type { FetchNode } from '@apollo/query-planner';
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  print,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { PlannedFetch } from './check-plan.ts';
import type { Joins } from './joins.ts';

/** Two fields that require the same field with different arguments. */
export interface ArgumentConflict {
  readonly fields: readonly [string, string];
  readonly required: string;
}

/** Finds required fields of which a plan would fetch one value for several sets of arguments. */
export class RequiredArguments {
  readonly #schema: GraphQLSchema;
  readonly #joins: Joins;
  /** Which field requires a field first, and with what arguments; by place, type and name. */
  readonly #seen = new Map<string, { readonly by: string; readonly given: string }>();

  constructor(schema: GraphQLSchema, joins: Joins) {
    this.#schema = schema;
    this.#joins = joins;
  }

  firstConflict(fetches: readonly PlannedFetch[]): ArgumentConflict | undefined {
    for (const { node, path, selection } of fetches) {
      if (!node.requires) continue;
      for (const [type, name] of entityFields(selection)) {
        const required = this.#joins.requires(node.serviceName, type, name);
        const conflict = required && this.#firstIn(required, type, path, `${type}.${name}`, node.requires);
        if (conflict) return conflict;
      }
    }
    return undefined;
  }

  #firstIn(
    { selections }: SelectionSetNode,
    type: string,
    path: readonly string[],
    by: string,
    requires?: FetchNode['requires'],
  ): ArgumentConflict | undefined {
    for (const selection of selections) {
      let conflict: ArgumentConflict | undefined;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        conflict = this.#firstIn(
          selection.selectionSet,
          selection.typeCondition?.name.value ?? type,
          path,
          by,
          requires,
        );
      } else if (selection.kind === Kind.FIELD) {
        const { selectionSet } = selection;
        const inner = this.#typeOf(type, selection);
        conflict =
          this.#note(selection, type, path, by, aliasIn(requires, type, selection.name.value)) ??
          (selectionSet && inner ? this.#firstIn(selectionSet, inner, [...path, selection.name.value], by) : undefined);
      }
      if (conflict) return conflict;
    }
    return undefined;
  }

  #note(
    field: FieldNode,
    type: string,
    path: readonly string[],
    by: string,
    taken: string | undefined,
  ): ArgumentConflict | undefined {
    const given = argumentsOf(field);
    for (const each of this.#possible(type)) {
      const place = JSON.stringify([path, each, field.name.value, taken]);
      const seen = this.#seen.get(place);
      if (!seen) this.#seen.set(place, { by, given });
      else if (seen.given !== given) return { fields: [seen.by, by], required: `${type}.${field.name.value}` };
    }
    return undefined;
  }

  #typeOf(type: string, { name }: FieldNode): string | undefined {
    const parent = this.#schema.getType(type);
    if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
    const field = parent.getFields()[name.value];
    return field && getNamedType(field.type).name;
  }

  /** An interface object's subgraph knows the interface only. */
  #possible(type: string): readonly string[] {
    const known = this.#schema.getType(type);
    return isAbstractType(known) ? this.#schema.getPossibleTypes(known).map(({ name }) => name) : [type];
  }
}

/** The arguments a field is given, in the order of their names. */
export function argumentsOf(field: FieldNode): string {
  return (field.arguments ?? []).map(print).sort().join(', ');
}

/** The alias under which a fetch takes a field that it requires of an entity. */
function aliasIn(requires: FetchNode['requires'], type: string, field: string): string | undefined {
  for (const each of requires ?? []) {
    if (each.kind !== 'InlineFragment' || each.typeCondition !== type) continue;
    for (const inner of each.selections) if (inner.kind === 'Field' && inner.name === field) return inner.alias;
  }
  return undefined;
}

/** The fields that a fetch asks of entities, with the types it asks them of. */
export function entityFields({ selections }: SelectionSetNode, type?: string): [type: string, field: string][] {
  return selections.flatMap((selection): [string, string][] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return entityFields(selection.selectionSet, selection.typeCondition?.name.value ?? type);
    }
    if (selection.kind !== Kind.FIELD) return [];
    if (type !== undefined) return [[type, selection.name.value]];
    return selection.selectionSet ? entityFields(selection.selectionSet) : [];
  });
}
