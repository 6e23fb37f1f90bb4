import { buildSubgraphSchema } from '@apollo/subgraph';
import { ContentReader } from '../kit/content/reader.ts';
import { ContentWriter } from '../kit/content/writer.ts';
import { Confirmation } from '../kit/live/confirmation.ts';
import { readTypeDefs } from '../kit/schema.ts';
import { Database } from '../kit/store/database.ts';
import type { Subgraph } from '../kit/subgraph.ts';
import { forumArea } from './area.ts';
import { connectors } from './connectors/index.ts';
import { forumContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/** Forum threads, mails, chats and meetings. */
export const forum: Subgraph = {
  name: 'forum',
  connectors,
  prepareStore: (path) => Database.prepare(path, forumArea.migrations),
  openWriter: (path) => new ContentWriter(forumArea, path),
  openService(path, { live }) {
    const reader = new ContentReader(path);
    const confirmation = new Confirmation(reader, live);
    return {
      schema: buildSubgraphSchema([{ typeDefs: readTypeDefs('forum'), resolvers }]),
      db: reader.db,
      async contextFor(viewer) {
        const confirmed = await confirmation.of(viewer);
        return { ...forumContext(reader, viewer, confirmed), confirmation: confirmed };
      },
      warm: () => reader.warm(),
      close: () => reader.close(),
    };
  },
};
