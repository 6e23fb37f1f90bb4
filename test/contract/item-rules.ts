import { expect } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import type { Account, ContentItem } from '../../subgraphs/kit/content/item.ts';
import { isMail } from '../../subgraphs/kit/text/accounts.ts';
import { MAX_TEXT } from '../../subgraphs/kit/text/plain.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F]/;

/** What every item keeps to, whatever its tool holds. `origin`: where its address begins. */
export function checkItem(item: ContentItem, origin: string | undefined): void {
  const line = (name: string, text: string, longest = 2_000): void => {
    expect(text, `${name} of ${item.key}`).toBe(text.trim());
    expect(text).not.toMatch(/\n/);
    written(name, text, longest);
  };
  const written = (name: string, text: string, longest = MAX_TEXT): void => {
    expect(text, `${name} of ${item.key}`).not.toMatch(CONTROLS);
    expect(text.isWellFormed(), `${name} of ${item.key}`).toBe(true);
    expect(text.length, `${name} of ${item.key}`).toBeLessThanOrEqual(longest);
  };
  const date = (name: string, at: string | undefined): void => {
    if (at !== undefined) expect(at, `${name} of ${item.key}`).toMatch(ISO);
  };
  const account = ({ handle, name, mail }: Account): void => {
    expect(handle, item.key).not.toBe('');
    line('handle', handle);
    if (name !== undefined) line('name', name);
    if (mail !== undefined) {
      expect(isMail(mail), mail).toBe(true);
      expect(mail).toBe(mail.toLowerCase());
    }
  };

  expect(item.key).not.toBe('');
  line('key', item.key);
  line('version', item.version);
  expect(item.version).not.toBe('');
  expect(item.title).not.toBe('');
  line('title', item.title);
  written('body', item.body);
  date('createdAt', item.createdAt);
  date('updatedAt', item.updatedAt);
  if (item.url !== undefined) expect(item.url, item.key).toMatch(/^https?:\/\//);
  if (origin !== undefined) expect(new URL(item.url ?? 'x:').origin, item.key).toBe(new URL(origin).origin);
  for (const link of item.links) expect(link).toMatch(/^https?:\/\//);
  for (const tag of item.tags) line('tag', tag);
  expect(item.readers).not.toEqual([]);
  expect(new Set(item.readers).size).toBe(item.readers.length);
  for (const reader of item.readers) expect(reader).toMatch(/^(?:everyone|(?:group|person):\S.*)$/);
  const { accounts = [] } = item as Partial<DocumentItem>;
  for (const { account: own } of accounts) account(own);
  const { author, replies = [], mentions = [] } = item as Partial<ConversationItem>;
  if (author !== undefined) account(author);
  for (const one of mentions) account(one);
  expect(new Set(replies.map(({ key }) => key)).size).toBe(replies.length);
  for (const reply of replies) {
    line('key', reply.key);
    written('reply', reply.body);
    date('createdAt', reply.createdAt);
    if (reply.author !== undefined) account(reply.author);
    expect(Number.isSafeInteger(reply.votes)).toBe(true);
  }
}
