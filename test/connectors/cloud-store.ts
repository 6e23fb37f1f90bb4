import { afterEach, beforeEach, vi } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { SERVICE, startCloud, type FakeCloud } from '../servers/nextcloud.ts';

/** The present test's Nextcloud. */
export let cloud: FakeCloud;
/** What the present test's runs handed over. */
export let store: MemoryStore<DocumentItem>;

/** Gives every test of a file a Nextcloud and a store of its own. */
export function useCloud(): void {
  beforeEach(async () => {
    store = new MemoryStore();
    cloud = await startCloud();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await cloud[Symbol.asyncDispose]();
  });
}

/** Empties the store, as one that was lost. */
export function forget(): void {
  store = new MemoryStore();
}

export const open = (options: object = {}, below = ''): Promise<Connector<DocumentItem>> =>
  openWith(webdav, { url: `${cloud.url}${below}`, ...SERVICE, ...options }, '/');
export const pathOf = (item: DocumentItem): string =>
  decodeURIComponent(item.url ?? '').replace(decodeURIComponent(cloud.url), '');
/** Who may read what is in the store, by path. */
export const readers = (): Record<string, readonly string[]> =>
  Object.fromEntries([...store.items.values()].map((item) => [pathOf(item), item.readers]));
export const paths = (): string[] => Object.keys(readers()).sort();
export const problems = (): string[] => store.problems.map(({ place, reason }) => `${place}: ${reason}`);
/** The requests that some work takes. */
export const asked = async (work: () => Promise<unknown>): Promise<string[]> => {
  cloud.requests.length = 0;
  await work();
  return [...cloud.requests];
};
/** The requests of a run that finds all as it was. */
export const LOOK = [
  'PROPFIND files/svc/',
  'GET ocs/v2.php/apps/files_sharing/api/v1/shares',
  'GET ocs/v2.php/apps/files_sharing/api/v1/shares',
];
export const HOUR_MS = 3_600_001;
