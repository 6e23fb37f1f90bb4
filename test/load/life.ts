import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Balancer, callWhile, Tally } from './callers.ts';
import type { Report } from './report.ts';
import { QUESTION, type Stand } from './stand.ts';

const PATIENT = 'limits: { operationMs: 60000, subgraph: { firstByteMs: 60000, callMs: 60000 } }';
const DELAY = 'shutdown: { delayMs: 1000 }';

/** SIGTERM while requests are under way that take so long. */
export async function sigterm(stand: Stand, report: Report): Promise<void> {
  for (const seconds of [0, 2, 15]) {
    const gateway = await stand.gateway(`${PATIENT}\n${DELAY}`);
    const balancer = new Balancer(gateway.url);
    const tally = new Tally();
    stand.fronts.forum.answerWith(async (reply, truth) => {
      await wait(seconds * 1_000);
      reply.writeHead(200, { 'content-type': 'application/json' }).end(await truth());
    });
    const load = callWhile(
      20,
      () => balancer.isAnyReady,
      (number) => balancer.ask(QUESTION, tally, { first: 1 + (number % 100) }),
    );
    await wait(3_000);
    gateway.process.kill('SIGTERM');
    await load;
    report.told(`requests of ${seconds} s`, tally.asked);
    report.exactly('lost or not whole', tally.hurt, 0);
    if (tally.firstLost !== '') console.log(`        ${tally.firstLost}`);
    report.exactly('exit code', Number(await gateway.ended), 0);
    await balancer.close();
    await stand.fronts.forum.mend();
  }
}

/** Two instances are replaced one after the other. */
export async function rollingRestart(stand: Stand, report: Report): Promise<void> {
  const instances = [await stand.gateway(DELAY), await stand.gateway(DELAY)];
  const balancer = new Balancer(...instances.map(({ url }) => url));
  const tally = new Tally();
  let isOver = false;
  const load = callWhile(
    20,
    () => !isOver,
    (number) => balancer.ask(QUESTION, tally, { first: 1 + (number % 100) }),
  );
  for (const old of instances) {
    await wait(2_000);
    old.process.kill('SIGTERM');
    report.exactly('exit code', Number(await old.ended), 0);
    await balancer.remove(old.url);
    balancer.add((await stand.gateway(DELAY)).url);
  }
  await wait(2_000);
  isOver = true;
  await load;
  await balancer.close();
  report.told('requests', tally.asked);
  report.exactly('lost or not whole', tally.hurt, 0);
  if (tally.firstLost !== '') console.log(`        ${tally.firstLost}`);
}

/** The supergraph changes thirty times. */
export async function reloads(stand: Stand, report: Report): Promise<void> {
  const sdl = await readFile(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
  const file = join(stand.company.company.folder, 'changing.graphql');
  await writeFile(file, sdl);
  const gateway = await stand.gateway(`supergraph: { file: "${file}" }`);
  const balancer = new Balancer(gateway.url);
  const tally = new Tally();
  let isOver = false;
  const load = callWhile(
    10,
    () => !isOver,
    (number) => balancer.ask(QUESTION, tally, { first: 1 + (number % 100) }),
  );
  const served = () => gateway.log().split('it is served from now on').length - 1;
  for (let times = 1; times <= 30; times++) {
    await writeFile(`${file}.new`, `${sdl}\n# ${times}\n`);
    await rename(`${file}.new`, file);
    while (served() < times) await wait(50);
  }
  isOver = true;
  await load;
  await balancer.close();
  report.told('requests', tally.asked);
  report.exactly('reloads', served(), 30);
  report.exactly('lost or not whole', tally.hurt, 0);
  report.told('slowest answer', tally.slowestMs, ' ms');
}
