import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

const REDIS = '/usr/bin/redis-server';

/** A throw-away Redis on this machine, which keeps everything in memory. */
export interface Redis extends AsyncDisposable {
  readonly url: string;
}

/** Starts it, on a free port without one. */
export async function startRedis(port?: number): Promise<Redis> {
  const at = port ?? (await freePort());
  const options = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/tmp'];
  const child = spawn(REDIS, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let log = '';
  let isReady = false;
  for await (const line of createInterface({ input: child.stdout })) {
    log += `${line}\n`;
    isReady = line.includes('Ready to accept connections');
    if (isReady) break;
  }
  if (!isReady) throw new Error(`Redis does not start: ${log}`);
  child.stdout.resume();
  return {
    url: `redis://127.0.0.1:${at}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
