import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createApp } from '../../gateway/app.ts';
import { configOf } from '../helpers/config.ts';
import { syncOnce } from '../helpers/sync.ts';
import { writeCompany } from './company.ts';

/**
 * What growth costs: generates companies of 1 thousand, 10 thousand and 100 thousand documents and as many
 * conversations, and measures in a process of its own for each: how fast it is synced, how long the mission's query
 * takes (every topic another, nothing remembered), and how much memory the gateway then holds.
 *
 *     npm run bench:growth [-- --sizes 1000,10000]
 *
 * The limits compare the largest with the smallest: median query at most 5 times, memory at most 3 times, sync at
 * least half the rate. They fail the run.
 */
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000' },
    step: { type: 'string' },
    dir: { type: 'string' },
  },
});

/** What is measured of one size. */
interface Figures {
  readonly size: number;
  readonly itemsPerSecond: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly rssMb: number;
}

if (values.step === undefined) growth(values.sizes.split(',').map(Number));
else await step(values.step, values.dir ?? '');

function growth(sizes: readonly number[]): void {
  const figures = sizes.map((size) => {
    const dir = mkdtempSync(join(tmpdir(), 'atrium-growth-'));
    try {
      const run = (name: string) =>
        execFileSync(
          process.execPath,
          [fileURLToPath(import.meta.url), '--step', name, '--dir', dir, '--sizes', `${size}`],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        );
      run('write');
      const sync = JSON.parse(run('sync')) as Pick<Figures, 'itemsPerSecond'>;
      const ask = JSON.parse(run('ask')) as Omit<Figures, 'itemsPerSecond' | 'size'>;
      const all = { size, ...sync, ...ask };
      console.log(
        `${String(size).padStart(7)} documents + ${size} conversations: sync ${all.itemsPerSecond.toFixed(0)} items/s, ` +
          `query median ${all.medianMs.toFixed(1)} ms, p95 ${all.p95Ms.toFixed(1)} ms, memory ${all.rssMb.toFixed(0)} MB`,
      );
      return all;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
  const first = figures[0];
  const last = figures.at(-1);
  if (!first || !last) return;
  const limits = [
    {
      what: 'median query',
      ratio: last.medianMs / first.medianMs,
      isWithin: (ratio: number) => ratio <= 5,
      limit: 'at most 5',
    },
    { what: 'memory', ratio: last.rssMb / first.rssMb, isWithin: (ratio: number) => ratio <= 3, limit: 'at most 3' },
    {
      what: 'sync rate',
      ratio: last.itemsPerSecond / first.itemsPerSecond,
      isWithin: (ratio: number) => ratio >= 0.5,
      limit: 'at least 0.5',
    },
  ];
  for (const { what, ratio, isWithin, limit } of limits) {
    console.log(
      `${what}: ${ratio.toFixed(2)} times from ${first.size} to ${last.size} (${limit}) ${isWithin(ratio) ? 'ok' : 'MISSED'}`,
    );
    if (!isWithin(ratio)) process.exitCode = 1;
  }
}

async function step(name: string, dir: string): Promise<void> {
  const size = Number(values.sizes);
  const topicsFile = join(dir, 'topics.json');
  if (name === 'write') {
    mkdirSync(join(dir, 'documents'), { recursive: true });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(topicsFile, JSON.stringify(writeCompany(dir, size)));
    return;
  }
  const config = configOf({
    data: join(dir, 'data'),
    baseDir: dir,
    directory: [{ name: 'people', connector: 'ldif', path: 'people.ldif' }],
    documents: [{ name: 'docs', connector: 'folder', path: 'documents' }],
    forum: [{ name: 'community', connector: 'ndjson', path: 'conversations.ndjson' }],
    file: { cache: { answerSeconds: 0 } },
  });
  if (name === 'sync') {
    const started = performance.now();
    await syncOnce(config);
    process.stdout.write(JSON.stringify({ itemsPerSecond: (2 * size) / ((performance.now() - started) / 1_000) }));
    return;
  }
  if (!existsSync(topicsFile)) throw new Error('There are no topics: the step "write" comes first.');
  const topics = JSON.parse(readFileSync(topicsFile, 'utf8')) as string[];
  const query = readFileSync(new URL('../../schema/operations/topic.graphql', import.meta.url), 'utf8');
  const app = await createApp(config);
  const times: number[] = [];
  // The first round warms up what a running gateway has warm: compiled code and query plans, not answers.
  for (const round of [0, 1, 2]) {
    for (const topic of topics) {
      const started = performance.now();
      const { data, errors } = await app.ask({ query, variables: { query: `${topic} ${round}` } });
      if (errors || !data) throw new Error(`"${topic}" was not answered.`);
      if (round > 0) times.push(performance.now() - started);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
  const rssMb = process.memoryUsage().rss / 1_048_576;
  process.stdout.write(JSON.stringify({ medianMs: at(0.5), p95Ms: at(0.95), rssMb }));
  await app.close();
}
