import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ContentArea } from '../../subgraphs/kit/content/area.ts';
import type { ContentItem } from '../../subgraphs/kit/content/item.ts';
import type { ConnectorKind } from '../../subgraphs/kit/connector.ts';
import { MemoryStore, openWith } from './connector-contract.ts';
import { checkItem } from './item-rules.ts';
import { RealStore } from './real-store.ts';
import {
  BY_AUTHOR,
  BY_READERS,
  MARKUP,
  MARKUP_SAYS,
  PEOPLE,
  seed,
  VIEWERS,
  type Ability,
  type Cannot,
  type ContentSeed,
} from './seeds.ts';

/** How a connector of documents or conversations is put to the contract of its area. */
export interface ContentSubject<Item extends ContentItem> {
  readonly kind: ConnectorKind<Item>;
  readonly area: ContentArea<Item>;
  /** Makes the tool hold these and no others; what is as it was is left alone. */
  write(folder: string, seeds: readonly ContentSeed[]): Promise<void>;
  options(folder: string): object;
  /** Of the tool: the items' addresses begin with it. */
  origin?(folder: string): string;
  /** Readers that fit a tool's every item: those of `everyone`, or the only ones it can have. */
  readonly readers: readonly string[];
  readonly markup: keyof typeof MARKUP;
  /** A place or name of its own that the tool can give an item, without it becoming another. */
  move?(folder: string, from: ContentSeed, to: ContentSeed): Promise<void>;
  readonly cannot: Cannot;
}

