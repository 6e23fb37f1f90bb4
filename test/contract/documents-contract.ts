import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentItem } from '../../subgraphs/documents/connector.ts';
import type { Connector } from '../../subgraphs/kit/connector.ts';
import { MemoryStore } from './connector-contract.ts';

/** Whom a page is for: everybody, the group `staff`, or the account `bo`. */
export type Audience = 'all' | 'staff' | 'bo';

/** A tool with pages, as its people use it. */
export interface DocumentStage extends AsyncDisposable {
  open(): Promise<Connector<DocumentItem>>;
  /** Writes a page with the subject's markup; its title is its name. */
  put(name: string, audience: Audience, author: string): Promise<void>;
  /** Gives it another name, and changes nothing of whom it is for. */
  move(from: string, to: string): Promise<void>;
  /** Changes whom it is for, in the tool's own way, and nothing else. */
  admit(name: string, audience: Audience): Promise<void>;
  remove(name: string): Promise<void>;
}

/** How a documents connector is put to the contract of its area. */
export interface DocumentSubject {
  readonly name: string;
  stage(): Promise<DocumentStage>;
  /** Whether a moved page stays the same item. */
  readonly keepsKey: boolean;
  /** Whether the tool lets an author read, whomever else a page is for. */
  readonly authorReads: boolean;
}

/** The people of the matrix, with their groups. */
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  ann: ['staff', 'everybody'],
  bo: ['board', 'everybody'],
  cy: ['everybody'],
  dora: ['everybody'],
};
const AUTHOR = 'dora';

/** What the text of a page says once its markup is gone. */
export const SAID = ['A part', 'Some bold and slanted words & a link.', 'first', 'second', 'a < b'];

/** The same as SAID in Markdown, for tools that keep files. */
export const MARKDOWN = `## A part

Some **bold** and _slanted_ <b>words</b> & a [link](https://x.example/ "its title").

- first
- second

\`\`\`
a < b
\`\`\`
`;

/** The same in wikitext. */
export const WIKITEXT = `== A part ==
Some '''bold''' and ''slanted'' <b>words</b> & a [https://x.example/ link].
* first
* second
<pre>a &lt; b</pre>
<!-- unsaid -->`;

const MARKUP = /[*_`]{2,}|'{2,}|={2,}|^#|^[*-] {2}|\]\(|\[https?:|<\/?[a-z]|&[a-z]+;|<!--|unsaid|its title/m;

/** What every documents connector has to see of what people do: who may read what, before and after. */
export function documentsContract(subject: DocumentSubject): void {
  describe(`documents contract: ${subject.name}`, () => {
    let stage: DocumentStage;
    let store: MemoryStore<DocumentItem>;
    beforeEach(async () => {
      stage = await subject.stage();
      store = new MemoryStore();
      await stage.put('Alpha', 'all', AUTHOR);
      await stage.put('Beta', 'staff', AUTHOR);
      await stage.put('Gamma', 'bo', AUTHOR);
    });
    afterEach(() => stage[Symbol.asyncDispose]());

    /** Who sees what: by title, those people whom one of its readers fits. */
    const matrix = (): Record<string, string[]> =>
      Object.fromEntries(
        [...store.items.values()].map((item) => [
          item.title,
          Object.entries(PEOPLE)
            .filter(([person, groups]) =>
              item.readers.some(
                (reader) =>
                  reader === 'everyone' ||
                  reader === `person:${person}` ||
                  groups.some((group) => reader === `group:${group}`),
              ),
            )
            .map(([person]) => person),
        ]),
      );
    const author = subject.authorReads ? [AUTHOR] : [];
    const ALL = Object.keys(PEOPLE);
    const STAFF = ['ann', ...author];
    const BO = ['bo', ...author];
    const keyOf = (title: string): string | undefined =>
      [...store.items.values()].find((item) => item.title === title)?.key;

    it('knows of each page whom it is for, who wrote it, and its text without markup', async () => {
      await store.run(await stage.open());
      expect(matrix()).toEqual({ Alpha: ALL, Beta: STAFF, Gamma: BO });
      for (const item of store.items.values()) {
        expect(item.accounts).toMatchObject([{ account: { handle: AUTHOR }, role: 'AUTHOR' }]);
        for (const words of SAID) expect(item.body).toContain(words);
        expect(item.body.replace('a < b', '')).not.toMatch(MARKUP);
        expect(item.links).toContain('https://x.example/');
      }
      expect(store.problems).toEqual([]);
    });

    it('sees at the next run that a page is for fewer, and for more again', async () => {
      const connector = await stage.open();
      await store.run(connector);
      const key = keyOf('Alpha');
      await stage.admit('Alpha', 'bo');
      await store.run(connector);
      expect(matrix()).toEqual({ Alpha: BO, Beta: STAFF, Gamma: BO });
      await stage.admit('Alpha', 'staff');
      await stage.admit('Gamma', 'all');
      await store.run(connector);
      expect(matrix()).toEqual({ Alpha: STAFF, Beta: STAFF, Gamma: ALL });
      await stage.admit('Alpha', 'all');
      await store.run(connector);
      expect(matrix()).toEqual({ Alpha: ALL, Beta: STAFF, Gamma: ALL });
      expect(keyOf('Alpha')).toBe(key);
    });

    it('sees at the next run that a page was moved, with whom it is for, and that it is gone', async () => {
      const connector = await stage.open();
      await store.run(connector);
      const key = keyOf('Beta');
      await stage.move('Beta', 'Delta');
      await store.run(connector);
      expect(matrix()).toEqual({ Alpha: ALL, Delta: STAFF, Gamma: BO });
      expect(keyOf('Delta') === key).toBe(subject.keepsKey);
      await stage.remove('Gamma');
      await stage.move('Delta', 'Beta');
      await stage.admit('Beta', 'bo');
      await store.run(connector);
      expect(matrix()).toEqual({ Alpha: ALL, Beta: BO });
      expect(keyOf('Beta')).toBe(key);
    });

    it('comes to the same after a start as without one', async () => {
      await store.run(await stage.open());
      await stage.admit('Alpha', 'bo');
      await stage.move('Beta', 'Delta');
      await stage.remove('Gamma');
      await store.run(await stage.open());
      expect(matrix()).toEqual({ Alpha: BO, Delta: STAFF });
    });
  });
}
