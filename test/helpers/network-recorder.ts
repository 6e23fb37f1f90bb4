import dgram from 'node:dgram';
import dns from 'node:dns';
import { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { isMainThread } from 'node:worker_threads';

/**
 * Preloaded (`--import`) into a process and all its threads: every attempt to reach something is written down, one
 * JSON line each, and none but those to this machine leave it.
 */

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

function record(how: string, host: string): void {
  writeSync(1, `${JSON.stringify({ how, host, thread: isMainThread ? 'main' : 'worker' })}\n`);
}

function refusal(host: string): Error {
  return Object.assign(new Error(`The recorder lets nothing out to ${host}.`), { code: 'ENETUNREACH' });
}

/** The host a socket is to be connected with; undefined for a file. */
function hostOf(args: readonly unknown[]): string | undefined {
  // Node hands its own calls on as one list.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as { host?: string; path?: string };
    return path === undefined ? (host ?? 'localhost') : undefined;
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return undefined;
  return typeof second === 'string' ? second : 'localhost';
}

const connect = Reflect.get(net.Socket.prototype, 'connect') as (...args: unknown[]) => net.Socket;
net.Socket.prototype.connect = function recorded(this: net.Socket, ...args: unknown[]) {
  const host = hostOf(args);
  if (host === undefined) return connect.apply(this, args);
  record('connect', host);
  return LOOPBACK.test(host) ? connect.apply(this, args) : this.destroy(refusal(host));
};

const { lookup } = dns;
dns.lookup = ((host: string, ...rest: unknown[]) => {
  record('lookup', host);
  if (LOOPBACK.test(host)) return (lookup as (...args: unknown[]) => void)(host, ...rest);
  (rest.at(-1) as (error: Error) => void)(refusal(host));
}) as typeof dns.lookup;

const lookUp = dns.promises.lookup;
dns.promises.lookup = (async (host: string, ...rest: unknown[]) => {
  record('lookup', host);
  if (!LOOPBACK.test(host)) throw refusal(host);
  return (lookUp as (...args: unknown[]) => Promise<unknown>)(host, ...rest);
}) as typeof dns.promises.lookup;

for (const name of ['resolve', 'resolve4', 'resolve6', 'resolveSrv', 'resolveTxt'] as const) {
  Object.assign(dns, {
    [name]: (host: string, ...rest: unknown[]) => {
      record(name, host);
      (rest.at(-1) as (error: Error) => void)(refusal(host));
    },
  });
}

dgram.createSocket = (): never => {
  record('datagram', 'anywhere');
  throw refusal('anywhere');
};

syncBuiltinESMExports();
