import { beforeEach, describe, expect, it, vi } from 'vitest';
import { asked, cloud, forget, HOUR_MS, LOOK, open, pathOf, paths, readers, store, useCloud } from './cloud-store.ts';

useCloud();

describe('webdav on Nextcloud: what changed', () => {
  beforeEach(() => {
    for (const path of ['A/B/C/deep.md', 'A/B/b.md', 'A/a.md', 'Z/Y/z.md', 'top.md']) cloud.files.write(path, path);
  });

  it('looks at nothing while all is as it was, and only where something is not', async () => {
    const connector = await open();
    await store.run(connector);
    expect(await asked(() => store.run(connector))).toEqual(LOOK);
    cloud.files.write('A/B/b.md', 'other');
    expect(await asked(() => store.run(connector))).toEqual([
      ...LOOK,
      'PROPFIND files/svc/',
      'PROPFIND files/svc/A/',
      'PROPFIND files/svc/A/B/',
      'GET files/svc/A/B/b.md',
    ]);
    expect(paths()).toHaveLength(5);
  });

  it('sees what is added, moved and taken away, at once; what is moved keeps its key', async () => {
    const connector = await open();
    await store.run(connector);
    const keys = new Map([...store.items.values()].map((item) => [pathOf(item), item.key]));
    cloud.files.move('A/B/C/deep.md', 'Z/shallow.md');
    cloud.files.remove('A/a.md');
    cloud.files.write('new.md', 'x', { mtime: 1_000_000_000 });
    await store.run(connector);
    expect(paths()).toEqual(['A/B/b.md', 'Z/Y/z.md', 'Z/shallow.md', 'new.md', 'top.md']);
    const moved = [...store.items.values()].find((item) => pathOf(item) === 'Z/shallow.md');
    expect(moved).toMatchObject({ key: keys.get('A/B/C/deep.md'), space: 'Z', title: 'shallow' });

    cloud.files.move('A/B', 'Z/Y/B');
    await store.run(connector);
    expect(paths()).toEqual(['Z/Y/B/b.md', 'Z/Y/z.md', 'Z/shallow.md', 'new.md', 'top.md']);
    const last = [...store.items.values()].find((item) => pathOf(item) === 'Z/Y/B/b.md');
    expect(last?.key).toBe(keys.get('A/B/b.md'));
  });

  it('narrows at once what is moved into a private folder, shared no longer or shared less', async () => {
    cloud.share({ path: 'A', type: 1, with: 'staff' });
    const share = cloud.share({ path: 'Z', type: 1, with: 'staff' });
    const connector = await open();
    await store.run(connector);
    cloud.files.move('A/a.md', 'Private/a.md');
    cloud.unshare(share);
    await store.run(connector);
    expect(readers()).toEqual({
      'A/B/C/deep.md': ['person:svc', 'group:staff'],
      'A/B/b.md': ['person:svc', 'group:staff'],
      'Private/a.md': ['person:svc'],
      'Z/Y/z.md': ['person:svc'],
      'top.md': ['person:svc'],
    });
    cloud.share({ path: 'Z/Y/z.md', type: 0, with: 'bo' });
    await store.run(connector);
    expect(readers()['Z/Y/z.md']).toEqual(['person:svc', 'person:bo']);
  });

  it('reads tags, not favourites and not those that people do not see, and sees a change within the hour', async () => {
    const visible = { name: 'Approved & final', visible: true };
    cloud.files.tag('A/a.md', { tags: ['mine'], systemTags: [visible, { name: 'retention', visible: false }] });
    const connector = await open();
    await store.run(connector);
    const tags = (): unknown => [...store.items.values()].find((item) => pathOf(item) === 'A/a.md')?.tags;
    expect(tags()).toEqual(['mine', 'Approved & final']);
    cloud.files.tag('A/a.md', { tags: [], systemTags: [visible] });
    await store.run(connector);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + HOUR_MS);
    await store.run(connector);
    expect(tags()).toEqual(['Approved & final']);
  });

  it('looks again into a folder where something could not be read, though it is as it was', async () => {
    const connector = await open();
    cloud.answer = ({ method, path }) => (method === 'GET' && path.endsWith('/deep.md') ? { status: 423 } : undefined);
    await store.run(connector);
    expect(paths()).not.toContain('A/B/C/deep.md');
    cloud.answer = () => undefined;
    expect(await asked(() => store.run(connector))).not.toContain('PROPFIND files/svc/Z/');
    expect(paths()).toContain('A/B/C/deep.md');
  });

  it('reads later what was locked when it was edited', async () => {
    const connector = await open();
    await store.run(connector);
    cloud.files.write('A/B/C/deep.md', 'other');
    cloud.answer = ({ method, path }) => (method === 'GET' && path.endsWith('/deep.md') ? { status: 423 } : undefined);
    await store.run(connector);
    const body = (): unknown => [...store.items.values()].find((item) => pathOf(item) === 'A/B/C/deep.md')?.body;
    expect(body()).toBe('A/B/C/deep.md');
    cloud.answer = () => undefined;
    await store.run(connector);
    expect(body()).toBe('other');
  });

  it('lists everything within the hour, however often it looked only where something changed', async () => {
    const connector = await open();
    await store.run(connector);
    const start = Date.now();
    cloud.files.tag('A/a.md', { tags: ['new'] });
    const clock = vi.spyOn(Date, 'now').mockReturnValue(start + HOUR_MS * 0.6);
    cloud.files.write('top.md', 'other');
    expect(await asked(() => store.run(connector))).not.toContain('PROPFIND files/svc/A/');
    clock.mockReturnValue(start + HOUR_MS * 1.1);
    cloud.files.write('top.md', 'another');
    expect(await asked(() => store.run(connector))).toContain('PROPFIND files/svc/A/');
  });

  it('goes by nothing that a walk saw only the rest of', async () => {
    for (let number = 0; number < 250; number++) cloud.files.write(`many/${number}.md`, 'x');
    const connector = await open();
    await store.run(connector, 1);
    await store.run(connector);
    cloud.files.write('top.md', 'other');
    await store.run(connector);
    expect(paths()).toHaveLength(255);
  });

  it('reads again what the store has lost', async () => {
    const connector = await open();
    await store.run(connector);
    forget();
    await store.run(connector);
    expect(paths()).toHaveLength(5);
  });

  it('reads anew with other options, though the server is as it was', async () => {
    await store.run(await open());
    await store.run(await open({ readers: { A: ['group:a'] } }));
    expect(readers()['A/B/b.md']).toEqual(['group:a']);
    expect(await asked(async () => store.run(await open({ readers: { '': ['group:all'] } })))).not.toContain(LOOK[1]);
    expect(readers()['A/B/b.md']).toEqual(['group:all']);
  });

  it('reads nothing more while a path of `readers` is not there', async () => {
    const connector = await open({ readers: { 'A/B': ['group:b'], 'A/a.md': ['group:a'] } });
    await store.run(connector);
    cloud.files.write('top.md', 'other');
    await store.run(connector);
    expect(store.problems).toEqual([]);
    cloud.files.remove('A/a.md');
    await expect(store.run(connector)).rejects.toMatchObject({
      code: 'MISCONFIGURED',
      message: expect.stringContaining('`readers` names "A/a.md", which'),
    });
    expect(paths()).toContain('A/a.md');
  });

  it('has a file once that is there under two names', async () => {
    cloud.files.write('Z/twice.md', 'x');
    Object.assign(cloud.files.get('Z/twice.md'), { id: cloud.files.get('A/a.md').id });
    const connector = await open();
    await store.run(connector);
    cloud.files.write('Z/Y/z.md', 'Z/Y/z.md');
    const again = await store.run(connector);
    expect(again.flatMap(({ upserts }) => upserts.map(pathOf))).toEqual(['Z/Y/z.md']);
    expect(paths()).toEqual(['A/B/C/deep.md', 'A/B/b.md', 'A/a.md', 'Z/Y/z.md', 'top.md']);
  });
});
