import { parseArgs } from 'node:util';
import { didYouMean } from '../config/nearest.ts';
import { UsageError, type Args, type Command } from './command.ts';

/**
 * What a command was given.
 * @throws UsageError naming what is wrong, and the option that was probably meant.
 */
export function parseCommand(command: Command, argv: readonly string[]): Args {
  const known = { ...command.options, help: { about: '' } };
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(known).map(([name, option]) => [
        name,
        { type: 'value' in option ? 'string' : 'boolean', ...(name === 'help' && { short: 'h' }) } as const,
      ]),
    ),
    // Not strict: its messages name neither the command nor the option that was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const args = {
    switches: new Set<string>(),
    texts: new Map<string, string>(),
    numbers: new Map<string, number>(),
    words: [] as string[],
  };
  for (const token of tokens) {
    if (token.kind === 'positional') args.words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(known, name) ? (known as Command['options'])[name] : undefined;
    if (!option) {
      const meant = didYouMean(name, Object.keys(known)).replace(/"(.*)"/, '"--$1"');
      throw new UsageError(`"${rawName}" is not an option of "atrium ${command.name}"${meant}`);
    }
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`"${rawName}" takes no value`);
      args.switches.add(name);
      continue;
    }
    if (value === undefined || value === '' || (value.startsWith('-') && !token.inlineValue)) {
      throw new UsageError(`"${rawName}" needs a value: ${rawName} ${option.value}`);
    }
    if (option.range) args.numbers.set(name, wholeNumber(rawName, value, option.range));
    else args.texts.set(name, value);
  }
  if (command.words === undefined && args.words[0] !== undefined) {
    throw new UsageError(`"atrium ${command.name}" takes options only, not "${args.words[0]}"`);
  }
  return args;
}

function wholeNumber(name: string, text: string, [from, to]: readonly [number, number]): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from && number <= to) return number;
  throw new UsageError(`"${name}" must be a whole number from ${from} to ${to}`);
}
