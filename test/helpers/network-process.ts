import { lookup } from 'node:dns/promises';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createApp } from '../../gateway/app.ts';
import { loadConfig } from '../../gateway/config/load.ts';
import { createLog } from '../../gateway/log.ts';
import { startSync } from '../../gateway/sync.ts';
import { subgraphs } from '../../subgraphs/registry.ts';

/** Run with the recorder: the gateway over the sample from start to end, or (`out`) attempts to get out. */
if (process.argv[2] === 'out') {
  const refused = async (attempt: Promise<unknown>) => {
    await attempt.then(
      () => Promise.reject(new Error('The recorder let something out.')),
      () => undefined,
    );
  };
  await refused(once(connect(80, '192.0.2.1'), 'connect'));
  await refused(fetch('http://telemetry.invalid/'));
  await refused(lookup('name.invalid'));
  const inThread = `import { connect } from 'node:net'; connect(80, '192.0.2.2').on('error', () => {});`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(inThread)}`));
  await once(worker, 'exit');
} else {
  const data = await mkdtemp(join(tmpdir(), 'atrium-network-'));
  const config = { ...(await loadConfig({ env: {}, cwd: data })), data };
  const log = createLog({ level: 'silent', format: 'json' });
  const app = await createApp(config, { log });
  const sync = startSync(config, subgraphs, log, () => undefined);
  await sync.settled;
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, query = ''] = /```graphql\n([\s\S]*?)```/.exec(readme) ?? [];
  const url = await app.http.listen({ host: '127.0.0.1', port: 0 });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const answer: unknown = await response.json();
  const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  await page.text();
  await sync.stop();
  await app.close();
  await rm(data, { recursive: true, force: true });
  console.log(JSON.stringify({ answer, page: page.status }));
}
