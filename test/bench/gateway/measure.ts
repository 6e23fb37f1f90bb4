import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cpuMs, peakMiB } from './cpu.ts';
import type { Standing } from './graph.ts';
import { load } from './load.ts';
import { median } from './table.ts';
import type { Contender, Workload } from './workload.ts';

/** What was measured of a contender in one window, or the median of all. */
export interface Figures {
  readonly gatewayMs: number;
  readonly wholeMs: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly peakMiB: number;
  /** Requests to subgraphs for each of ours; NaN where they are not counted. */
  readonly fetches: number;
}

/** A contender that was measured, or could not be. */
export interface Result {
  readonly contender: Contender;
  readonly figures?: Figures;
  readonly reason?: string;
}

/** How long it is measured. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly folder: string;
  /** What Node is told that runs ours. */
  readonly node: readonly string[];
  readonly log: (text: string) => void;
  /** Called when all are warm. */
  readonly onWarm?: () => void;
}

/** All together use less than this in a second when nobody asks them. */
const IDLE_MS = 200;

/** Whoever is still busy with itself after this long, always is. */
const LONGEST_START_MS = 60_000;

/** A contender while it is measured. */
interface Runner {
  readonly contender: Contender;
  readonly standing: Standing;
  readonly windows: Figures[];
  reason?: string;
}

/**
 * Measures all contenders in turn, round after round, while all of them are up: whatever else the machine does meanwhile
 * meets each of them alike. Whoever answers wrongly is out.
 */
export async function measure(workload: Workload, contenders: readonly Contender[], plan: Plan): Promise<Result[]> {
  const runners: Runner[] = [];
  const results = new Map<Contender, Result>();
  let window = 0;
  const file = join(plan.folder, 'bodies.txt');
  const writeBodies = () =>
    writeFileSync(
      file,
      workload
        .bodies(window++)
        .map((body) => `${body}\n`)
        .join(''),
    );

  for (const contender of contenders) {
    plan.log(`starting ${contender.title}`);
    try {
      const standing = await contender.start({ folder: plan.folder, node: plan.node });
      runners.push({ contender, standing, windows: [] });
    } catch (error) {
      results.set(contender, { contender, reason: reasonOf(error) });
    }
  }
  try {
    await checkAll(workload, runners);
    await untilIdle(runners);
    for (const runner of runners) {
      if (runner.reason !== undefined) continue;
      plan.log(`warming ${runner.contender.title}`);
      writeBodies();
      await runWindow(runner, plan.warmUpSeconds);
    }
    plan.onWarm?.();
    for (let round = 1; round <= plan.rounds; round++) {
      // All are asked the same in a round.
      writeBodies();
      for (const runner of runners) {
        if (runner.reason !== undefined) continue;
        const figures = await runWindow(runner, plan.seconds);
        if (figures) runner.windows.push(figures);
        plan.log(`round ${round}: ${runner.contender.title} ${figures ? summary(figures) : runner.reason}`);
      }
    }
    await checkAll(workload, runners);
  } finally {
    for (const { standing } of runners) await standing.end();
  }
  for (const { contender, windows, reason } of runners) {
    results.set(contender, reason === undefined ? { contender, figures: middle(windows) } : { contender, reason });
  }
  return contenders.flatMap((contender) => results.get(contender) ?? []);

  async function runWindow(runner: Runner, seconds: number): Promise<Figures | undefined> {
    const { gateway, subgraphs, url } = runner.standing;
    const own = gateway.map(({ pid }) => pid);
    const others = subgraphs.map(({ pid }) => pid);
    const before = { own: cpuMs(own), others: cpuMs(others), asked: await askedSoFar(runner.standing) };
    try {
      const { requests, perSecond, p50, p99 } = await load(url, seconds, file, workload.isMarked);
      const gatewayMs = (cpuMs(own) - before.own) / requests;
      const othersMs = (cpuMs(others) - before.others) / requests;
      const fetches = ((await askedSoFar(runner.standing)) - before.asked) / requests;
      return { gatewayMs, wholeMs: gatewayMs + othersMs, perSecond, p50, p99, peakMiB: peakMiB(own), fetches };
    } catch (error) {
      runner.reason = reasonOf(error);
      return undefined;
    }
  }
}

function summary({ gatewayMs, perSecond, p99 }: Figures): string {
  return `${gatewayMs.toFixed(2)} ms CPU, ${perSecond.toFixed(0)}/s, p99 ${p99.toFixed(0)} ms`;
}

/** Whoever does not answer as is right gets a reason. */
async function checkAll(workload: Workload, runners: readonly Runner[]): Promise<void> {
  const bodies = workload.bodies(-1).slice(0, 5);
  for (const body of bodies) {
    let right = workload.rightAnswer?.(body);
    for (const runner of runners) {
      if (runner.reason !== undefined) continue;
      try {
        const answer = await ask(runner.standing.url, body, workload.isMarked);
        right ??= answer;
        if (!isDeepStrictEqual(answer, right)) {
          runner.reason = `It answers wrongly: ${JSON.stringify(answer).slice(0, 300)}`;
        }
      } catch (error) {
        runner.reason = reasonOf(error);
      }
    }
  }
}

async function ask(url: string, body: string, isMarked: boolean): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(isMarked && { authorization: `Bearer ${Math.random()}` }),
    },
    body,
  });
  const answer = (await response.json()) as { errors?: unknown };
  if (!response.ok || answer.errors !== undefined) {
    throw new Error(`It answers ${response.status}: ${JSON.stringify(answer.errors ?? answer).slice(0, 300)}`);
  }
  return answer;
}

function middle(windows: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) => median(windows.map((window) => window[figure]));
  return {
    gatewayMs: of('gatewayMs'),
    wholeMs: of('wholeMs'),
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    fetches: of('fetches'),
    peakMiB: Math.max(...windows.map((window) => window.peakMiB)),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function askedSoFar({ asked }: Standing): Promise<number> {
  return asked === undefined ? Number.NaN : Number(await (await fetch(asked)).text());
}

/** What programs do after their start, such as reading tools once, is no part of what is measured. */
async function untilIdle(runners: readonly Runner[]): Promise<void> {
  const pids = runners.flatMap(({ standing }) => [...standing.gateway, ...standing.subgraphs].map(({ pid }) => pid));
  const until = performance.now() + LONGEST_START_MS;
  for (let before = cpuMs(pids); performance.now() < until;) {
    await wait(1_000);
    const now = cpuMs(pids);
    if (now - before < IDLE_MS) return;
    before = now;
  }
}