/** What all connectors of documents and conversations have to do alike, on the area's own store. */
export function contentContract<Item extends ContentItem>(subject: ContentSubject<Item>): void {
  const { kind, area, cannot } = subject;
  const folders: string[] = [];
  const stores: RealStore<Item>[] = [];
  afterAll(async () => {
    for (const store of stores) await store[Symbol.asyncDispose]();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  const can = (ability: Ability): boolean => cannot[ability] === undefined;
  /** A test that is left out, with the reason in its name, where the tool lacks what it is about. */
  const itCan = (ability: Ability, name: string, test: () => Promise<void>): void =>
    cannot[ability] === undefined ? it(name, test) : it.skip(`${name} (${cannot[ability]})`, test);
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'atrium-'));
    folders.push(folder);
    return folder;
  };
  const newStore = async (): Promise<RealStore<Item>> => {
    const store = await RealStore.open(area, PEOPLE);
    stores.push(store);
    return store;
  };

  const byAuthor = BY_AUTHOR.filter(({ ability }) => can(ability)).map((one) => ({ ...one, readers: subject.readers }));
  const marked: ContentSeed = {
    ...seed('marked', 'With markup', subject.readers),
    raw: MARKUP[subject.markup].raw,
  };
  const seeds = [...BY_READERS.filter(({ ability }) => can(ability)), ...byAuthor, ...(can('markup') ? [marked] : [])];

  /** The tool with all seeds, read once into both stores. */
  interface World {
    readonly folder: string;
    readonly store: RealStore<Item>;
    readonly memory: MemoryStore<Item>;
  }
  let made: Promise<World> | undefined;
  const world = (): Promise<World> =>
    (made ??= (async () => {
      const folder = await newFolder();
      await subject.write(folder, seeds);
      const [store, memory] = [await newStore(), new MemoryStore<Item>()];
      const connector = await openWith(kind, subject.options(folder), folder);
      await store.sync(connector);
      await memory.run(connector);
      await connector.close();
      return { folder, store, memory };
    })());

  describe(`content contract: ${kind.name}`, () => {
    for (const { ability, title, seenBy } of BY_READERS) {
      itCan(ability, `what is for ${ability} is read by exactly those`, async () => {
        const { store } = await world();
        const seeing = Object.entries(VIEWERS).filter(([, viewer]) => store.seenBy(viewer).includes(title));
        expect(seeing.map(([name]) => name)).toEqual(seenBy);
      });
    }

    for (const { ability, title, owner } of BY_AUTHOR) {
      itCan(ability, `an account is linked by ${ability}`, async () => {
        const { store } = await world();
        expect(store.bodies().has(title)).toBe(true);
        expect(store.ownerOf(title)).toBe(owner);
      });
    }

    itCan('markup', 'texts are without markup and script, and links are kept', async () => {
      const item = [...(await world()).memory.items.values()].find(({ title }) => title === marked.title);
      expect(item?.body).toContain(MARKUP_SAYS.text);
      expect(item?.body).not.toMatch(MARKUP[subject.markup].never);
      expect(item?.links).toContain(MARKUP_SAYS.link);
      expect(item?.links.filter((link) => !/^https?:/.test(link))).toEqual([]);
    });

    it('items keep the rules that the stores rely on', async () => {
      const { folder, memory } = await world();
      const upserts = memory.batches.flatMap((batch) => batch.upserts);
      expect(new Set(upserts.map(({ key }) => key)).size).toBe(upserts.length);
      for (const item of upserts) checkItem(item, can('addresses') ? subject.origin?.(folder) : undefined);
    });

    const [one, two] = [
      seed('first', 'The first one', subject.readers),
      seed('second', 'The second one', subject.readers),
    ];
    const expectHeld = (store: RealStore<Item>, held: readonly ContentSeed[], step: string): void => {
      const bodies = store.bodies();
      for (const { title, body } of held) expect(bodies.get(title), `${step}: ${title}`).toBe(body);
    };
    /** Begins with two items, and looks at the store after each change to the tool. */
    const changing = async (
      steps: readonly (readonly [name: string, held: readonly ContentSeed[]])[],
      check: (store: RealStore<Item>, step: string, held: readonly ContentSeed[]) => void,
    ): Promise<void> => {
      const folder = await newFolder();
      const store = await newStore();
      await subject.write(folder, steps[0]?.[1] ?? []);
      const connector = await openWith(kind, subject.options(folder), folder);
      for (const [name, held] of steps) {
        await subject.write(folder, held);
        await store.sync(connector);
        expectHeld(store, held, name);
        check(store, name, held);
      }
      await connector.close();
    };
    it('what is created, edited and deleted shows with the next run', async () => {
      const three = seed('third', 'The third one', subject.readers);
      const edited = { ...one, body: 'Something else altogether.' };
      let size = 0;
      await changing(
        [
          ['at first', [one, two]],
          ['created', [one, two, three]],
          ['edited', [edited, two, three]],
          ['deleted', [edited, three]],
          ['back again', [edited, two, three]],
        ],
        (store, step, held) => {
          const titles = [...store.bodies().keys()];
          // A wiki is born with a page of its own.
          size = step === 'at first' ? titles.length - held.length : size;
          expect(titles, step).toHaveLength(held.length + size);
        },
      );
    });

    itCan('narrower readers', 'readers that become fewer or more count from the next run on', async () => {
      const [wide, narrow] = BY_READERS as readonly [(typeof BY_READERS)[number], (typeof BY_READERS)[number]];
      const restricted = { ...wide, readers: narrow.readers };
      await changing(
        [
          ['open', [wide, two]],
          ['restricted', [restricted, two]],
          ['open again', [wide, two]],
        ],
        (store, step) => {
          const expected = step === 'restricted' ? narrow.seenBy : wide.seenBy;
          const seeing = Object.entries(VIEWERS).filter(([, viewer]) => store.seenBy(viewer).includes(wide.title));
          expect(
            seeing.map(([name]) => name),
            step,
          ).toEqual(expected);
        },
      );
    });

    itCan('moves', 'what is moved is in its new place alone', async () => {
      const moved = { ...one, id: 'moved', title: 'Moved elsewhere' };
      const folder = await newFolder();
      const store = await newStore();
      await subject.write(folder, [one, two]);
      const connector = await openWith(kind, subject.options(folder), folder);
      await store.sync(connector);
      const count = store.bodies().size;
      if (subject.move === undefined) await subject.write(folder, [moved, two]);
      else await subject.move(folder, one, moved);
      await store.sync(connector);
      expectHeld(store, [moved, two], 'moved');
      expect(store.bodies().has(one.title)).toBe(false);
      expect(store.bodies().size).toBe(count);
      await connector.close();
    });
  });
}
