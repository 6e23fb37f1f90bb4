import type { z } from 'zod';
import { nearest } from './nearest.ts';

type RawIssue = z.core.$ZodRawIssue;

/** Kinds of values in the reader's words. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

const SCHEMES = ['http', 'https', 'redis', 'rediss', 'ldap', 'ldaps', 'imap', 'imaps'];

/**
 * What is wrong with a value, to be read after its name: `must be at least 1`. Given to zod, it fills in where a schema
 * has no message of its own. It never repeats the value: that may be a secret.
 */
export function explain(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(issue.expected, issue.input);
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive !== false ? 'at least' : 'more than');
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive !== false ? 'at most' : 'less than');
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_format':
      return issue.format === 'url' ? address(issue) : undefined;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : anyOf(issue.errors);
    case 'custom':
      return 'is not usable';
    default:
      return undefined;
  }
}

function wrongKind(expected: string, input: unknown): string {
  if (input === undefined) return 'is missing';
  const kind = KINDS[expected] ?? expected;
  if (input === null) return `must be ${kind}, but is empty`;
  if (typeof input === 'number') {
    if (expected === 'int') return 'must be a whole number';
    if (expected === 'string') return 'must be text, not a number: put it into quotes';
  }
  if (Array.isArray(input)) return `must be ${kind}, not a list`;
  if (typeof input === 'string' && kind.endsWith('number') && /^-?\d+$/.test(input)) {
    return `must be ${kind}, not text: leave the quotes out`;
  }
  return `must be ${kind}, not ${KINDS[typeof input] ?? typeof input}`;
}

function bound(origin: string, limit: number | bigint, word: string): string {
  const isOne = Number(limit) === 1;
  if (origin === 'string' && isOne && word === 'at least') return 'must not be empty';
  if (origin === 'string') return `must have ${word} ${limit} ${isOne ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `must have ${word} ${limit} ${isOne ? 'entry' : 'entries'}`;
  return `must be ${word} ${limit}`;
}

function oneOf(values: readonly string[], input: unknown): string {
  if (input === undefined) return `is missing; it must be ${choice(values)}`;
  const meant = typeof input === 'string' ? nearest(input, values) : undefined;
  return `must be ${choice(values)}${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
}

function choice(values: readonly string[]): string {
  return values.length === 1 ? values[0]! : `one of ${values.join(', ')}`;
}

function address(issue: RawIssue): string {
  const { protocol } = (issue.inst as { _zod?: { def?: { protocol?: RegExp } } } | undefined)?._zod?.def ?? {};
  const schemes = protocol ? SCHEMES.filter((scheme) => protocol.test(scheme)).map((scheme) => `${scheme}://`) : [];
  return `must be an address${schemes.length > 0 ? ` that begins with ${schemes.join(' or ')}` : ''}`;
}

function anyOf(errors: readonly (readonly { message: string; path: PropertyKey[] }[])[]): string {
  const own = errors.flatMap((branch) => branch.slice(0, 1));
  const messages = [
    ...new Set(own.map(({ message }) => message.replace(/^must be /, '').replace(/, (not|but) .*$/s, ''))),
  ];
  return messages.length > 0 ? `must be ${messages.join(', or ')}` : 'is none of the kinds allowed';
}
