import type { Socket } from 'node:net';
import type { ConnectorErrorCode } from '../../subgraphs/kit/errors.ts';
import type { Place, TcpMisbehaviour } from '../servers/faulty-tcp-proxy.ts';

/** A way for a server to be unwell, and what a connector has to make of it. */
export interface TcpFault {
  readonly name: string;
  readonly misbehave: TcpMisbehaviour;
  /** What a run may end with. */
  readonly codes: readonly ConnectorErrorCode[];
  /** Is a fault of who has not yet said a word. */
  readonly isAtOnce?: boolean;
  /** Costs as much work as the connector takes upon itself. */
  readonly isEndless?: boolean;
  /** Takes as long as the connector lets it. */
  readonly isLate?: boolean;
}

/** The place before the first byte: who connects is not greeted. */
export const AT_ONCE: Place = () => 0;

/** The place so many bytes after a word was said for the n-th time. */
export function after(word: string, times = 1, bytes = 0): Place {
  return (said) => {
    let at = -1;
    const text = said.toString('latin1').toLowerCase();
    for (let time = 0; time < times; time++) {
      at = text.indexOf(word.toLowerCase(), at + 1);
      if (at < 0) return undefined;
    }
    return at + word.length + bytes;
  };
}

/** The most bytes of an endless answer that somebody took. */
export const flooded = { most: 0 };

/** 200 MB of the same, as fast as they are taken. */
export function flood(client: Socket, chunk: Buffer): void {
  let left = Math.ceil((200 * 1024 ** 2) / chunk.length);
  let taken = 0;
  const more = (): void => {
    while (left-- > 0 && !client.destroyed) {
      taken += chunk.length;
      flooded.most = Math.max(flooded.most, taken);
      if (!client.write(chunk)) return void client.once('drain', more);
    }
  };
  more();
}

/** Many times over, so that it is sent in large pieces. */
const repeated = (text: Buffer): Buffer =>
  Buffer.alloc(Math.max(1, Math.floor(65_536 / text.length)) * text.length, text);

const ANY_BYTES: Readonly<Record<string, (said: Buffer) => Buffer>> = {
  zeros: () => Buffer.alloc(64),
  'bytes of all kinds': () => Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
};

const OUTAGE = { codes: ['UNAVAILABLE'] } as const;
/** Something else than the server, or one gone mad. */
const NO_ANSWER = { codes: ['BAD_RESPONSE'] } as const;

/**
 * All that may befall any server, for as long as it lasts.
 * @param floods what the protocol allows, or nearly, to be said without end; made of what was said so far.
 */
export function tcpFaultsWith(floods: Readonly<Record<string, (said: Buffer) => Buffer>>): readonly TcpFault[] {
  return [
    {
      name: 'refuses connections',
      misbehave: (client, _rest, _said, proxy) => {
        client.resetAndDestroy();
        proxy.stop();
      },
      isAtOnce: true,
      ...OUTAGE,
    },
    { name: 'falls silent', misbehave: () => undefined, isLate: true, ...OUTAGE },
    {
      name: 'goes on a byte at a time',
      misbehave: (client, rest) => {
        let waiting = Buffer.alloc(0);
        rest.on('data', (data: Buffer) => void (waiting = Buffer.concat([waiting, data])));
        const timer = setInterval(() => {
          client.write(waiting.subarray(0, 1));
          waiting = waiting.subarray(1);
        }, 100);
        client.on('close', () => clearInterval(timer));
      },
      isLate: true,
      ...OUTAGE,
    },
    { name: 'closes the connection', misbehave: (client) => void client.end(), ...OUTAGE },
    { name: 'resets the connection', misbehave: (client) => void client.resetAndDestroy(), ...OUTAGE },
    {
      name: 'says something else and closes the connection',
      misbehave: (client) => void client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      codes: ['BAD_RESPONSE', 'UNAVAILABLE'],
    },
    ...Object.entries({ ...ANY_BYTES, ...floods }).map(([name, text]): TcpFault => ({
      name: `answers 200 MB of ${name}`,
      misbehave: (client, _rest, said) => flood(client, repeated(text(said))),
      isEndless: true,
      ...NO_ANSWER,
    })),
  ];
}
