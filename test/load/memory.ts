import { Balancer, callWhile, Tally } from './callers.ts';
import { residentMiB, type Report } from './report.ts';
import { QUESTION, type Stand } from './stand.ts';

/** One address asks more here than any may. */
const UNCOUNTED = 'limits: { requestsPerAddress: 0 }';

/** The same few questions, very often. */
export async function soak(stand: Stand, report: Report, requests: number): Promise<void> {
  const gateway = await stand.gateway(UNCOUNTED);
  const balancer = new Balancer(gateway.url);
  const tally = new Tally();
  const memory: number[] = [];
  const started = performance.now();
  // The first part fills caches; what is compared is the second and the last.
  for (let part = 1; part <= 4; part++) {
    await callWhile(
      20,
      () => tally.asked < (requests * part) / 4,
      (number) => balancer.ask(QUESTION, tally, { first: 1 + (number % 100) }),
    );
    memory.push(await residentMiB(gateway.process.pid));
    report.told(`memory after ${tally.asked} requests`, memory.at(-1) ?? 0, ' MiB');
  }
  report.told('requests a second', (1_000 * tally.asked) / (performance.now() - started));
  await balancer.close();
  report.exactly('lost or not whole', tally.hurt, 0);
  if (tally.firstLost !== '') console.log(`        ${tally.firstLost}`);
  report.atMost('growth from half to all', (memory[3] ?? 0) - (memory[1] ?? 0), 40, ' MiB');
}

/** As many different operations as nobody has: none of what is kept of them may grow without end. */
export async function manyOperations(stand: Stand, report: Report, operations: number): Promise<void> {
  const gateway = await stand.gateway(UNCOUNTED, ['--max-old-space-size=256']);
  const balancer = new Balancer(gateway.url);
  const tally = new Tally();
  let most = 0;
  await callWhile(
    10,
    () => tally.asked < operations && gateway.process.exitCode === null,
    async (number) => {
      await balancer.ask(`{ a${number}: documents(first: 1) { totalCount edges { node { title } } } }`, tally);
      if (number % 500 === 0) most = Math.max(most, await residentMiB(gateway.process.pid));
      if (number > 0 && number % 5_000 === 0) report.told(`memory after ${number} operations`, most, ' MiB');
    },
  );
  await balancer.close();
  report.told('different operations', tally.asked);
  report.exactly('lost or not whole', tally.hurt, 0);
  if (tally.firstLost !== '') console.log(`        ${tally.firstLost}`);
  report.atMost('most memory', most, 400, ' MiB');
}
