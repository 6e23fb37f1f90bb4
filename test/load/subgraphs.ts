import { setTimeout as wait } from 'node:timers/promises';
import { Balancer, callWhile, Tally } from './callers.ts';
import type { Report } from './report.ts';
import { QUESTION, type Stand } from './stand.ts';

const firstOf = (number: number) => ({ first: 1 + (number % 100) });

/** A subgraph goes away for two seconds and comes back. */
export async function restartOfSubgraph(stand: Stand, report: Report): Promise<void> {
  const gateway = await stand.gateway('limits: { subgraph: { circuitOpenMs: 500, circuitMaxOpenMs: 500 } }');
  const balancer = new Balancer(gateway.url);
  const during = new Tally();
  const after = new Tally();
  let current = during;
  const end = performance.now() + 9_000;
  const load = callWhile(
    20,
    () => performance.now() < end,
    (number) => balancer.ask(QUESTION, current, firstOf(number)),
  );
  await wait(2_000);
  await stand.fronts.forum.misbehave('is not there');
  await wait(2_000);
  await stand.fronts.forum.mend();
  await wait(2_000);
  current = after;
  await load;
  await balancer.close();
  report.told('requests', during.asked + after.asked);
  report.told('partial while it was away', during.partial);
  report.exactly('lost', during.lost + after.lost, 0);
  // Those that were under way when it was back may be among them.
  report.atMost('not whole from 2 s after it was back', after.hurt, 0);
}

/** Connections reset and 503s, one in twenty each way. */
export async function flakySubgraphs(stand: Stand, report: Report): Promise<void> {
  for (const name of ['resets', 'answers 503'] as const) {
    const gateway = await stand.gateway();
    const balancer = new Balancer(gateway.url);
    const tally = new Tally();
    await stand.fronts.forum.misbehave(name, 0.05);
    const end = performance.now() + 15_000;
    await callWhile(
      10,
      () => performance.now() < end,
      (number) => balancer.ask(QUESTION, tally, firstOf(number)),
    );
    await stand.fronts.forum.mend();
    await balancer.close();
    report.told(`requests while one in twenty ${name}`, tally.asked);
    report.exactly('lost', tally.lost, 0);
    report.atMost('hurt', tally.hurtPercent, 0.5, ' %');
  }
}

/** Five hundred callers at once want something of a subgraph that hangs. */
export async function hangingSubgraph(stand: Stand, report: Report): Promise<void> {
  const gateway = await stand.gateway();
  const balancer = new Balancer(gateway.url);
  const tally = new Tally();
  const { forum } = stand.fronts;
  await forum.misbehave('never answers');
  // Each asks something of its own, for else they would wait for one call together.
  const asked = Array.from({ length: 500 }, (_, number) =>
    balancer.ask(`{ a${number}: conversations { totalCount } documents { totalCount } }`, tally),
  );
  await Promise.all(asked);
  await wait(1_000);
  report.exactly('answered of 500', tally.partial + tally.whole, 500);
  report.atMost('calls open at once', forum.mostOpen, 64);
  report.exactly('open a second later', forum.open, 0);
  report.told('slowest answer', tally.slowestMs, ' ms');
  await forum.mend();
  await balancer.close();
}
