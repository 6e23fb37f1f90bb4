import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installPeers, peerVersions } from './gateways/peers.ts';
import { loadTool } from './load.ts';
import { machine } from './machine.ts';
import { measure } from './measure.ts';
import { printProfile } from './profile.ts';
import { reportOf } from './report.ts';
import type { Workload } from './workload.ts';
import { mission10k, missionSample } from './workloads/mission.ts';
import { nested, small, whole } from './workloads/shop.ts';

/**
 * `npm run bench:gateway [-- --workload NAME,…] [--only CONTENDER,…] [--rounds N] [--seconds N] [--profile FOLDER]`:
 * measures gateways side by side.
 */
const { values } = parseArgs({
  options: {
    workload: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '6' },
    'warm-up': { type: 'string', default: '5' },
    /** Where CPU profiles of ours are written; figures of such a run are not comparable. */
    profile: { type: 'string' },
  },
});

const WORKLOADS: Readonly<Record<string, () => Workload>> = {
  nested,
  small,
  whole,
  mission: missionSample,
  'mission-10k': mission10k,
};

function listed(text: string | undefined, all: readonly string[], what: string): readonly string[] {
  if (text === undefined) return all;
  const names = text.split(',');
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names;
  console.error(`There is no ${what} ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  process.exit(2);
}

const tool = await loadTool();
installPeers();
console.log(machine());
console.log(`${tool}, Node ${process.versions.node}, ${peerVersions()}`);
const names = listed(values.workload, Object.keys(WORKLOADS), 'workload');
const workloads = names.map((name) => (WORKLOADS[name] as () => Workload)());
const everybody = workloads.flatMap(({ contenders }) => contenders.map(({ key }) => key));
const keys = listed(values.only, [...new Set(everybody)], 'contender');
const profiles = values.profile === undefined ? undefined : resolve(values.profile);
for (const workload of workloads) {
  const { name } = workload;
  const folder = mkdtempSync(join(tmpdir(), `atrium-bench-${name}-`));
  const started = Date.now();
  let warmSince = 0;
  try {
    const contenders = workload.contenders.filter(({ key }) => keys.includes(key));
    const results = await measure(workload, contenders, {
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      warmUpSeconds: Number(values['warm-up']),
      folder,
      node: profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`],
      log: (text) => console.error(`  ${name}: ${text}`),
      onWarm: () => (warmSince = Number(process.hrtime.bigint() / 1_000n)),
    });
    console.log(`\n${reportOf(workload, results)}`);
  } finally {
    await workload.close();
    rmSync(folder, { recursive: true, force: true });
  }
  if (profiles !== undefined) printProfile(profiles, { written: started, since: warmSince });
}
