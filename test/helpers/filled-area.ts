import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connector, ConnectorKind, Log } from '../../subgraphs/kit/connector.ts';
import { SubgraphExecutor } from '../../subgraphs/kit/execute.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { Scheduler, type SyncEvent } from '../../subgraphs/kit/sync/scheduler.ts';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';
import { subgraphNamed } from '../../subgraphs/registry.ts';

/** How a source is doing, as `sources` says it. */
export interface SourceAnswer {
  readonly state: string;
  readonly itemCount: number;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

/** An area with one source, filled and asked as in production, in this thread and a folder of its own. */
export interface FilledArea extends AsyncDisposable {
  /** Tries the source once. @returns what was said of it at the end. */
  sync(): Promise<SyncEvent | undefined>;
  /** The open connector; undefined while it could not be opened. */
  connector(): Connector<unknown> | undefined;
  source(): Promise<SourceAnswer | undefined>;
  ask(query: string): Promise<unknown>;
}

const OPERATOR: Viewer = { person: null, groups: ['staff'], operator: true };

/** Makes an area whose one source is of this kind. */
export async function fillArea(
  area: SubgraphName,
  kind: ConnectorKind<unknown>,
  options: object,
  log: Log,
): Promise<FilledArea> {
  const folder = await mkdtemp(join(tmpdir(), `atrium-${area}-`));
  const path = join(folder, `${area}.db`);
  const subgraph = subgraphNamed(area);
  let opened: Connector<unknown> | undefined;
  let last: SyncEvent | undefined;
  const scheduler = new Scheduler({
    store: subgraph.openWriter(path),
    kinds: [{ ...kind, open: async (...given) => (opened = await kind.open(...given)) }],
    sources: [{ name: 'test', connector: kind.name, options: kind.options.parse(options), everySeconds: 60 }],
    baseDir: folder,
    log,
    onEvent: (event) => {
      if (event.type !== 'settled') last = event;
    },
  });
  const service = subgraph.openService(path, {});
  const executor = new SubgraphExecutor(service, log);
  const ask = async (query: string): Promise<unknown> => {
    const { data, errors } = await executor.execute({ query }, await executor.contextFor(OPERATOR));
    if (errors !== undefined) throw new AggregateError(errors, errors.map(String).join());
    return data;
  };
  return {
    ask,
    connector: () => opened,
    async sync() {
      await scheduler.syncAll();
      return last;
    },
    async source() {
      const data = await ask(`{ sources { ${area} { state itemCount lastError { code message } } } }`);
      return (data as { sources: Record<string, SourceAnswer[]> }).sources[area]?.[0];
    },
    async [Symbol.asyncDispose]() {
      await scheduler.stop();
      service.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
