import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { FakeJive, PASSWORD } from '../servers/jive.ts';
import { httpFaults } from './http-faults.ts';

httpFaults({
  kind: jive,
  start: async () => {
    const fake = await FakeJive.start();
    fake.group('staff', 'PRIVATE', ['bo']);
    for (const title of ['one', 'two', 'three', 'four'])
      fake.reply(fake.content(title, `<p>${title}</p>`, { place: title === 'two' ? 2 : 1 }), 'bo', '<p>yes</p>');
    return fake;
  },
  options: (url) => ({ url, user: 'admin', password: PASSWORD, members: 'group', perMinute: 1_000_000 }),
  secrets: [PASSWORD],
  rewrites: true,
  endless: {
    isPage: ({ path }) => path.includes('/contents?') && path.includes('sort=dateCreatedAsc'),
    more: (body) => {
      const page = JSON.parse(body.slice(body.indexOf('{'))) as object;
      return JSON.stringify({ ...page, links: { next: 'contents?sort=dateCreatedAsc&startIndex=100' } });
    },
  },
});
