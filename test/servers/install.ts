import { execFileSync } from 'node:child_process';
import { missingPackages } from './real.ts';

/** `npm run servers:install`: what the tests start for real, by apt; needs Debian or Ubuntu, and root. */
const packages = missingPackages();
if (packages.length === 0) {
  console.log('All real servers of the tests are installed.');
} else if (process.getuid?.() !== 0) {
  console.error(`As root: apt-get install --no-install-recommends ${packages.join(' ')}`);
  process.exitCode = 1;
} else {
  const apt = (...args: string[]): void =>
    void execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update', '-q');
  apt('install', '-yq', '--no-install-recommends', ...packages);
}
