import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import { FakeNodebb, TOKEN } from '../servers/nodebb.ts';
import { httpFaults } from './http-faults.ts';

httpFaults({
  kind: nodebb,
  start: async () => {
    const fake = await FakeNodebb.start();
    fake.category('Staff', ['staff']);
    for (const title of ['one', 'two', 'three', 'four'])
      fake.reply(fake.topic(title, `<p>${title}</p>`, { cid: title === 'two' ? 2 : 1 }), 'Bo', '<p>yes</p>');
    return fake;
  },
  options: (url) => ({ url, token: TOKEN, perMinute: 1_000_000 }),
  secrets: [TOKEN],
  endless: {
    isPage: ({ path }) => path.startsWith('/api/v3/categories/1/topics'),
    more: (body) => {
      const { response, ...rest } = JSON.parse(body) as { response: object };
      return JSON.stringify({ ...rest, response: { ...response, nextStart: 20 } });
    },
  },
});
