import type { QueryPlanFieldNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Joins } from './joins.ts';
import { merge } from './merge.ts';
import { assign, isRecord, reader } from './own.ts';
import { isOfType } from './rewrites.ts';
import type { Entity } from './run.ts';

/** What a subgraph is asked about an entity with: its type, a key, and what the fields asked for require. */
export type Representation = Record<string, unknown>;

/** Makes what subgraphs are asked about entities with. */
export interface Representer {
  /** An entity's representation; undefined where it cannot be made, for the subgraph knows nothing of it then. */
  represent(entity: Entity): Representation | undefined;
  /**
   * A text that only entities with the same representation have in common, found sooner than that; undefined where
   * there is none.
   */
  likenessOf(entity: Entity): string | undefined;
}

/** Whether nobody needs a part of what is required this time: a type, and field names joined by dots. */
export type IsIdle = (typename: string, path: string) => boolean;

/** Adds a field's value; false when it is missing and cannot do without. */
type Part = (entity: Record<string, unknown>, into: Representation) => boolean;

/**
 * Compiles what a fetch requires.
 *
 * A field that is missing because its subgraph did not answer is null if it may be: people are ranked from what
 * arrived. (Apollo Router does the same; `@apollo/gateway` would not ask at all.) A key, and what must not be null,
 * has to be there.
 */
export function compileRepresenter(
  requires: readonly QueryPlanSelectionNode[],
  subgraph: string,
  schema: GraphQLSchema,
  joins: Joins,
  isIdle: IsIdle = () => false,
): Representer {
  const byType = new Map<string, Part[][]>();
  const partsOf = (typename: string): Part[][] => {
    let parts = byType.get(typename);
    if (!parts) {
      const type = schema.getType(typename);
      // Kept would be whatever a subgraph says, without end.
      if (!type) return [];
      parts = requires.flatMap((each) => {
        if (each.kind !== 'InlineFragment' || each.typeCondition === undefined) return [];
        const here = (path: string) => isIdle(typename, path);
        return isOfType(schema, typename, each.typeCondition) ? [compileParts(each.selections, type, '', here)] : [];
      });
      byType.set(typename, parts);
    }
    return parts;
  };

  function compileParts(
    selections: readonly QueryPlanSelectionNode[],
    type: GraphQLNamedType | undefined,
    above: string,
    isIdleHere: (path: string) => boolean,
  ): Part[] {
    return selections.map((selection) => {
      if (selection.kind === 'Field') return compileField(selection, type, above, isIdleHere);
      const { typeCondition } = selection;
      const inner = typeCondition === undefined ? type : schema.getType(typeCondition);
      const parts = compileParts(selection.selections, inner, above, isIdleHere);
      return (entity, into) => {
        const typename = entity['__typename'];
        const applies =
          typeCondition === undefined || (typeof typename === 'string' && isOfType(schema, typename, typeCondition));
        if (!applies) return true;
        const inner: Representation = {};
        if (parts.every((part) => part(entity, inner))) merge(into, inner);
        return true;
      };
    });
  }

  function compileField(
    field: QueryPlanFieldNode,
    type: GraphQLNamedType | undefined,
    above: string,
    isIdleHere: (path: string) => boolean,
  ): Part {
    const name = field.alias ?? field.name;
    const path = `${above}${field.name}`;
    const mayBeLeftOut = isIdleHere(path);
    const read = reader(name);
    const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[field.name] : undefined;
    const mayBeMissing =
      definition !== undefined &&
      !isNonNullType(definition.type) &&
      !joins.isKey(subgraph, type?.name ?? '', field.name);
    const inner = definition && getNamedType(definition.type);
    const parts = field.selections && compileParts(field.selections, inner, `${path}.`, isIdleHere);
    const copy = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(copy);
      if (!parts) return value;
      if (!isRecord(value)) return null;
      const inner: Representation = {};
      return parts.every((part) => part(value, inner)) ? inner : null;
    };
    return (entity, into) => {
      const value = read(entity);
      if (value === undefined && mayBeLeftOut) return true;
      if (value === undefined && !mayBeMissing) return false;
      assign(into, name, value === undefined ? null : copy(value));
      return true;
    };
  }

  const leaves = leavesOf(requires);

  return {
    represent(entity) {
      const { __typename: typename } = entity;
      if (typeof typename !== 'string') return undefined;
      const whole: Representation = {};
      for (const parts of partsOf(typename)) {
        const each: Representation = {};
        if (parts.every((part) => part(entity, each))) merge(whole, each);
      }
      return whole['__typename'] === undefined ? undefined : whole;
    },
    likenessOf(entity) {
      const { __typename: typename } = entity;
      if (!leaves || typeof typename !== 'string') return undefined;
      let likeness = typename;
      for (const read of leaves) {
        const value = read(entity);
        if (typeof value !== 'string') return undefined;
        // With its length, so that no two values together look like two others.
        likeness += ` ${value.length} ${value}`;
      }
      return likeness;
    },
  };
}

/** Reads all that representations are made of, of whichever type, but for that; undefined where not all is leaves. */
function leavesOf(requires: readonly QueryPlanSelectionNode[]): readonly ReturnType<typeof reader>[] | undefined {
  const names = new Set<string>();
  for (const { selections } of requires.filter((each) => each.kind === 'InlineFragment')) {
    for (const each of selections) {
      if (each.kind !== 'Field' || each.selections) return undefined;
      names.add(each.alias ?? each.name);
    }
  }
  names.delete('__typename');
  return [...names].map(reader);
}
