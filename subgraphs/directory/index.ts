import { buildSubgraphSchema } from '@apollo/subgraph';
import { readTypeDefs } from '../kit/schema.ts';
import { Database } from '../kit/store/database.ts';
import type { Subgraph } from '../kit/subgraph.ts';
import { connectors } from './connectors/index.ts';
import { directoryContext } from './context.ts';
import { resolvers } from './resolvers.ts';
import { DirectoryReader } from './store.ts';
import { MIGRATIONS } from './tables.ts';
import { readThesaurus, Thesaurus } from './thesaurus.ts';
import { DirectoryWriter } from './writer.ts';

/** People and groups, and the ranking of experts. */
export const directory: Subgraph = {
  name: 'directory',
  connectors,
  prepareStore: (path) => Database.prepare(path, MIGRATIONS),
  openWriter: (path) => new DirectoryWriter(path),
  openService(path, settings) {
    const reader = new DirectoryReader(path);
    const thesaurus = settings.thesaurus === undefined ? new Thesaurus([]) : readThesaurus(settings.thesaurus);
    return {
      schema: buildSubgraphSchema([{ typeDefs: readTypeDefs('directory'), resolvers }]),
      db: reader.db,
      contextFor: async (viewer) => directoryContext(reader, thesaurus, viewer),
      warm: () => reader.searchProfiles({ terms: new Map(), pairs: [] }),
      close: () => reader.close(),
    };
  },
};
