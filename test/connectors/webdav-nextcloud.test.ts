import { describe, expect, it } from 'vitest';
import { call } from '../contract/connector-contract.ts';
import { SERVICE } from '../servers/nextcloud.ts';
import { cloud, open, pathOf, problems, readers, store, useCloud } from './cloud-store.ts';

useCloud();

describe('webdav on Nextcloud: who may read', () => {
  it('is the owner, and whom the file or a folder above is shared with', async () => {
    const { files } = cloud;
    files.write('Team/sub/plan.md', 'Plan', { owner: 'ann' });
    files.write('Team/own.md', '---\nauthors: cy\n---\nx', { owner: 'ann' });
    files.write('private.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    cloud.share({ path: 'Team/sub/plan.md', type: 0, with: 'bo', by: 'svc' });
    await store.run(await open());
    expect(readers()).toEqual({
      'Team/sub/plan.md': ['person:ann', 'group:staff', 'person:bo'],
      'Team/own.md': ['person:ann', 'group:staff'],
      'private.md': ['person:svc'],
    });
    const authors = Object.fromEntries([...store.items.values()].map((item) => [pathOf(item), item.accounts]));
    expect(authors).toMatchObject({
      'Team/sub/plan.md': [{ account: { handle: 'ann', name: 'Ann' }, role: 'AUTHOR' }],
      'Team/own.md': [{ account: { handle: 'cy' }, role: 'AUTHOR' }],
    });
  });

  it.each([
    ['a group’s own place for a share', { type: 2, with: 'bo' }, []],
    ['a public link', { type: 3, with: null }, []],
    ['a mail address', { type: 4, with: 'bo@other.example' }, []],
    ['another server', { type: 6, with: 'bo@far.example' }, []],
    ['nobody', { type: 0, with: '' }, []],
    ['a drop box, which may be written to and not read', { type: 1, with: 'staff', permissions: 4 }, []],
    ['what has ended', { type: 1, with: 'staff', expiration: '2020-01-31 00:00:00' }, []],
    ['what ends on a day that cannot be read', { type: 1, with: 'staff', expiration: 'soon' }, []],
    ['what has not ended', { type: 1, with: 'staff', expiration: '2999-01-31 00:00:00' }, ['group:staff']],
    ['an account, to read alone', { type: 0, with: 'bo', permissions: 1 }, ['person:bo']],
    ['somebody, by one it was shared with', { type: 0, with: 'cy', by: 'bo' }, ['person:cy']],
  ])('counts a share with %s', async (_what, share, expected) => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', ...share });
    await store.run(await open());
    expect(readers()).toEqual({ 'Team/a.md': ['person:svc', ...expected] });
    expect(problems()).toEqual([]);
  });

  it.each([
    [7, 'a team'],
    [10, 'a conversation'],
  ])('says that members of a share of kind %i are not known', async (type, what) => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', type, with: 'x8sw0dk2' });
    cloud.share({ path: 'Team', type, with: 'y8sw0dk2' });
    await store.run(await open());
    expect(readers()).toEqual({ 'Team/a.md': ['person:svc'] });
    expect(problems()).toEqual([
      `Team: is shared with ${what}, whose members the server does not tell; name them in \`readers\` if they are to find it`,
    ]);
  });

  it('asks who else reads what is shared with the account, and learns it if the account may share on', async () => {
    cloud.files.folder('Ann’s', { owner: 'ann' });
    cloud.files.write('Ann’s/deep/a.md', 'x');
    cloud.files.write('bo.md', 'x', { owner: 'bo' });
    cloud.share({ path: 'Ann’s', type: 0, with: 'svc', permissions: 17 });
    cloud.share({ path: 'Ann’s', type: 1, with: 'board' });
    cloud.share({ path: 'bo.md', type: 1, with: 'services', permissions: 1 });
    cloud.share({ path: 'bo.md', type: 1, with: 'board' });
    await store.run(await open());
    expect(readers()).toEqual({
      'Ann’s/deep/a.md': ['person:ann', 'person:svc', 'group:board'],
      'bo.md': ['person:bo', 'group:services'],
    });
  });

  it('takes shares of folders above the address for those of what is in it', async () => {
    cloud.files.write('A/B ü/C/a.md', 'x');
    cloud.share({ path: 'A', type: 1, with: 'staff' });
    cloud.share({ path: 'A/B ü', type: 0, with: 'bo' });
    cloud.share({ path: 'A/B ü/C', type: 0, with: 'cy' });
    await store.run(await open({}, 'A/B%20%C3%BC/'));
    expect(Object.values(readers())).toEqual([['person:svc', 'group:staff', 'person:bo', 'person:cy']]);
  });

  it('believes no share of a folder that has another’s name meanwhile', async () => {
    cloud.files.write('Team/a.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    // Between the shares and the walk.
    cloud.answer = ({ method }) => {
      if (method !== 'PROPFIND' || !cloud.requests.some((line) => line.endsWith('/shares'))) return undefined;
      cloud.answer = () => undefined;
      cloud.files.move('Team', 'Old');
      cloud.files.write('Team/secret.md', 'x');
      return undefined;
    };
    await store.run(await open());
    expect(readers()['Team/secret.md']).toEqual(['person:svc']);
  });

  it('lets a path of `readers` decide alone', async () => {
    cloud.files.write('HR/pay.md', 'x');
    cloud.files.write('HR/wide.md', '---\nreaders: everyone\n---\nx');
    cloud.files.write('HR/narrow.md', '---\nreaders: person:cy\n---\nx');
    cloud.files.write('own.md', '---\nreaders: everyone\n---\nx');
    cloud.share({ path: 'HR', type: 1, with: 'staff' });
    cloud.share({ path: 'HR/pay.md', type: 0, with: 'bo' });
    await store.run(await open({ readers: { HR: ['group:hr', 'person:cy'] } }));
    expect(readers()).toEqual({
      'HR/pay.md': ['group:hr', 'person:cy'],
      'HR/wide.md': ['group:hr', 'person:cy'],
      'HR/narrow.md': ['person:cy'],
      'own.md': ['person:svc'],
    });
  });

  it('closes what the server does not tell the owner of, as in team folders', async () => {
    cloud.files.folder('Shared drive', { mount: 'group' });
    cloud.files.write('Shared drive/a.md', 'x');
    cloud.files.write('nobody.md', 'x', { owner: '' });
    await store.run(await open());
    expect(readers()).toEqual({});
    expect(problems()).toEqual([
      'Shared drive/a.md: the server does not say whose it is; name its readers in `readers`',
      'nobody.md: the server does not say whose it is; name its readers in `readers`',
    ]);
    await store.run(await open({ readers: { 'Shared drive': ['group:staff'] } }));
    expect([...store.items.values()]).toMatchObject([{ readers: ['group:staff'], accounts: [] }]);
  });

  it('without the sharing app has files for their owners alone', async () => {
    cloud.files.write('a.md', 'x');
    cloud.share({ path: 'a.md', type: 1, with: 'staff' });
    cloud.hasShares = false;
    await store.run(await open());
    expect(readers()).toEqual({ 'a.md': ['person:svc'] });
  });

  it.each([
    ['refuses', { status: 403 }, 'FORBIDDEN', 'does not list shares for this account'],
    ['fails over', { status: 500 }, 'UNAVAILABLE', 'status 500'],
    ['writes a page for', { status: 200, body: '<html>' }, 'BAD_RESPONSE', 'not JSON'],
    [
      'has no list of',
      { status: 200, body: '{"ocs":{"meta":{"statuscode":200},"data":{}}}' },
      'BAD_RESPONSE',
      'no list',
    ],
    ['logs out at', { status: 200, body: '{"ocs":{"meta":{"statuscode":997},"data":[]}}' }, 'UNAUTHORIZED', '997'],
  ])('ends, and changes nothing, when the server %s shares', async (_what, answer, code, message) => {
    cloud.files.write('a.md', 'x');
    cloud.share({ path: 'a.md', type: 1, with: 'staff' });
    const connector = await open();
    await store.run(connector);
    cloud.files.write('b.md', 'x');
    cloud.answer = ({ path }) => (path.endsWith('/shares') ? answer : undefined);
    await expect(store.run(connector)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(readers()).toEqual({ 'a.md': ['person:svc', 'group:staff'] });
    expect(await connector.health(call)).toMatchObject({ status: code === 'UNAVAILABLE' ? 'unknown' : 'failed' });
  });

  it('leaves out a share that cannot be read, and says so', async () => {
    cloud.files.write('a.md', 'x');
    const good = {
      share_type: '1',
      share_with: 'staff',
      permissions: '1',
      path: '/a.md',
      file_source: cloud.files.get('a.md').id,
    };
    const bad = [null, { ...good, share_type: null }, { ...good, permissions: 'all' }, { ...good, path: 3 }];
    const body = JSON.stringify({ ocs: { meta: { statuscode: 200 }, data: [...bad, good] } });
    let isFirst = true;
    cloud.answer = ({ path }) => {
      if (!path.endsWith('/shares') || !isFirst) return undefined;
      isFirst = false;
      return { status: 200, body };
    };
    await store.run(await open());
    expect(readers()).toEqual({ 'a.md': ['person:svc', 'group:staff'] });
    expect(problems()).toEqual(
      ['', 'share_type', 'permissions', 'path'].map(
        (field) => `shares: a share is left out, its \`${field}\` cannot be read; fewer may read than might`,
      ),
    );
  });
});

describe('webdav on ownCloud', () => {
  it('is known by its capabilities, and tells of shares in its own way', async () => {
    cloud.product = 'ownCloud';
    cloud.files.write('Team/a.md', 'x', { owner: 'ann', tags: ['mine'] });
    cloud.files.write('pending.md', 'x', { owner: 'ann' });
    cloud.files.write('mine.md', 'x');
    cloud.share({ path: 'Team', type: 1, with: 'staff' });
    cloud.share({ path: 'Team/a.md', type: 1, with: 'services', state: 0, permissions: 17 });
    cloud.share({ path: 'Team/a.md', type: 0, with: 'bo' });
    cloud.share({ path: 'pending.md', type: 1, with: 'services', state: 1 });
    const connector = await open();
    await store.run(connector);
    expect(readers()).toEqual({
      'Team/a.md': ['person:ann', 'group:staff', 'group:services', 'person:bo'],
      'pending.md': ['person:ann'],
      'mine.md': ['person:svc'],
    });
    expect(cloud.requests.filter((line) => line.startsWith('GET ocs/v2'))).toEqual([]);
    expect([...store.items.values()].find((item) => pathOf(item) === 'Team/a.md')?.tags).toEqual(['mine']);

    const [key] = [...store.items.keys()];
    cloud.files.move('Team/a.md', 'Team/b.md');
    await store.run(await open());
    expect(store.items.get(key ?? '')?.url).toMatch(/b\.md$/);
    expect(cloud.requests).not.toContain('SEARCH');
  });
});

describe('webdav on a cloud, misconfigured', () => {
  it.each([
    [
      'a wrong password',
      { password: 'wrong' },
      '',
      'UNAUTHORIZED',
      'refuses the credentials; correct `user` and `password`',
    ],
    ['a folder that is not there', {}, 'nothing/', 'MISCONFIGURED', 'there is nothing at'],
    ['a file', {}, 'a.md', 'MISCONFIGURED', 'is a file'],
  ])('says what to change about %s', async (_what, options, below, code, message) => {
    cloud.files.write('a.md', 'x');
    const error = await open(options, below).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(String(error)).not.toContain(SERVICE.password);
  });
});
