import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../gateway/cli/atrium.js', import.meta.url));

/** A running `atrium start`. */
export interface Program {
  readonly url: string;
  readonly process: ChildProcess;
  /** Its exit code, or the signal it died of. */
  readonly ended: Promise<number | string | null>;
  /** What it wrote into its log so far. */
  readonly log: () => string;
}

/**
 * Starts the program with a configuration, written into `folder`, and waits until it listens.
 * @param config the file's text
 * @param node what Node itself is told
 * @param args further arguments
 */
export async function startProgram(
  folder: string,
  config: string,
  node: readonly string[] = [],
  args: readonly string[] = ['--port', '0'],
): Promise<Program> {
  const file = join(folder, `program-${process.hrtime.bigint()}.yaml`);
  await writeFile(file, config);
  const child = spawn(process.execPath, [...node, MAIN, 'start', '--config', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const found = /GraphQL\s+(\S+)\/graphql/.exec(out)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`The program ended with ${code}: ${out}${errors}`)));
  });
  return { url, process: child, ended, log: () => errors };
}
