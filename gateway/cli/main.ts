import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { didYouMean } from '../config/nearest.ts';
import { ConfigError, lineOf } from '../config/problem.ts';
import { UsageError } from './command.ts';
import { commands } from './commands.ts';
import { commandHelp, generalHelp } from './help.ts';
import { parseCommand } from './parse.ts';

/** What a process ends with: it went well, something failed, or it was asked or configured wrongly. */
const EXIT = { ok: 0, failed: 1, misused: 2 } as const;

/** Runs a command line. @returns the exit code; it may come while a server goes on running. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    return tell(error);
  }
}

/** Runs a command line in this process, which then ends with its exit code, at once if it failed. */
export async function runAndExit(argv: readonly string[]): Promise<void> {
  // `atrium config | head -1`: whoever reads has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const code = await run(argv);
  process.exitCode = code;
  // What had been opened when it failed must not keep it alive.
  if (code !== EXIT.ok) process.exit();
}

async function dispatch([first, ...rest]: readonly string[]): Promise<number> {
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') return help(rest[0]);
  if (first === '--version' || first === '-v') {
    console.log(version());
    return EXIT.ok;
  }
  if (first.startsWith('-')) {
    const meant = commands.some(({ options }) => Object.hasOwn(options, first.replace(/^--|=.*/g, '')));
    throw new UsageError(
      meant ? `the command comes first: atrium COMMAND ${first}` : `"${first}" is not an option of "atrium"`,
    );
  }
  const command = commandNamed(first);
  const args = parseCommand(command, rest);
  if (args.switches.has('help')) return help(command.name);
  const runCommand = await command.load();
  return runCommand(args);
}

function help(name: string | undefined): number {
  const command = name === undefined || name.startsWith('-') ? undefined : commandNamed(name);
  console.log(command ? commandHelp(command) : generalHelp());
  return EXIT.ok;
}

function commandNamed(name: string) {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = commands.map((command) => command.name);
  const meant = didYouMean(name, names);
  throw new UsageError(`there is no command "${name}"${meant === '' ? `; there are ${names.join(', ')}` : meant}`);
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function tell(error: unknown): number {
  const red = (text: string) => styleText('red', text, { stream: process.stderr });
  if (error instanceof UsageError) {
    console.error(`${red('atrium:')} ${error.message}\nSee "atrium --help".`);
    return EXIT.misused;
  }
  if (error instanceof ConfigError) {
    console.error(
      `${red('The configuration cannot be used:')}\n${error.problems.map((each) => `  ${lineOf(each)}`).join('\n')}`,
    );
    return EXIT.misused;
  }
  const { message, code, stack }: NodeJS.ErrnoException = error instanceof Error ? error : new Error(String(error));
  if (code === 'EADDRINUSE') {
    console.error(
      `${red('atrium:')} something else listens there already (${message}); choose another port with --port N`,
    );
    return EXIT.failed;
  }
  console.error(`${red('atrium:')} ${process.env['ATRIUM_DEBUG'] ? stack : message}`);
  return EXIT.failed;
}
