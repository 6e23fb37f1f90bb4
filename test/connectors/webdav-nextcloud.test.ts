import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from '../contract/connector-contract.ts';
import { fakeDav, FOLDER, type FakeDav } from './dav-fake.ts';

// What Nextcloud 28 and ownCloud 10 say in the header of each listing.
const NEXTCLOUD =
  '1, 3, extended-mkcol, access-control, calendarserver-principal-property-search, nextcloud-checksum-update, nc-calendar-search, nc-enable-birthday-calendar';
const OWNCLOUD = '1, 3, extended-mkcol, access-control';

const owner = (id: string, name: string): string =>
  `<oc:owner-id>${id}</oc:owner-id><oc:owner-display-name>${name}</oc:owner-display-name>`;
const sharees = (...list: readonly (readonly [id: string, type: number])[]): string =>
  `<nc:sharees>${list.map(([id, type]) => `<nc:sharee><nc:id>${id}</nc:id><nc:display-name>x</nc:display-name><nc:type>${type}</nc:type></nc:sharee>`).join('')}</nc:sharees>`;
const etag = (value: string): string => `<d:getetag>"${value}"</d:getetag>`;
const TAGS =
  '<oc:tags><oc:tag>mine</oc:tag></oc:tags><nc:system-tags><nc:system-tag oc:id="1">Approved &amp; final</nc:system-tag></nc:system-tags>';

let fake: FakeDav;
let store: MemoryStore<DocumentItem>;
beforeEach(async () => {
  store = new MemoryStore();
  fake = await fakeDav({ 'Team/sub/plan.md': 'Plan', 'Team/own.md': 'x', 'private.md': 'x', 'link.md': 'x' });
  fake.davHeader = NEXTCLOUD;
  const file = (body: string, props: string): { body: string; props: string } => ({
    body,
    props: `<d:resourcetype/>${etag(body)}${props}`,
  });
  fake.nodes.set('', { props: FOLDER + etag('root 1') });
  fake.nodes.set('Team/', { props: FOLDER + owner('ann', 'Ann Berg') + sharees(['staff', 1]) });
  fake.nodes.set('Team/sub/plan.md', file('Plan', `${owner('ann', 'Ann Berg')}${TAGS}${sharees(['bo', 0])}`));
  fake.nodes.set('Team/own.md', file('---\nauthors: cy\n---\nx', owner('ann', 'Ann Berg')));
  fake.nodes.set('private.md', file('x', owner('ann', 'Ann Berg') + sharees()));
  // A link, a mail, another server, a circle: none of them names an account or group here.
  fake.nodes.set(
    'link.md',
    file('y', owner('ann', '') + sharees(['l', 3], ['m@x.example', 4], ['r@far', 6], ['c', 7])),
  );
});
afterEach(() => fake[Symbol.asyncDispose]());

const open = (options: object = {}): Promise<Connector<DocumentItem>> =>
  openWith(webdav, { url: fake.url, ...options }, '/');
const readers = (): Record<string, readonly string[]> =>
  Object.fromEntries([...store.items.values()].map((item) => [item.key, item.readers]));

describe('webdav on Nextcloud', () => {
  it('takes owner, tags and shares, those of the folders above as well', async () => {
    await store.run(await open());
    expect(readers()).toEqual({
      'Team/own.md': ['person:ann', 'group:staff'],
      'Team/sub/plan.md': ['person:ann', 'group:staff', 'person:bo'],
      'link.md': ['person:ann'],
      'private.md': ['person:ann'],
    });
    expect(store.items.get('Team/sub/plan.md')).toMatchObject({
      tags: ['mine', 'Approved & final'],
      accounts: [{ account: { handle: 'ann', name: 'Ann Berg' }, role: 'AUTHOR' }],
    });
    expect(store.items.get('Team/own.md')?.accounts).toEqual([{ account: { handle: 'cy' }, role: 'AUTHOR' }]);
  });

  it('lets `readers` say otherwise', async () => {
    await store.run(await open({ readers: { Team: ['everyone'] } }));
    expect(readers()).toMatchObject({ 'Team/own.md': ['everyone'], 'private.md': ['person:ann'] });
  });

  it('sees at once whom something is shared with no longer', async () => {
    const connector = await open();
    await store.run(connector);
    fake.nodes.set('Team/', { props: FOLDER + owner('ann', 'Ann Berg') });
    await store.run(connector);
    expect(readers()['Team/own.md']).toEqual(['person:ann']);
  });

  it('with readers from here, asks once while the root is the same, and walks after an hour for the tags', async () => {
    const connector = await open({ readers: { '': ['group:staff'] } });
    await store.run(connector);
    fake.requests.length = 0;
    await store.run(connector);
    expect(fake.requests).toEqual(['PROPFIND ']);

    const plan = fake.nodes.get('Team/sub/plan.md');
    fake.nodes.set('Team/sub/plan.md', { ...plan, props: `${plan?.props?.replace('mine', 'other')}` });
    const now = Date.now();
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 3_600_001);
    await store.run(connector);
    clock.mockRestore();
    expect(store.items.get('Team/sub/plan.md')?.tags).toEqual(['other', 'Approved & final']);

    fake.nodes.delete('private.md');
    fake.nodes.set('', { props: FOLDER + etag('root 2') });
    await store.run(connector);
    expect(readers()).not.toHaveProperty(['private.md']);
  });

  it('walks again when something could not be read, though the root is the same', async () => {
    const connector = await open({ readers: { '': ['group:staff'] } });
    fake.answer = ({ method, path }) => (method === 'GET' && path === 'private.md' ? { status: 423 } : undefined);
    await store.run(connector);
    expect(readers()).not.toHaveProperty(['private.md']);
    fake.answer = () => undefined;
    await store.run(connector);
    expect(readers()).toHaveProperty(['private.md']);
  });

  it('closes what it cannot tell the owner of', async () => {
    fake.nodes.set('private.md', { body: 'x', props: '<d:resourcetype/>' });
    await store.run(await open());
    expect(readers()).not.toHaveProperty(['private.md']);
    expect(store.problems).toMatchObject([{ place: 'private.md', reason: expect.stringContaining('`readers`') }]);
  });
});

describe('webdav on ownCloud', () => {
  it('is known by a property of its own; a file is its owner’s until `readers` says more', async () => {
    fake.davHeader = OWNCLOUD;
    fake.nodes.set('', { props: `${FOLDER}<oc:id>00000002oc</oc:id>` });
    await store.run(await open());
    expect(new Set(Object.values(readers()).flat())).toEqual(new Set(['person:ann']));
    expect(store.items.get('Team/sub/plan.md')?.tags).toEqual(['mine']);
  });

  it('a server without any of that has files for everyone it lets in', async () => {
    fake.davHeader = '1,2';
    await store.run(await open());
    expect(new Set(Object.values(readers()).flat())).toEqual(new Set(['everyone']));
    expect(store.items.get('Team/sub/plan.md')).toMatchObject({ tags: [], accounts: [] });
  });
});
