import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { FakeDiscourse, KEY } from '../servers/discourse.ts';
import { httpFaults } from './http-faults.ts';

httpFaults({
  kind: discourse,
  start: async () => {
    const fake = await FakeDiscourse.start();
    fake.category('Staff', ['staff']);
    for (const title of ['one', 'two', 'three', 'four']) {
      const topic = fake.topic(title, `<p>${title}</p>`, { category: title === 'two' ? 2 : 1 });
      fake.reply(topic, 'Bo', '<p>yes</p>');
    }
    return fake;
  },
  options: (url) => ({ url, apiKey: KEY, perMinute: 1_000_000 }),
  secrets: [KEY],
  endless: {
    isPage: ({ path }) => path.startsWith('/latest.json'),
    more: (body) => {
      const { topic_list: list } = JSON.parse(body) as { topic_list: object };
      return JSON.stringify({ topic_list: { ...list, more_topics_url: '/latest?page=1' } });
    },
  },
});
