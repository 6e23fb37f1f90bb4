import { isIP } from 'node:net';

/** Whether what listens at a host can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  return (isIP(host) === 4 && host.startsWith('127.')) || (isIP(host) === 6 && /^[0:]*:0*1$/.test(host));
}
