import { styleText } from 'node:util';
import type { Command, Option } from './command.ts';
import { commands } from './commands.ts';
import { displayWidth, wrap } from './text.ts';

const WIDTH = 100;

/** The help for the whole. */
export function generalHelp(): string {
  return [
    'Atrium: people, content and conversations on a topic, out of the tools a company already has.',
    '',
    `${styleText('bold', 'Usage:')} atrium COMMAND [options]`,
    '',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    ...table([
      ['--help', 'This, or with a command its options'],
      ['--version', 'The version'],
    ]),
  ].join('\n');
}

/** The help for one command. */
export function commandHelp({ name, summary, about, words, options }: Command): string {
  const all: Readonly<Record<string, Option>> = { ...options, help: { about: 'This' } };
  const rows = Object.entries(all).map(([option, { value, about: what }]) => [
    `--${option}${value === undefined ? '' : ` ${value}`}`,
    what,
  ]);
  return [
    `${summary}.`,
    ...(about === undefined ? [] : wrap(about, WIDTH)),
    '',
    `${styleText('bold', 'Usage:')} atrium ${name}${words === undefined ? '' : ` ${words}`} [options]`,
    '',
    ...table(rows as [string, string][]),
  ].join('\n');
}

/** Two columns, the second wrapped. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const first = Math.max(...rows.map(([name]) => displayWidth(name))) + 4;
  return rows.flatMap(([name, what]) =>
    wrap(what, WIDTH - first).map((line, index) => `${(index === 0 ? `  ${name}` : '').padEnd(first)}${line}`),
  );
}
