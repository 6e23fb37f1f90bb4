import type { FetchNode, PlanNode, QueryPlan, QueryPlanSelectionNode } from '@apollo/query-planner';
import {
  getNamedType,
  isLeafType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { fetchesOf } from './check-plan.ts';
import { onlyFields, TANGLED, withAliases, withSelection, type Conflict } from './fetched-fields.ts';
import type { Joins } from './joins.ts';
import { argumentsOf, entityFields } from './required-arguments.ts';
import { selectionOf } from './selection.ts';

/**
 * Corrects plans that would fetch one value for fields that require it with different arguments: each set of arguments
 * is fetched under an alias, and each of these fields asked for with the value it requires. Scalars and enums of the
 * entity itself are corrected, what lies deeper is not.
 * @param names those the operation has for its fields
 */
export function separateRequired(
  plan: QueryPlan,
  names: ReadonlySet<string>,
  schema: GraphQLSchema,
  joins: Joins,
): QueryPlan {
  if (!plan.node || plan.node.kind === 'Subscription') return plan;
  let prefix = 'required_';
  while ([...names].some((name) => name.startsWith(prefix))) prefix = `required_${prefix}`;
  const conflicts = conflictsOf(plan.node, prefix, schema, joins);
  if (conflicts.length === 0) return plan;
  try {
    const node = separate(plan.node, [], conflicts, schema, joins);
    const fetched = fetchesOf(node, []).map((each) => each.node.operation);
    const isFetched = (alias: string) => fetched.some((operation) => operation.includes(`${alias}:`));
    const all = conflicts.flatMap(({ aliases }) => [...aliases.values()]);
    return all.every(({ alias }) => isFetched(alias)) ? { ...plan, node } : plan;
  } catch (error) {
    if (error === TANGLED) return plan;
    throw error;
  }
}

function conflictsOf(root: PlanNode, prefix: string, schema: GraphQLSchema, joins: Joins): Conflict[] {
  const found = new Map<string, Conflict & { readonly aliases: Map<string, { alias: string; node: FieldNode }> }>();
  for (const { node, path, selection } of fetchesOf(root, [])) {
    for (const [type, name] of node.requires ? entityFields(selection) : []) {
      const parent = schema.getType(type);
      for (const each of joins.requires(node.serviceName, type, name)?.selections ?? []) {
        const definition = each.kind === Kind.FIELD && isObjectType(parent) && parent.getFields()[each.name.value];
        if (!definition || !isLeafType(getNamedType(definition.type))) continue;
        const field = each.name.value;
        const key = JSON.stringify([path, type, field]);
        const conflict = found.get(key) ?? { path, type, field, aliases: new Map() };
        found.set(key, conflict);
        const given = argumentsOf(each);
        const alias = `${prefix}${conflict.aliases.size}_${field}`;
        if (!conflict.aliases.has(given)) conflict.aliases.set(given, { alias, node: each });
      }
    }
  }
  return [...found.values()].filter(({ aliases }) => aliases.size > 1);
}

function separate(
  node: PlanNode,
  path: readonly string[],
  conflicts: readonly Conflict[],
  schema: GraphQLSchema,
  joins: Joins,
): PlanNode {
  const inside = (each: PlanNode, at = path) => separate(each, at, conflicts, schema, joins);
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((each) => inside(each)) };
    case 'Flatten':
      return { ...node, node: inside(node.node, [...path, ...node.path.map(String).filter((step) => step !== '@')]) };
    case 'Condition': {
      const { ifClause, elseClause } = node;
      return {
        ...node,
        ...(ifClause && { ifClause: inside(ifClause) }),
        ...(elseClause && { elseClause: inside(elseClause) }),
      };
    }
    case 'Defer':
      throw TANGLED;
    case 'Fetch': {
      let selection = selectionOf(node.operation);
      for (const conflict of conflicts) {
        if (!path.every((step, at) => step === conflict.path[at])) continue;
        const steps = [...(node.requires ? ['_entities'] : []), ...conflict.path.slice(path.length)];
        const root = node.requires ? undefined : schema.getRootType(node.operationKind);
        selection = withAliases(selection, root ?? undefined, steps, conflict, schema);
      }
      const here = conflicts.filter((each) => each.path.join() === path.join());
      const fetches = node.requires ? split(node, selection, here, joins) : [withSelection(node, selection)];
      const [first] = fetches;
      return fetches.length === 1 && first ? first : { kind: 'Parallel', nodes: fetches };
    }
  }
}

/** Asks for fields apart that take different values of what they require. */
function split(
  node: FetchNode,
  selection: SelectionSetNode,
  conflicts: readonly Conflict[],
  joins: Joins,
): FetchNode[] {
  const groups = new Map<string, { aliases: Map<Conflict, string>; fields: Set<string> }>();
  for (const [type, name] of entityFields(selection)) {
    const aliases = new Map<Conflict, string>();
    for (const each of joins.requires(node.serviceName, type, name)?.selections ?? []) {
      if (each.kind !== Kind.FIELD) continue;
      const conflict = conflicts.find((one) => one.type === type && one.field === each.name.value);
      const alias = conflict?.aliases.get(argumentsOf(each))?.alias;
      if (conflict && alias !== undefined) aliases.set(conflict, alias);
    }
    const key = [...aliases.values()].sort().join();
    const group = groups.get(key) ?? { aliases, fields: new Set() };
    groups.set(key, group);
    group.fields.add(`${type}.${name}`);
  }
  const free = groups.get('');
  if (free && groups.size > 1) {
    groups.delete('');
    const [first] = groups.values();
    for (const each of free.fields) first?.fields.add(each);
  }
  return [...groups.values()].map(({ aliases, fields }) => ({
    ...withSelection(node, onlyFields(selection, fields)),
    requires: (node.requires ?? []).map((each) => withTaken(each, conflicts, aliases)),
    inputRewrites: [
      ...(node.inputRewrites ?? []),
      ...[...aliases].map(([{ type, field }, alias]) => ({
        kind: 'KeyRenamer' as const,
        path: [`... on ${type}`, alias],
        renameKeyTo: field,
      })),
    ],
  }));
}

/** What a fetch requires, with the values that its fields take of what is in conflict. */
function withTaken(
  required: QueryPlanSelectionNode,
  conflicts: readonly Conflict[],
  taken: ReadonlyMap<Conflict, string>,
): QueryPlanSelectionNode {
  if (required.kind !== 'InlineFragment') return required;
  const selections = required.selections.flatMap((each): QueryPlanSelectionNode[] => {
    const isIt = ({ type, field }: Conflict) =>
      type === required.typeCondition && each.kind === 'Field' && field === each.name;
    const conflict = conflicts.find(isIt);
    if (!conflict || each.kind !== 'Field') return [each];
    const alias = taken.get(conflict);
    return alias === undefined ? [] : [{ ...each, alias }];
  });
  return { ...required, selections };
}
