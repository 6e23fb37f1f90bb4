import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram, type Program } from '../programs.ts';

/** The limit: a server that hands out these bytes. */
export function startBare(folder: string, answer: string): Promise<Program> {
  const file = join(folder, 'answer.json');
  writeFileSync(file, answer);
  return startProgram({
    name: 'bare',
    args: (port) => [fileURLToPath(new URL('../processes/bare.ts', import.meta.url)), String(port), file],
    path: '/graphql',
    cwd: folder,
  });
}
