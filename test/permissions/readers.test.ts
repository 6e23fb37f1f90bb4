import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

/** Readers in all the forms in which tools and files say them. */
describe('readers', () => {
  let sample: SampleApp;
  let company = '';
  const page = (name: string, readers: string[]) =>
    writeFile(
      join(company, 'documents', 'it', `${name}.md`),
      `---\ntitle: ${name}\nreaders: ${JSON.stringify(readers)}\n---\nAbout zugzwang.\n`,
    );

  beforeAll(async () => {
    sample = await sampleApp(async (dir) => {
      company = dir;
      await page('for-the-guild', ['group:Security-Guild']);
      await page('for-amelie', ['person:AMELIE.DURAND@kestrel.example']);
      await page('for-jose-by-name', ['person:jose.ferreira']);
      await page('for-an-unknown', ['person:no.body@kestrel.example', 'group:no-such-group']);
      await mkdir(join(dir, 'documents', 'closed', 'inner'), { recursive: true });
      await writeFile(join(dir, 'documents', 'closed', '.readers'), 'group:legal\n');
      await writeFile(
        join(dir, 'documents', 'closed', 'inner', 'page.md'),
        '---\ntitle: inner\n---\nAbout zugzwang.\n',
      );
      const nested = [
        '',
        'dn: cn=outer,ou=groups,dc=kestrel,dc=example',
        'objectClass: groupOfNames',
        'cn: outer',
        'member: cn=security-guild,ou=groups,dc=kestrel,dc=example',
        'member: cn=outer,ou=groups,dc=kestrel,dc=example',
        '',
      ].join('\n');
      await writeFile(join(dir, 'people.ldif'), `${await readFile(join(dir, 'people.ldif'), 'utf8')}${nested}`);
      await page('for-the-outer-group', ['group:outer']);
    });
  });
  afterAll(() => sample.close());

  async function titlesFor(viewer?: string): Promise<string[]> {
    const { documents } = await sample.ask<{ documents: { edges: { node: { title: string } }[] } }>({
      query: '{ documents(filter: { text: "zugzwang" }, first: 50) { edges { node { title } } } }',
      viewer,
    });
    return documents.edges.map(({ node }) => node.title).toSorted();
  }

  it('are everyone only where it says so', async () => {
    expect(await titlesFor()).toEqual([]);
    expect(await titlesFor('marcus.hill')).toEqual([]);
  });

  it('are groups by name, in any case, and groups inside groups', async () => {
    const amelie = await titlesFor('amelie.durand');
    expect(amelie).toContain('for-the-guild');
    expect(amelie).toContain('for-the-outer-group');
  });

  it('are persons by mail address or user name', async () => {
    expect(await titlesFor('amelie.durand')).toContain('for-amelie');
    const jose = await titlesFor('jose.ferreira');
    expect(jose).toContain('for-jose-by-name');
    expect(jose).not.toContain('for-amelie');
  });

  it('are those of the folder, for all below it', async () => {
    expect(await titlesFor('sanne.devries')).toEqual(['inner']);
  });

  it('change with the next sync: readers of an item, and members of a group', async () => {
    await page('for-amelie', ['person:jose.ferreira']);
    const ldif = join(company, 'people.ldif');
    const member = 'member: uid=amelie.durand,ou=people,dc=kestrel,dc=example';
    const text = await readFile(ldif, 'utf8');
    const [before = '', after = ''] = text.split('cn: security-guild');
    await writeFile(ldif, `${before}cn: security-guild${after.replace(`${member}\n`, '')}`);
    await sample.sync();
    expect(await titlesFor('jose.ferreira')).toContain('for-amelie');
    // Who is in which group is taken for granted for some seconds: a new gateway asks anew.
    const { createApp } = await import('../../gateway/app.ts');
    const app = await createApp(sample.config);
    const { data } = await app.ask({
      query: '{ documents(filter: { text: "zugzwang" }, first: 50) { edges { node { title } } } }',
      viewer: 'amelie.durand',
    });
    await app.close();
    expect(JSON.parse(JSON.stringify(data))).toEqual({ documents: { edges: [] } });
  });
});
