import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scim } from '../../subgraphs/directory/connectors/scim.ts';
import { mediawiki } from '../../subgraphs/documents/connectors/mediawiki.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { discourse } from '../../subgraphs/forum/connectors/discourse.ts';
import { jive } from '../../subgraphs/forum/connectors/jive.ts';
import { nodebb } from '../../subgraphs/forum/connectors/nodebb.ts';
import { healthOfError } from '../../subgraphs/kit/health.ts';
import { unreachable } from '../../subgraphs/kit/unreachable.ts';
import { SELF_SIGNED } from '../servers/self-signed.ts';
import { openWith } from './connector-contract.ts';

/** No name server has to be asked whether it exists: no label is longer than 63. */
const NOWHERE = `${'x'.repeat(64)}.invalid`;
/** Nobody listens there. Of the ports that are given out to clients one may be in use at any time. */
const CLOSED = 2;
const SECRET = 'a-password-that-is-long';

const OPENED: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  scim: (url) => openWith(scim, { url, token: SECRET }, '/'),
  mediawiki: (url) => openWith(mediawiki, { url }, '/'),
  'mediawiki with an account': (url) =>
    openWith(mediawiki, { url, user: 'Bot@x', password: SECRET, readers: ['group:staff'] }, '/'),
  webdav: (url) => openWith(webdav, { url, user: 'ann', password: SECRET, readers: { '': ['group:staff'] } }, '/'),
  nextcloud: (url) => openWith(webdav, { url: `${url}remote.php/dav/files/ann/`, user: 'ann', password: SECRET }, '/'),
  discourse: (url) => openWith(discourse, { url, apiKey: SECRET }, '/'),
  nodebb: (url) => openWith(nodebb, { url, token: SECRET }, '/'),
  jive: (url) => openWith(jive, { url, user: 'admin', password: SECRET, members: 'group' }, '/'),
};

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

describe.each(Object.entries(OPENED))('%s says what is wrong with the address', (_name, open) => {
  const untrusted = createServer(SELF_SIGNED, (_request, reply) => reply.end('{}'));
  let port = 0;
  beforeAll(async () => {
    port = await portOf(untrusted);
  });
  afterAll(() => {
    untrusted.closeAllConnections();
    untrusted.close();
  });

  const said = async (url: string): Promise<unknown> => {
    const error: unknown = await open(url).catch((reason: unknown) => reason);
    expect(String(error)).not.toContain(SECRET);
    return { code: (error as { code?: unknown }).code, health: healthOfError(error) };
  };

  it('where there is no such host', async () => {
    const detail = `test: there is no host "${NOWHERE}"; set \`url\``;
    expect(await said(`https://${NOWHERE}/`)).toEqual({ code: 'MISCONFIGURED', health: { status: 'failed', detail } });
  });

  it('where nothing listens', async () => {
    const detail = `test: nothing listens at 127.0.0.1:${CLOSED}; is the server up, and the port in \`url\` right?`;
    expect(await said(`http://127.0.0.1:${CLOSED}/`)).toEqual({
      code: 'UNAVAILABLE',
      health: { status: 'unknown', detail },
    });
  });

  it('where the certificate is signed by nobody known', async () => {
    const why = `test: the certificate of 127.0.0.1:${port} is signed by nobody known here`;
    const detail = `${why}; set the environment variable NODE_EXTRA_CA_CERTS to the file of your CA`;
    expect(await said(`https://127.0.0.1:${port}/`)).toEqual({
      code: 'MISCONFIGURED',
      health: { status: 'failed', detail },
    });
  });
});

describe('what the network says', () => {
  const of = (code: string): string | undefined => {
    const error = unreachable(new TypeError('fetch failed', { cause: { code } }), new URL('https://x.example/w'), 's');
    return error && `${error.code} ${error.message}`;
  };
  it.each([
    ['ECONNREFUSED', 'UNAVAILABLE s: nothing listens at x.example:443; is the server up, and the port in `url` right?'],
    ['CERT_HAS_EXPIRED', 'MISCONFIGURED s: the certificate of x.example has expired; renew it there'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'MISCONFIGURED s: the certificate of x.example is for another name; set `url` with the name that it is for',
    ],
    [
      'CERT_NOT_YET_VALID',
      'MISCONFIGURED s: the certificate of x.example is not valid (CERT_NOT_YET_VALID); renew it there',
    ],
  ])('%s becomes a sentence', (code, sentence) => expect(of(code)).toBe(sentence));

  it.each(['EAI_AGAIN', 'ECONNRESET', 'UND_ERR_SOCKET'])('%s is an outage like any other', (code) =>
    expect(of(code)).toBeUndefined(),
  );
});
