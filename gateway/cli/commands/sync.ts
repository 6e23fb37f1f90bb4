import { subgraphs } from '../../../subgraphs/registry.ts';
import { loadConfig } from '../../config/load.ts';
import { secretsOf } from '../../config/print.ts';
import type { Args } from '../command.ts';
import { quietLog } from '../quiet-log.ts';
import { checkSourceName } from '../source-name.ts';
import { syncArea, type SourceOutcome } from '../sync-area.ts';
import { SyncView } from '../sync-view.ts';

/** As a shell reports a process that Ctrl-C ended. */
const INTERRUPTED = 130;

/** `atrium sync` */
export async function runSync({ texts, switches }: Args): Promise<number> {
  const config = await loadConfig({ file: texts.get('config'), env: process.env, cwd: process.cwd() });
  const only = texts.get('source');
  checkSourceName(config, only);
  const secrets = secretsOf(config);
  const view = new SyncView(secrets);
  const log = quietLog(secrets);
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());

  const outcomes: SourceOutcome[] = [];
  // The registry has the directory first: who an account belongs to is known when the others come.
  for (const subgraph of subgraphs) {
    const { sources, url } = config[subgraph.name];
    if (only !== undefined && !sources.some(({ name }) => name === only)) continue;
    if (url !== undefined) {
      view.note(`${subgraph.name}: runs in a process of its own (${url}), which syncs it`);
      continue;
    }
    const onEvent = view.show.bind(view);
    const found = await syncArea({ config, subgraph, only, log, onEvent, signal: abort.signal });
    if (!found) {
      view.note('Ended. What was read is stored; the next sync goes on from there.');
      return INTERRUPTED;
    }
    outcomes.push(...found);
  }
  view.summary(outcomes, switches.has('problems'));
  return outcomes.some(({ failure }) => failure !== undefined) ? 1 : 0;
}
