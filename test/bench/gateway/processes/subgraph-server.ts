import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SubgraphExecutor, SubgraphRequest } from '../../../../subgraphs/kit/execute.ts';
import { NOBODY } from '../../../../subgraphs/kit/viewer.ts';

/**
 * Serves subgraphs over HTTP, each at `/<name>`, as cheaply as Node can without leaving GraphQL: whatever a gateway
 * costs is then its own. What it was asked is counted at `/asked`.
 * @param port where, on loopback
 * @param isReplaying whether the same body is answered with the bytes of its first answer
 */
export function serveSubgraphs(
  executors: ReadonlyMap<string, SubgraphExecutor>,
  port: number,
  isReplaying: boolean,
): void {
  const replays = new Map<string, Buffer>();
  let asked = 0;
  const answer = async (name: string, body: string): Promise<Buffer> => {
    const key = `${name} ${body}`;
    const known = replays.get(key);
    if (known) return known;
    const executor = executors.get(name);
    if (!executor) throw new Error(`There is no subgraph ${name}.`);
    const result = await executor.execute(JSON.parse(body) as SubgraphRequest, await executor.contextFor(NOBODY));
    const bytes = Buffer.from(JSON.stringify(result));
    if (isReplaying) replays.set(key, bytes);
    return bytes;
  };
  const server = createServer((request, reply) => {
    if (request.url === '/asked') {
      reply.end(String(asked));
      return;
    }
    asked++;
    void readBody(request)
      .then((body) => answer((request.url ?? '/').slice(1), body))
      .then(
        (bytes) => sendJson(reply, bytes),
        (error: unknown) => reply.writeHead(500).end(String(error)),
      );
  });
  server.keepAliveTimeout = 600_000;
  server.listen(port, '127.0.0.1');
}

function sendJson(reply: ServerResponse, bytes: Buffer): void {
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
