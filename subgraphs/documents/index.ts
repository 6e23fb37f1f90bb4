import { buildSubgraphSchema } from '@apollo/subgraph';
import { ContentReader } from '../kit/content/reader.ts';
import { ContentWriter } from '../kit/content/writer.ts';
import { Confirmation } from '../kit/live/confirmation.ts';
import { readTypeDefs } from '../kit/schema.ts';
import { Database } from '../kit/store/database.ts';
import type { Subgraph } from '../kit/subgraph.ts';
import { documentsArea } from './area.ts';
import { connectors } from './connectors/index.ts';
import { documentsContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/** Wiki pages and files. */
export const documents: Subgraph = {
  name: 'documents',
  connectors,
  prepareStore: (path) => Database.prepare(path, documentsArea.migrations),
  openWriter: (path) => new ContentWriter(documentsArea, path),
  openService(path, { live }) {
    const reader = new ContentReader(path);
    const confirmation = new Confirmation(reader, live);
    return {
      schema: buildSubgraphSchema([{ typeDefs: readTypeDefs('documents'), resolvers }]),
      db: reader.db,
      async contextFor(viewer) {
        const confirmed = await confirmation.of(viewer);
        return { ...documentsContext(reader, viewer, confirmed), confirmation: confirmed };
      },
      warm: () => reader.warm(),
      close: () => reader.close(),
    };
  },
};
