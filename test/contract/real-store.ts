import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContentArea } from '../../subgraphs/kit/content/area.ts';
import type { ContentItem } from '../../subgraphs/kit/content/item.ts';
import { ContentReader } from '../../subgraphs/kit/content/reader.ts';
import { ContentWriter } from '../../subgraphs/kit/content/writer.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { refreshIdentities } from '../../subgraphs/kit/identity/copy.ts';
import type { Identity, IdentityFeed } from '../../subgraphs/kit/identity/identity.ts';
import { syncSource } from '../../subgraphs/kit/sync/sync-source.ts';
import { registerSource } from '../../subgraphs/kit/sync/sync-state.ts';
import type { Viewer } from '../../subgraphs/kit/viewer.ts';
import { call } from './connector-contract.ts';

/** The store of an area as in production, in a folder of its own, with one source. */
export class RealStore<Item extends ContentItem> implements AsyncDisposable {
  readonly writer: ContentWriter<Item>;
  readonly #reader: ContentReader;
  readonly #folder: string;

  private constructor(area: ContentArea<Item>, folder: string) {
    this.#folder = folder;
    this.writer = new ContentWriter(area, join(folder, 'store.db'));
    registerSource(this.writer.db, { name: 'test', connector: 'any', options: {} });
    this.#reader = new ContentReader(join(folder, 'store.db'));
  }

  static async open<Item extends ContentItem>(
    area: ContentArea<Item>,
    people: readonly Identity[],
  ): Promise<RealStore<Item>> {
    const store = new RealStore(area, await mkdtemp(join(tmpdir(), 'atrium-store-')));
    await refreshIdentities(store.writer.db, feedOf(people), call.signal);
    return store;
  }

  /** One run, as the scheduler does it. */
  async sync(connector: Connector<Item>): Promise<void> {
    await syncSource(this.writer, 'test', connector, call, () => {});
  }

  /** Titles of what the viewer may read. */
  seenBy(viewer: Viewer): string[] {
    const ids = this.#reader.idsWhere([], this.#reader.readable(viewer));
    return [...ids].map((id) => this.#titleOf(id)).toSorted();
  }

  /** Texts by title, whoever may read them. */
  bodies(): ReadonlyMap<string, string> {
    const rows = this.writer.db.all<{ title: string; body: string }>('SELECT title, body FROM item');
    return new Map(rows.map(({ title, body }) => [title, body]));
  }

  /** Whose the account is that wrote the item of this title. */
  ownerOf(title: string): string | null | undefined {
    return this.writer.db.get<{ person: string | null }>(
      'SELECT a.person FROM item i JOIN account a ON a.id = i.author WHERE i.title = ?',
      title,
    )?.person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader.close();
    this.writer.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #titleOf(id: number): string {
    return this.writer.db.get<{ title: string }>('SELECT title FROM item WHERE id = ?', id)?.title ?? '';
  }
}

function feedOf(people: readonly Identity[]): IdentityFeed {
  return {
    changes: async (cursor) => ({ changed: cursor === 0 ? people : [], gone: [], cursor: 1, more: false }),
    close: () => {},
  };
}
