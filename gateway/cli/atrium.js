#!/usr/bin/env node
// Plain JavaScript that an old Node understands too: it finds the Node that Atrium needs, and says so if there is none.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NEEDED = [24, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  keepCompiled();
  const { runAndExit } = await import('./main.ts');
  await runAndExit(process.argv.slice(2));
} else runWithOwnNode();

// Compiled code is kept beside the packages it was compiled from: the second start takes half the time. From plain
// JavaScript, so that no TypeScript is left for which Node would have to load its compiler. Threads and child processes
// find it by the variable.
function keepCompiled() {
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));
  module.enableCompileCache(process.env['NODE_COMPILE_CACHE']);
}

function runWithOwnNode() {
  const own = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(own)) {
    console.error(
      `Atrium needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}.\n` +
        'Run `npm ci` in the folder of Atrium, which brings one along, or install Node 24 from https://nodejs.org.',
    );
    process.exit(1);
  }
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // On a terminal Ctrl-C reaches both: a second one would end the child without its tidying up.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`${own} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}
