import { describe } from 'vitest';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import { isInstalled, READER, startMediaWiki } from '../servers/mediawiki.ts';
import { httpFaults } from './http-faults.ts';

describe.skipIf(!isInstalled())('mediawiki on SQLite', () => {
  httpFaults({
    kind: mediawiki,
    start: async () => {
      const wiki = await startMediaWiki([]);
      await wiki.load({
        'Help:One': [{ at: '2023-01-01T00:00:00Z', by: 'Admin', text: 'One.' }],
        'Help:Two': [{ at: '2023-01-01T00:00:00Z', by: 'Admin', text: 'Two.' }],
      });
      return wiki;
    },
    options: (url) => ({ url, ...READER, readers: ['everyone'] }),
    secrets: [READER.password],
    rewrites: true,
    endless: {
      isPage: ({ body }) => body.includes('generator=allpages'),
      more: (body) => JSON.stringify({ ...(JSON.parse(body) as object), continue: { gapcontinue: 'Again' } }),
    },
  });
});
