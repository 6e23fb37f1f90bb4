import type { Config } from '../config/schema.ts';

/** How far the front door goes with one operation. */
export type OperationLimits = Pick<
  Config['limits'],
  | 'nesting'
  | 'tokens'
  | 'depth'
  | 'aliases'
  | 'rootFields'
  | 'directives'
  | 'operations'
  | 'fragments'
  | 'selections'
  | 'merges'
  | 'cost'
  | 'pageSize'
>;
