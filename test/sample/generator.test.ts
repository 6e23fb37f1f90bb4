import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('the sample company is what its generator writes, and holds what it promises', () => {
  const generator = fileURLToPath(new URL('../../sample/generate.ts', import.meta.url));
  const output = execFileSync(process.execPath, [generator, '--check'], { encoding: 'utf8' });
  expect(output).toMatch(/^\d{3} files are up to date\n$/);
});
