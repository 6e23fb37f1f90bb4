import type { FetchDataRewrite } from '@apollo/query-planner';
import { isAbstractType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import { assign, isRecord } from './own.ts';

/** Changes a value in place: aliases and types that a plan chose for a subgraph become those of the operation. */
export type Rewriter = (value: unknown) => void;

const FRAGMENT = '... on ';

/** Compiles a plan's rewrites; undefined where there are none. */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewriter | undefined {
  if (!rewrites || rewrites.length === 0) return undefined;
  const all = rewrites.map((rewrite) => compile(schema, rewrite));
  return (value) => {
    for (const rewrite of all) rewrite(value);
  };
}

function compile(schema: GraphQLSchema, rewrite: FetchDataRewrite): Rewriter {
  const parents = rewrite.path.slice(0, -1);
  const last = rewrite.path.at(-1) ?? '';
  return (value) => {
    apply(schema, parents, 0, value, (parent) => {
      if (rewrite.kind === 'ValueSetter') assign(parent, last, rewrite.setValueTo);
      else if (Object.hasOwn(parent, last) && parent[last] !== undefined) {
        // Null is a value, but none to take another's place.
        if (parent[last] === null && Object.hasOwn(parent, rewrite.renameKeyTo)) return;
        assign(parent, rewrite.renameKeyTo, parent[last]);
        parent[last] = undefined;
      }
    });
  };
}

function apply(
  schema: GraphQLSchema,
  path: readonly string[],
  at: number,
  value: unknown,
  change: (parent: Record<string, unknown>) => void,
): void {
  if (Array.isArray(value)) {
    for (const each of value) apply(schema, path, at, each, change);
    return;
  }
  if (!isRecord(value)) return;
  const step = path[at];
  if (step === undefined) return change(value);
  if (!step.startsWith(FRAGMENT)) {
    if (Object.hasOwn(value, step)) apply(schema, path, at + 1, value[step], change);
    return;
  }
  const condition = step.slice(FRAGMENT.length);
  const typename = value['__typename'];
  if (typeof typename !== 'string' || isOfType(schema, typename, condition)) apply(schema, path, at + 1, value, change);
}

/** Whether what is of one type fulfils a type condition. */
export function isOfType(schema: GraphQLSchema, typename: string, condition: string): boolean {
  if (typename === condition) return true;
  const type = schema.getType(typename);
  const wanted = schema.getType(condition);
  if (!isAbstractType(wanted) || !(isObjectType(type) || isInterfaceType(type))) return false;
  return schema.isSubType(wanted, type);
}
