import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { ACCOUNT, type Dovecot } from '../servers/dovecot.ts';

/** A mail with these headers besides the usual ones. */
export function mail(id: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    'Message-ID': `<${id}>`,
    From: 'Ann Berg <Ann@x.example>',
    Date: 'Tue, 2 Jan 2024 10:00:00 +0000',
    Subject: `About ${id}`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The code and the message that opening or reading ends with. */
export const failure = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'no failure',
    (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`,
  );

/** Options for the folder `dev` of a Dovecot. */
const optionsOf = (dovecot: Dovecot, more: object = {}): object => ({
  host: '127.0.0.1',
  port: dovecot.port,
  security: 'none',
  ...ACCOUNT,
  folders: ['dev'],
  readers: ['group:staff'],
  ...more,
});

/** How a suite opens, and reads, the folder `dev` of its Dovecot. */
export function readingOf(dovecot: () => Dovecot) {
  const options = (more: object = {}) => optionsOf(dovecot(), more);
  const open = (more: object = {}) => openWith(imap, options(more), '/');
  const load = async (more: object = {}) => {
    const store = new MemoryStore<ConversationItem>();
    await store.run(await open(more));
    return store;
  };
  return { options, open, load };
}

/** A server that says one thing to whoever comes, and listens. */
export async function pretend(
  greeting: () => string,
  answer = (tag: string, _command: string, _rest: string): string => `${tag} BAD no\r\n`,
) {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString();
      for (const [, tag = '', command = '', rest = ''] of data.toString().matchAll(/^(\S+) (\w+) ?(.*)/gm))
        socket.write(
          command === 'CAPABILITY' ? `* CAPABILITY IMAP4rev1 NAMESPACE\r\n${tag} OK\r\n` : answer(tag, command, rest),
        );
    });
    socket.write(greeting());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
