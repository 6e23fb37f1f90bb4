import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationItem } from '../../subgraphs/forum/connector.ts';
import { imap } from '../../subgraphs/forum/connectors/imap.ts';
import { call, MemoryStore } from '../contract/connector-contract.ts';
import { ACCOUNT, isInstalled, startDovecot, type Dovecot } from '../servers/dovecot.ts';
import { failure, mail, readingOf, pretend } from './imap-server.ts';

describe.skipIf(!isInstalled())('imap says what went wrong', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
    await dovecot.deliver('dev', {});
  });
  afterAll(() => dovecot?.[Symbol.asyncDispose]());
  const { options, open, load } = readingOf(() => dovecot);

  it('names what is wrong, each by a sentence of its own', async () => {
    await dovecot.close('closed');
    expect(await failure(open({ password: 'wrong' }))).toBe(
      'UNAUTHORIZED test: the server refuses `user` with this `password`',
    );
    expect(await failure(open({ folders: ['dev', 'nowhere'] }))).toMatch(
      /^MISCONFIGURED .*no folder "nowhere".*set `folders`/,
    );
    expect(await failure(open({ folders: ['nowhere/*'] }))).toMatch(/^MISCONFIGURED .*no folder "nowhere\/\*"/);
    expect(await failure(load({ folders: ['closed'] }))).toMatch(/^FORBIDDEN .*may not read the folder "closed"/);
    expect(await failure(open({ port: 1 }))).toMatch(/^UNAVAILABLE .*nothing answers/);
    expect(await failure(open({ caFile: 'nowhere.pem' }))).toMatch(/^MISCONFIGURED .*nowhere\.pem.*caFile/);
    expect(await failure(open({ caFile: fileURLToPath(import.meta.url) }))).toMatch(/^MISCONFIGURED .*is no PEM file/);
    const closed = await open({ folders: ['closed'] });
    expect(await closed.health(call)).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/may not read/),
    });
  });

  it('trusts certificates of the authority given, for the name given, and no others', async () => {
    const tls = { security: 'tls', host: 'localhost', port: dovecot.tlsPort };
    const starttls = { security: 'starttls', host: 'localhost', caFile: dovecot.caFile };
    expect(await failure(open(tls))).toMatch(/^MISCONFIGURED .*signed by nobody known.*caFile/);
    expect(await failure(open({ ...starttls, caFile: undefined }))).toMatch(/^MISCONFIGURED .*signed by nobody known/);
    for (const good of [{ ...tls, caFile: dovecot.caFile }, starttls])
      expect(await (await open(good)).health(call)).toMatchObject({ status: 'ok' });
    expect(await failure(open({ ...tls, host: '127.0.0.1', caFile: dovecot.caFile }))).toMatch(
      /^MISCONFIGURED .*another name/,
    );
    expect(await failure(open({ ...tls, port: dovecot.port, caFile: dovecot.caFile }))).toMatch(
      /^MISCONFIGURED .*no TLS on this port/,
    );
  });

  it('sends no password in the clear', async () => {
    const parse = (more: object) => imap.options.safeParse({ ...options(), ...more });
    expect(parse({ host: 'imap.x.example' }).error?.issues[0]?.message).toMatch(/encrypted/);
    for (const host of ['localhost', '127.0.0.1', '::1']) expect(parse({ host }).success).toBe(true);
    expect(parse({ host: '127.0.0.1.x.example' }).success).toBe(false);
    // A server, or somebody in between, that offers no STARTTLS.
    await using server = await pretend(() => '* OK [CAPABILITY IMAP4rev1] ready\r\n');
    expect(await failure(open({ security: 'starttls', port: server.port }))).toMatch(/^MISCONFIGURED .*STARTTLS/);
    expect(server.heard()).not.toMatch(/LOGIN|AUTHENTICATE|p.ssword/);
  });

  it.each([
    ['NO [PRIVACYREQUIRED] no', /^MISCONFIGURED .*encrypted.*`security`/],
    ['NO [UNAVAILABLE] later', /^UNAVAILABLE .*cannot check passwords/],
    ['NO [LIMIT] too many', /^RATE_LIMITED .*connections/],
    ['NO [EXPIRED] old', /^UNAUTHORIZED .*expired/],
    ['NO', /^UNAUTHORIZED .*refuses `user`/],
  ])('explains a login that is answered with %s', async (answer, sentence) => {
    await using server = await pretend(
      () => '* OK [CAPABILITY IMAP4rev1] ready\r\n',
      (tag, command) => (command === 'LOGIN' ? `${tag} ${answer}\r\n` : `${tag} OK\r\n`),
    );
    const message = await failure(open({ port: server.port }));
    expect(message).toMatch(sentence);
    expect(message).not.toContain(ACCOUNT.password);
  });

  it('takes no more than it asked for', async () => {
    const folder = '* LIST () "/" dev\r\n';
    const spaces = '* NAMESPACE (("" "/")) NIL NIL\r\n';
    const opened = '* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n';
    await using server = await pretend(
      () => '* OK [CAPABILITY IMAP4rev1 NAMESPACE] ready\r\n',
      (tag, command, rest) => {
        if (command === 'UID' && rest.startsWith('FETCH'))
          return `* 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM)] {900000000}\r\n`;
        const answers: Record<string, string> = {
          NAMESPACE: spaces,
          LIST: folder,
          EXAMINE: opened,
          UID: '* SEARCH 1\r\n',
        };
        return `${answers[command] ?? ''}${tag} OK\r\n`;
      },
    );
    expect(await failure(load({ port: server.port }))).toMatch(/^BAD_RESPONSE .*more than was asked for/);
  });

  it('takes a garbled line for a fault, not for nothing found', async () => {
    const store = new MemoryStore<ConversationItem>();
    let numbers = '* SEARCH 1 2 (((\r\n';
    await using server = await pretend(
      () => '* OK [CAPABILITY IMAP4rev1 NAMESPACE] ready\r\n',
      (tag, command) => {
        const answers: Record<string, string> = {
          NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n',
          LIST: '* LIST () "/" dev\r\n',
          EXAMINE: '* 2 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n',
          UID: numbers,
        };
        return `${answers[command] ?? ''}${tag} OK\r\n`;
      },
    );
    const connector = await open({ port: server.port });
    expect(await failure(store.run(connector))).toMatch(/^BAD_RESPONSE .*no IMAP/);
    numbers = '* SEARCH\r\n';
    await store.run(connector);
    expect(store.batches).toMatchObject([{ upserts: [], sweep: true }]);
  });

  it('deletes nothing when a folder is gone', async () => {
    await dovecot.deliver('down', { '1.h': mail('x', 'X') });
    const store = new MemoryStore<ConversationItem>();
    const connector = await open({ folders: ['down'] });
    await store.run(connector);
    await dovecot.removeFolder('down');
    expect(await failure(store.run(connector))).toMatch(/^MISCONFIGURED .*"down"/);
    expect(store.items.size).toBe(1);
  });

  it('ends at once when the call does', async () => {
    const ending = new AbortController();
    const connector = await open();
    const health = connector.health({ signal: ending.signal });
    ending.abort();
    expect(await health).toMatchObject({ status: 'unknown' });
    // One command a minute: the second one is not waited for.
    expect(await failure(open({ perMinute: 1, timeoutMs: 100 }))).toMatch(/^UNAVAILABLE .*in time/);
  });
});
