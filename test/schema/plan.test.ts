import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withoutEnforcedLinks } from '../../gateway/execution/access-rules.ts';
import { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import { Database } from '../../subgraphs/kit/store/database.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { forgetKept } from '../helpers/forget-kept.ts';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

/** The parts of the planner's answer that are looked at. */
interface PlanNode {
  readonly kind: 'QueryPlan' | 'Fetch' | 'Flatten' | 'Sequence' | 'Parallel' | 'Condition';
  readonly node?: PlanNode;
  readonly nodes?: readonly PlanNode[];
  readonly serviceName?: string;
}

const require = createRequire(createRequire(import.meta.url).resolve('@apollo/gateway'));
const { QueryPlanner } = require('@apollo/query-planner') as {
  QueryPlanner: new (supergraph: unknown) => { buildQueryPlan(operation: unknown): PlanNode };
};
const { Supergraph, operationFromDocument } = require('@apollo/federation-internals') as {
  Supergraph: { build: (sdl: string) => { apiSchema: () => unknown } };
  operationFromDocument: (schema: unknown, document: unknown) => unknown;
};

const supergraph = Supergraph.build(
  withoutEnforcedLinks(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')),
);
const planner = new QueryPlanner(supergraph);
const mission = readFileSync(new URL('../../schema/operations/topic.graphql', import.meta.url), 'utf8');

function planOf(query: string): PlanNode {
  // The planner's own copy of graphql reads the text: documents of another copy are strangers to it.
  const { parse: read } = require('graphql') as { parse: typeof parse };
  return planner.buildQueryPlan(operationFromDocument(supergraph.apiSchema(), read(query)));
}

/** How many fetches come one after another at most. */
function depthOf(plan: PlanNode | undefined): number {
  if (!plan) return 0;
  if (plan.kind === 'Fetch') return 1;
  if (plan.kind === 'Sequence') return (plan.nodes ?? []).reduce((sum, node) => sum + depthOf(node), 0);
  if (plan.kind === 'Parallel') return Math.max(...(plan.nodes ?? []).map(depthOf));
  return depthOf(plan.node);
}

function fetchesOf(plan: PlanNode | undefined): string[] {
  if (!plan) return [];
  if (plan.kind === 'Fetch') return [plan.serviceName ?? ''];
  return [...fetchesOf(plan.node), ...(plan.nodes ?? []).flatMap(fetchesOf)];
}

/** The parallel groups in which more than one subgraph is asked at first. */
function sideBySide(plan: PlanNode | undefined): string[][] {
  if (!plan) return [];
  const inner = [plan.node, ...(plan.nodes ?? [])].flatMap(sideBySide);
  return plan.kind === 'Parallel'
    ? [(plan.nodes ?? []).map((node) => fetchesOf(node)[0] ?? '').toSorted(), ...inner]
    : inner;
}

describe('the plan of the mission’s query', () => {
  it('has at most four fetches one after another, documents and forum side by side', () => {
    const plan = planOf(mission);
    expect(depthOf(plan)).toBeLessThanOrEqual(4);
    expect(fetchesOf(plan)).toHaveLength(6);
    expect(sideBySide(plan)).toContainEqual(['documents', 'forum']);
  });

  it('would be seen to have more', () => {
    const longer = mission.replace(
      'person {\n              id',
      'person {\n              name manager { documents(first: 1) { edges { node { title } } } } id',
    );
    expect(longer).not.toBe(mission);
    expect(depthOf(planOf(longer))).toBeGreaterThan(4);
  });
});

describe('a larger page', () => {
  let sample: SampleApp;
  beforeAll(async () => {
    sample = await sampleApp();
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await sample.close();
  });

  /** How often subgraphs, and their stores, are asked for an answer. */
  async function costOf(query: string, variables: Readonly<Record<string, unknown>>) {
    for (const { name } of subgraphs) forgetKept(sample.config, name);
    const spies = (['all', 'get', 'iterate'] as const).map((method) => vi.spyOn(Database.prototype, method));
    const execute = vi.spyOn(SubgraphExecutor.prototype, 'run');
    for (const spy of [...spies, execute]) spy.mockClear();
    await sample.ask({ query, variables });
    const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    return { fetches: execute.mock.calls.length, queries: count };
  }

  it('asks no more often: no fetch and no query per item', async () => {
    // What is prepared once, like the viewer, is prepared.
    await costOf(mission, { query: 'certificates', first: 1 });
    const few = await costOf(mission, { query: 'certificates', first: 2 });
    const many = await costOf(mission, { query: 'certificates', first: 50 });
    expect(few.fetches).toBe(6);
    expect(few.queries).toBeGreaterThan(5);
    expect(many).toEqual(few);
  });

  it.each([
    [
      'documents',
      `documents(first: $first) { totalCount edges { node { title summary body author { name person { name } } tags links
        contributors(first: 3) { totalCount edges { role node { name person { name } } } } } } }`,
    ],
    [
      'conversations',
      `conversations(first: $first) { edges { node { title summary answered answer { body author { name person { name } } }
        author { name person { name title } } tags links participants(first: 5) { edges { node { name } } } } } }`,
    ],
    [
      'matches',
      `conversations(first: $first, filter: { text: "battery certificate" }) {
        totalCount edges { score excerpt { text } node { title author { name } } } }`,
    ],
    [
      'people',
      `people(first: $first) { edges { node { name manager { name } accounts { handle } reputation { votes }
        presence { lastActiveAt } collaborators(first: 3) { edges { node { name } } } } } }`,
    ],
    ['groups', 'groups(first: $first) { edges { node { name champion { name } } } }'],
  ])('of %s neither', async (_what, field) => {
    const query = `query ($first: Int) { ${field} }`;
    await costOf(query, { first: 1 });
    // There are but 17 groups.
    expect(await costOf(query, { first: 80 })).toEqual(await costOf(query, { first: 8 }));
  });

  it('of lists within lists asks once for each of them', async () => {
    const query = `query ($first: Int) { conversations(first: $first) { edges { node {
      replies(first: 5) { edges { node { body author { name person { name } } } } } } } } }`;
    await costOf(query, { first: 1 });
    const few = await costOf(query, { first: 20 });
    const many = await costOf(query, { first: 80 });
    expect(many.fetches).toBe(few.fetches);
    expect(many.queries - few.queries).toBeGreaterThan(0);
    expect(many.queries - few.queries).toBeLessThanOrEqual(80 - 20);
  });
});
