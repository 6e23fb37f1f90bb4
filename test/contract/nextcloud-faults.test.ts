import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { SERVICE, startCloud } from '../servers/nextcloud.ts';
import { httpFaults } from './http-faults.ts';

httpFaults({
  kind: webdav,
  start: async () => {
    const cloud = await startCloud();
    for (const path of ['a/one.md', 'b/two.md', 'c/three.md']) {
      cloud.files.write(path, path);
      cloud.share({ path, type: 1, with: 'staff' });
    }
    return cloud;
  },
  options: (url) => ({ url, ...SERVICE }),
  secrets: [SERVICE.password],
  // A file may be anything.
  isData: ({ method }) => method !== 'GET',
  endless: 'a folder is listed whole',
});
