import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** What it was measured on, and how busy that was with other things. */
export function machine(): string {
  const cores = cpus();
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  const load = loadavg()[0] ?? 0;
  return `${new Date().toISOString().slice(0, 10)}, ${cores.length} × ${cores[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${system}, load before ${load.toFixed(1)}`;
}
