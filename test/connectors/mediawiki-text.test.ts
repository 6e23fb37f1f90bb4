import { describe, expect, it } from 'vitest';
import { accountOf, rolesOf } from '../../subgraphs/documents/connectors/mediawiki/accounts.ts';
import { wikitextToText } from '../../subgraphs/documents/connectors/mediawiki/wikitext.ts';

describe('user names of MediaWiki', () => {
  it.each([
    ['Amara.okafor', 'amara.okafor', 'Amara.okafor'],
    ['Li wei', 'li_wei', 'Li wei'],
    ['Li_wei', 'li_wei', 'Li wei'],
    ['Åsa', 'åsa', 'Åsa'],
    ['imported>Zoë', 'zoë', 'Zoë'],
  ])('%s links as %s', (user, handle, name) => expect(accountOf(user)).toEqual({ handle, name }));

  it.each(['192.0.2.1', '2001:DB8:0:0:0:0:0:1', '~2026-12', 'Maintenance script', 'MediaWiki default', ''])(
    '%s is nobody',
    (user) => expect(accountOf(user)).toBeUndefined(),
  );

  it('gives everybody one role', () => {
    const roles = rolesOf('Ann', ['Bo', 'Ann', '192.0.2.1']).map(({ account, role }) => `${account.handle} ${role}`);
    expect(roles).toEqual(['ann AUTHOR', 'bo EDITOR']);
    expect(rolesOf(undefined, ['Ann']).map(({ role }) => role)).toEqual(['EDITOR']);
  });
});

describe('wikitext as text', () => {
  it.each([
    ["'''Bold''' and ''slanted''", 'Bold and slanted'],
    ['== Title ==\ntext', 'Title\ntext'],
    ['* one\n** two\n# three', 'one\ntwo\nthree'],
    ['[[Page]], [[Page|label]], [[:Category:X]]', 'Page, label, Category:X'],
    ['a [[Category:X]][[de:Seite]]b', 'a b'],
    ['[[File:a.png|thumb|A [[Page|picture]]]]', 'A picture'],
    ['[https://x.example words] [https://y.example]', 'words https://y.example'],
    ['a{{T|x={{U|{{V}}}}}} b<!-- c --> d<ref name="x">e</ref><ref name="x"/>', 'a b d'],
    [
      '{| class="wikitable"\n|+ Hosts\n! Name !! Port\n|-\n| style="x" | db-1 || 5432\n|}',
      'Hosts\nName Port\ndb-1 5432',
    ],
    ['a<br>b <span style="x">c</span> &amp; &lt;d&gt;', 'a\nb c & <d>'],
    ['{{never closed [[never', '{{never closed [[never'],
  ])('%s', (wikitext, text) => expect(wikitextToText(wikitext)).toBe(text));

  it.each(['<ref>', '[[', '{{', '[http://a ', '=', '| a=', '<!--', "'", '[[a|', '<a '])(
    'takes no time over a million of %s',
    (part) => {
      const start = performance.now();
      wikitextToText(part.repeat(1_000_000 / part.length));
      expect(performance.now() - start).toBeLessThan(5_000);
    },
  );
});
