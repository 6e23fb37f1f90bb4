import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import { ScimServer, TOKEN } from '../servers/scimmy.ts';
import { httpFaults } from './http-faults.ts';

httpFaults({
  kind: scim,
  start: async () => {
    const server = await ScimServer.start();
    const ids: string[] = [];
    for (const userName of ['ann', 'bo', 'cy'])
      ids.push(await server.addUser({ userName, displayName: userName, emails: [{ value: `${userName}@x.example` }] }));
    await server.addGroup({ displayName: 'staff', members: ids.map((value) => ({ value })) });
    return server;
  },
  options: (url) => ({ url, token: TOKEN, pageSize: 2 }),
  secrets: [TOKEN],
  endless: 'servers that do not page answer all of it each time: a page with nothing new is an end',
});
