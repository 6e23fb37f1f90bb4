import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it('prints what was skipped and why at the end of a run, suites as one, and what has no reason as such', async () => {
  const folder = await mkdtemp(join(ROOT, 'test/.skipped-'));
  try {
    await writeFile(
      join(folder, 'some.test.ts'),
      `import { describe, it } from 'vitest';
       it('runs', () => {});
       it.skip('moves (a topic has no place)', () => {});
       it.skip('is forgotten', () => {});
       describe.skipIf(true)('on a server', () => {
         it('reads', () => {});
         describe('inner', () => void it('writes', () => {}));
       });`,
    );
    await writeFile(
      join(folder, 'vitest.config.ts'),
      `import { SkippedReporter } from '../helpers/skipped-reporter.ts';
       export default { test: { include: ['**/*.test.ts'], reporters: [new SkippedReporter()] } };`,
    );
    const run = async (...more: string[]): Promise<string> =>
      (await promisify(execFile)('npx', ['vitest', 'run', '--root', folder, ...more], { cwd: ROOT })).stdout.trim();
    expect((await run()).split('\n')).toEqual([
      'skipped, and why:',
      '  some.test.ts: is forgotten (NO REASON GIVEN)',
      '  some.test.ts: moves (a topic has no place)',
      '  some.test.ts: on a server, 2 tests (a real server is missing, see below)',
    ]);
    expect(await run('-t', 'runs')).toBe('');
  } finally {
    await rm(folder, { recursive: true });
  }
});
