import { parseArgs } from 'node:util';
import { reloads, rollingRestart, sigterm } from './life.ts';
import { manyOperations, soak } from './memory.ts';
import { Report } from './report.ts';
import { openStand } from './stand.ts';
import { flakySubgraphs, hangingSubgraph, restartOfSubgraph } from './subgraphs.ts';

/**
 * `npm run test:load [-- NAME …] [--requests N] [--operations N]`: what takes too long for `npm test`. Prints a line for
 * each figure, and exits with 1 when one is out of its bounds.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    requests: { type: 'string', default: '200000' },
    operations: { type: 'string', default: '100000' },
  },
});

const scenarios = {
  restart: restartOfSubgraph,
  flaky: flakySubgraphs,
  hanging: hangingSubgraph,
  sigterm,
  rolling: rollingRestart,
  reloads,
  soak: (...args: Parameters<typeof sigterm>) => soak(...args, Number(values.requests)),
  operations: (...args: Parameters<typeof sigterm>) => manyOperations(...args, Number(values.operations)),
};

const unknown = positionals.filter((name) => !Object.hasOwn(scenarios, name));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}.`);
  process.exit(2);
}
const report = new Report();
for (const [name, run] of Object.entries(scenarios)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(name);
  const stand = await openStand();
  try {
    await run(stand, report);
  } finally {
    await stand.close();
  }
}
process.exit(report.isBroken ? 1 : 0);
