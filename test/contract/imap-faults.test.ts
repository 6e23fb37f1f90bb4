import { describe } from 'vitest';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { ACCOUNT, isInstalled, startDovecot } from '../servers/dovecot.ts';
import { after } from './tcp-fault-list.ts';
import { tcpFaults } from './tcp-faults.ts';

const mail = (id: string): string =>
  `Message-ID: <${id}>\r\nFrom: ann@x.example\r\nDate: Tue, 2 Jan 2024 10:00:00 +0000\r\nSubject: About ${id}\r\n\r\n` +
  `What ${id} has to say.\r\n`.repeat(20);

describe.skipIf(!isInstalled())('imap on Dovecot', () => {
  tcpFaults({
    kind: imap,
    area: 'forum',
    secrets: [ACCOUNT.password],
    question: '{ conversations(first: 100) { totalCount edges { node { title body } } } }',
    start: async () => {
      const dovecot = await startDovecot();
      let number = 0;
      return {
        port: dovecot.port,
        async make() {
          const folder = `lists/f${number++}`;
          const deliver = (...ids: string[]) =>
            dovecot.deliver(folder, Object.fromEntries(ids.map((id) => [`${id}.h`, mail(id)])));
          await deliver('a', 'b', 'c', 'd');
          return {
            options: (port) => ({
              host: '127.0.0.1',
              port,
              security: 'none',
              ...ACCOUNT,
              folders: [folder],
              readers: ['group:staff'],
            }),
            async change() {
              await dovecot.remove(folder, ['b.h']);
              await deliver('e', 'f');
            },
          };
        },
        [Symbol.asyncDispose]: () => dovecot[Symbol.asyncDispose](),
      };
    },
    places: {
      'in the greeting': () => 5,
      'in the answer to the login': after('Logged', 1, 2),
      'in the list of folders': after('* LIST', 1, 10),
      'in the numbers of mails': after('UIDVALIDITY', 2, 3),
      'in the head of a mail': after('BODYSTRUCTURE', 1, 20),
      'in a text': after('has to say', 1, 3),
    },
    floods: {
      lines: () => Buffer.from('* 1 FETCH (FLAGS ())\r\n'),
      notices: () => Buffer.from('* OK Still here\r\n'),
      'lines that are no IMAP': () => Buffer.from('* 1 FETCH (((\r\n'),
    },
  });
});
