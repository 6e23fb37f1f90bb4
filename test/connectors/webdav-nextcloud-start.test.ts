import { beforeEach, describe, expect, it } from 'vitest';
import { webdav } from '../../subgraphs/documents/connectors/webdav.ts';
import { openWith } from '../contract/connector-contract.ts';
import { SERVICE } from '../servers/nextcloud.ts';
import { asked, cloud, open, paths, readers, store, useCloud } from './cloud-store.ts';

useCloud();

describe('webdav on Nextcloud: after a start', () => {
  const minutesAgo = (minutes: number): number => Math.floor(Date.now() / 1000) - minutes * 60;
  beforeEach(() => {
    for (let number = 0; number < 3; number++) cloud.files.write(`old/${number}.md`, 'x', { mtime: minutesAgo(600) });
    cloud.files.write('Team/shared.md', 'x', { mtime: minutesAgo(600) });
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
  });

  it('has first what was edited meanwhile, then all the rest', async () => {
    await store.run(await open());
    cloud.files.write('Team/shared.md', 'other');
    cloud.files.write('.hidden/a.md', 'x');
    cloud.files.write('picture.png', 'x');
    cloud.files.remove('old/1.md');
    const requests = await asked(async () => store.run(await open()));
    expect(requests.indexOf('GET files/svc/Team/shared.md')).toBeLessThan(requests.indexOf('PROPFIND files/svc/Team/'));
    expect(requests.filter((line) => line.startsWith('SEARCH'))).toHaveLength(1);
    expect(requests.filter((line) => line.startsWith('GET files'))).toHaveLength(1);
    expect(readers()).toEqual({
      'Team/shared.md': ['person:svc', 'group:staff'],
      'old/0.md': ['person:svc'],
      'old/2.md': ['person:svc'],
    });
  });

  it('knows whom they are shared with, above the address as well', async () => {
    cloud.files.write('Team/sub/deep/a.md', 'x');
    cloud.share({ path: 'Team/sub/deep', type: 0, with: 'bo' });
    await store.run(await open({}, 'Team/sub/'));
    cloud.files.write('Team/sub/deep/a.md', 'other');
    const [first] = await store.run(await open({}, 'Team/sub/'), 1);
    expect(first?.upserts.map((item) => [item.body, item.readers])).toEqual([
      ['other', ['person:svc', 'group:staff', 'person:bo']],
    ]);
    expect(first?.sweep).toBeUndefined();
  });

  it.each([
    ['all of one second', () => minutesAgo(1)],
    ['most of one second', (number: number) => minutesAgo(2) + (number < 300 ? 0 : number - 299)],
    ['of many', (number: number) => minutesAgo(4) + Math.floor(number / 7)],
  ])('finds them by pages, %s', async (_what, mtimeOf) => {
    await store.run(await open());
    for (let number = 0; number < 450; number++) cloud.files.write(`new/${number}.md`, 'x', { mtime: mtimeOf(number) });
    const before = store.batches.length;
    await store.run(await open(), 3);
    expect(cloud.requests.filter((line) => line === 'SEARCH').length).toBeGreaterThanOrEqual(3);
    // The walk comes after all of them.
    expect(store.batches.slice(before).map(({ sweep }) => sweep)).toEqual([undefined, undefined, undefined]);
    const found = store.batches.slice(before).flatMap(({ upserts }) => upserts);
    expect(new Set(found.map(({ key }) => key)).size).toBe(450);
    expect(found).toHaveLength(450);
  });

  it('forgets what it found when it is killed before the walk', async () => {
    await store.run(await open());
    cloud.files.write('new.md', 'x');
    await store.run(await open(), 1);
    expect(paths()).toContain('new.md');
    cloud.files.remove('new.md');
    await store.run(await open());
    expect(paths()).toEqual(['Team/shared.md', 'old/0.md', 'old/1.md', 'old/2.md']);
  });

  it.each([
    ['refuses', { status: 400 }],
    ['does not know', { status: 501 }],
    ['fails over', { status: 500 }],
    ['answers with a page to', { status: 207, body: '<html></html>' }],
  ])('walks all the same where the server %s the search', async (_what, answer) => {
    await store.run(await open());
    cloud.files.write('new.md', 'x');
    cloud.answer = ({ method }) => (method === 'SEARCH' ? answer : undefined);
    await store.run(await open());
    expect(paths()).toContain('new.md');
  });

  it('walks without a search at the old address, which names no account', async () => {
    const url = cloud.url.replace(/dav\/files\/.*/, 'webdav/Team/');
    await store.run(await openWith(webdav, { url, ...SERVICE }, '/'));
    cloud.files.write('Team/new.md', 'x');
    await store.run(await openWith(webdav, { url, ...SERVICE }, '/'));
    expect([...store.items.values()].map((item) => item.url?.replace(url, ''))).toEqual(['shared.md', 'new.md']);
    expect([...store.items.values()].map((item) => item.readers)).toEqual(
      Array.from({ length: 2 }, () => ['person:svc', 'group:staff']),
    );
    expect(cloud.requests).not.toContain('SEARCH');
  });
});
