import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** How the tool hands back what it was sent: in an error, a refusal, a redirect, or an answer of no use. */
export const ECHOES = ['error', 'refusal', 'redirect', 'elsewhere', 'answer', 'page'] as const;

/** One of them. */
export type Echo = (typeof ECHOES)[number];

/** A tool that tells whoever asks all they sent, credentials in clear among it. */
export interface EchoingTool extends AsyncDisposable {
  readonly port: number;
  /** For mail and directories: a server that repeats the line it was sent as its refusal. */
  readonly linePort: number;
  echo: Echo;
  /** What it was sent. */
  readonly seen: string[];
}

/** Starts such a tool. */
export async function startEchoingTool(): Promise<EchoingTool> {
  const sockets = new Set<Socket>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const told = JSON.stringify([request.url, request.headers, decoded(request), await text(request)]);
    tool.seen.push(told);
    const header = told.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 2_000);
    const base = { 'x-echo': header, 'retry-after': '0', 'content-type': 'application/json' };
    const { echo } = tool;
    if (echo === 'redirect' || echo === 'elsewhere') {
      const place = `/moved?echo=${encodeURIComponent(told)}`;
      response
        .writeHead(302, { ...base, location: echo === 'redirect' ? place : `http://other.invalid${place}` })
        .end();
      return;
    }
    const status = { error: 500, refusal: 401, answer: 200, page: 200 }[echo];
    response.writeHead(status, { ...base, ...(echo === 'page' && { 'content-type': 'text/html' }) });
    response.end(
      echo === 'page'
        ? `<pre>${told}</pre>`
        : JSON.stringify({ error: told, errors: [{ message: told }], [told]: told }),
    );
  };
  const http = createHttp((request, response) => void answer(request, response));
  const lines = createTcp((socket) => {
    socket.on('error', () => undefined);
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    socket.on('data', (data) => {
      const line = data.toString('latin1');
      tool.seen.push(line);
      const tag = /^\S+/.exec(line)?.[0] ?? '*';
      const isLogin = /login|authenticate/i.test(line);
      socket.write(
        isLogin ? `${tag} NO [AUTHENTICATIONFAILED] not ${line.trim()}\r\n` : `${tag} OK done ${line.trim()}\r\n`,
      );
    });
  });
  const listen = async (server: Server): Promise<number> => {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const tool: EchoingTool = {
    port: await listen(http),
    linePort: await listen(lines),
    echo: 'error',
    seen: [],
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([http, lines].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
  return tool;
}

function decoded({ headers }: IncomingMessage): string {
  const [, basic = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
  return Buffer.from(basic, 'base64').toString('utf8');
}
