import type { Account, Reader } from '../content/item.ts';
import { cleanLine } from './plain.ts';

const MAIL = /^[^\s@<>()",;:]+@[^\s@<>()",;:]+$/;

/** Whether the text is a mail address, as far as linking accounts needs to know. */
export function isMail(text: string): boolean {
  return text.length <= 320 && MAIL.test(text);
}

/**
 * An account as people write it down: a handle (`@jane`, `jane`), a mail address, `Jane Roe <jane@x.example>`, or an
 * object `{ handle, name, mail }`. A handle that is a mail address is the mail as well. Undefined when it names nobody.
 */
export function toAccount(value: unknown): Account | undefined {
  if (typeof value === 'string') {
    const text = cleanLine(value);
    const named = /^(.*?)\s*<([^<>]+)>$/.exec(text);
    if (named !== null) return account(named[2] ?? '', (named[1] ?? '').replace(/^"(.*)"$/, '$1'), undefined);
    return account(text.replace(/^@(?=\S)/, ''), undefined, undefined);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const field = (name: string): string | undefined => {
    const own: unknown =
      value instanceof Map
        ? value.get(name)
        : Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined;
    return typeof own === 'string' ? cleanLine(own) : undefined;
  };
  return account(field('handle') ?? field('mail') ?? '', field('name'), field('mail'));
}

function account(written: string, name: string | undefined, mailWritten: string | undefined): Account | undefined {
  const handle = isMail(written) ? written.toLowerCase() : written;
  if (handle === '') return undefined;
  const mail =
    mailWritten !== undefined && isMail(mailWritten) ? mailWritten.toLowerCase() : isMail(handle) ? handle : undefined;
  return { handle, ...(name ? { name } : {}), ...(mail === undefined ? {} : { mail }) };
}

/** The accounts of a list (or of one alone), each handle once. */
export function toAccounts(value: unknown): Account[] {
  const byHandle = new Map<string, Account>();
  for (const one of Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]) {
    const account = toAccount(one);
    if (account !== undefined && !byHandle.has(account.handle)) byHandle.set(account.handle, account);
  }
  return [...byHandle.values()];
}

/** A reader as files write it, `everyone`, `group:x` or `person:y`; undefined for anything else, which must close the item. */
export function toReader(value: unknown): Reader | undefined {
  if (typeof value !== 'string') return undefined;
  const text = cleanLine(value);
  if (text === 'everyone') return 'everyone';
  return /^(?:group|person):\S/.test(text) ? (text as Reader) : undefined;
}

/** All the readers of a list, or undefined when there is none or one of them is not a reader. */
export function toReaders(value: unknown): readonly Reader[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const readers = new Set<Reader>();
  for (const one of list) {
    const reader = toReader(one);
    if (reader === undefined) return undefined;
    readers.add(reader);
  }
  return readers.size === 0 ? undefined : [...readers];
}
