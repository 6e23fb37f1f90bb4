import { TransportFault } from '../transport.ts';

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** No control characters, above all no end of line; what is beyond Latin 1 cannot be sent. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const PATH = /^\/[\x21-\x7e]*$/;

/** How requests are told apart is this client's business alone. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Makes the heads of requests to one address. */
export class RequestHeads {
  readonly #start: string;

  /** @throws TransportFault */
  constructor({ host, pathname, search }: URL) {
    const path = `${pathname}${search}`;
    if (!PATH.test(path) || !PATH.test(`/${host}`)) throw new TransportFault('not sent', 'an address that is none');
    this.#start = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  }

  /**
   * Characters of the head are bytes.
   * @throws TransportFault for headers that would end theirs, or change where the request ends
   */
  head(headers: Readonly<Record<string, string>>, bodyBytes: number): string {
    let lines = this.#start;
    for (const name in headers) {
      const value = headers[name] as string;
      if (!NAME.test(name) || FRAMING.has(name.toLowerCase()) || !VALUE.test(value)) {
        throw new TransportFault('not sent', 'a header that cannot be sent');
      }
      lines += `${name}: ${value}\r\n`;
    }
    return `${lines}content-length: ${bodyBytes}\r\n\r\n`;
  }
}
