import type { GraphQLSchema } from 'graphql';
import type { ConnectorKind } from './connector.ts';
import type { ConfirmationNote, LiveReads } from './live/confirmation.ts';
import type { Database } from './store/database.ts';
import type { SyncStore } from './sync/sync-store.ts';
import type { Viewer } from './viewer.ts';

/** The subgraphs there are; each has an area of this name in the configuration. */
export type SubgraphName = 'directory' | 'documents' | 'forum';

/** What of the configuration a subgraph's answers depend on, besides its sources. */
export interface SubgraphSettings {
  /** The thesaurus file; none without it. */
  readonly thesaurus?: string | undefined;
  /** The sources whose tools are asked live what a viewer may read. */
  readonly live?: LiveReads | undefined;
}

/** The context of one request. */
export interface SubgraphContext {
  /** What its answer rests on besides the store; told to the gateway. */
  readonly confirmation?: ConfirmationNote | undefined;
}

/** A subgraph that answers: its schema over its store. */
export interface SubgraphService {
  readonly schema: GraphQLSchema;
  readonly db: Database;
  /** What resolvers get as context for one request in the name of this viewer; it may take the word of tools. */
  contextFor(viewer: Viewer): Promise<SubgraphContext>;
  /** Reads into memory what the first question would else wait for. */
  warm(): void;
  close(): void;
}

/** A subgraph: what FILL needs of it, and what ASK does. */
export interface Subgraph {
  /** Its name in the supergraph and in the configuration. */
  readonly name: SubgraphName;
  /** What sources may be. The item's type is the subgraph's own affair. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly connectors: readonly ConnectorKind<any>[];
  /** Creates the store where missing and brings it to the newest version, without taking it over. */
  prepareStore(path: string): void;
  /** Opens the store for filling it. @throws StoreInUse when another process does so. */
  // oxlint-disable-next-line typescript/no-explicit-any
  openWriter(path: string): SyncStore<any>;
  /** @throws when the store does not exist yet: prepare it first. */
  openService(path: string, settings: SubgraphSettings): SubgraphService;
}
