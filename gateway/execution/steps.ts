import type { PlanNode } from '@apollo/query-planner';
import { compileFetch, type FetchParts } from './fetch-step.ts';
import type { Run, Step } from './run.ts';
import { targetsAt } from './targets.ts';

/** Compiles a plan: its fetches one after another and side by side as the plan has it. */
export function compileSteps(node: PlanNode, parts: FetchParts): Step {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, parts);
    case 'Sequence': {
      const steps = node.nodes.map((each) => compileSteps(each, parts));
      return async (run, place) => {
        for (const step of steps) await step(run, place);
      };
    }
    case 'Parallel': {
      const steps = node.nodes.map((each) => compileSteps(each, parts));
      return async (run, place) => {
        await Promise.all(steps.map(async (step) => step(run, place)));
      };
    }
    case 'Flatten': {
      const path = node.path.map(String);
      const step = compileSteps(node.node, parts);
      return (run, place) => step(run, { path: [...place.path, ...path], targets: targetsAt(place.targets, path) });
    }
    case 'Condition': {
      const then = node.ifClause && compileSteps(node.ifClause, parts);
      const otherwise = node.elseClause && compileSteps(node.elseClause, parts);
      return (run: Run, place) => (run.coerced[node.condition] === true ? then : otherwise)?.(run, place);
    }
    case 'Defer':
      throw new Error('The gateway does not announce @defer, so that no plan has it.');
  }
}
