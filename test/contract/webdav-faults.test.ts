import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { fakeDav } from '../connectors/dav-fake.ts';
import { httpFaults } from './http-faults.ts';

const PASSWORD = 'a pässword: with everything';

httpFaults({
  kind: webdav,
  start: () => fakeDav({ 'a/one.md': '1', 'b/two.md': '22', 'c/three.md': '333' }),
  options: (url) => ({ url, user: 'ann', password: PASSWORD, readers: { '': ['everyone'] } }),
  secrets: [PASSWORD, `ann:${PASSWORD}`],
  // A file may be anything.
  endless: 'a folder is listed whole',
  isData: ({ method }) => method === 'PROPFIND',
});
