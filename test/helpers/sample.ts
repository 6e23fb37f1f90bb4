import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApp, type App, type Question } from '../../gateway/app.ts';
import { loadConfig } from '../../gateway/config/load.ts';
import type { Config } from '../../gateway/config/schema.ts';
import { syncOnce } from './sync.ts';

/** The folder of the sample company. */
export const SAMPLE = fileURLToPath(new URL('../../sample/', import.meta.url));

/** The sample company, synced into stores of its own and served. */
export interface SampleApp {
  readonly app: App;
  readonly config: Config;
  /** Asks, and fails on any error in the answer. */
  ask<Data>(question: Question): Promise<Data>;
  /** Syncs once more. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Limits for tests that ask for everything at once. */
export const WIDE_LIMITS = {
  aliases: 10_000,
  tokens: 100_000,
  selections: 100_000,
  depth: 100,
  cost: 100_000_000,
  merges: 10_000_000,
};

/** Serves the sample company, or a changed copy of it, with limits other than the usual. Close it when done. */
export async function sampleApp(
  change?: (dir: string) => Promise<void>,
  limits: Partial<Config['limits']> = {},
): Promise<SampleApp> {
  const folder = await mkdtemp(join(tmpdir(), 'atrium-sample-'));
  const company = change ? join(folder, 'company') : SAMPLE;
  if (change) {
    await cp(SAMPLE, company, { recursive: true, filter: (path) => !/sample\/(content|src)/.test(path) });
    await change(company);
  }
  const loaded = await loadConfig({ file: join(company, 'atrium.yaml'), env: {}, cwd: folder });
  const config: Config = {
    ...loaded,
    data: join(folder, 'data'),
    log: { level: 'error', format: 'json' },
    limits: { ...loaded.limits, ...limits },
  };
  await syncOnce(config);
  const app = await createApp(config);
  return {
    app,
    config,
    async ask<Data>(question: Question) {
      const { data, errors } = await app.ask(question);
      if (errors) throw new Error(`Answered with ${JSON.stringify(errors)}.`);
      return JSON.parse(JSON.stringify(data)) as Data;
    },
    sync: () => syncOnce(config),
    async close() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What was planted in the sample company. */
export interface Truth {
  readonly experts: { readonly subjects: readonly { id: string; topic: string; experts: readonly string[] }[] };
  readonly generalist: { readonly uid: string };
  readonly asker: { readonly uid: string; readonly topic: string; readonly experts: readonly string[] };
  readonly namesakes: { readonly displayName: string; readonly people: readonly { uid: string; topic: string }[] };
  readonly former: { uid: string; topic: string; successor: string; documents: readonly string[] };
  readonly unlinked: { readonly handles: readonly string[]; readonly lookLike: Readonly<Record<string, string>> };
  readonly restrictedSpace: Restricted & { readonly space: string; readonly documents: readonly string[] };
  readonly restrictedCategory: Restricted & { readonly category: string; readonly conversations: readonly string[] };
  readonly personalReaders: { readonly documents: readonly { url: string; readers: readonly string[] }[] };
  readonly outdated: { readonly pages: readonly { subject: string; outdated: string; current: string }[] };
  readonly threadsThatBecameDocuments: { readonly pairs: readonly { conversation: string; document: string }[] };
  readonly unanswered: { readonly conversations: readonly string[]; readonly withoutReply: readonly string[] };
  readonly topicsWithoutDocument: { readonly topics: readonly { topic: string; conversations: readonly string[] }[] };
  readonly topicsWithoutExpert: { readonly topics: readonly { topic: string; former?: string }[] };
  readonly flagship: { readonly topic: string; readonly label: string; readonly experts: readonly string[] };
}

interface Restricted {
  readonly canary: string;
  readonly mayRead: string;
  readonly mayNotRead: string;
  readonly hiddenTopic: string;
  readonly hiddenExpert: string;
}

/** Reads what was planted. */
export async function readTruth(): Promise<Truth> {
  return JSON.parse(await readFile(join(SAMPLE, 'truth.json'), 'utf8')) as Truth;
}

/** The key at the end of a global id. */
export function keyOf(id: string): string {
  return Buffer.from(id, 'base64url').toString('utf8').split(':').slice(2).join(':');
}
