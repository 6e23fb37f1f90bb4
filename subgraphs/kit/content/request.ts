import DataLoader from 'dataloader';
import { decodeId } from '../ids.ts';
import type { Confirmed } from '../live/confirmation.ts';
import { toQuestion, type Question } from '../search/question.ts';
import type { Found, Hits } from '../search/searcher.ts';
import type { SqlValue } from '../store/database.ts';
import { decodeTopic } from '../topic.ts';
import type { Viewer } from '../viewer.ts';
import type { Condition, ContentReader, Readable } from './reader.ts';
import { SELECT_ACCOUNTS, type AccountRow, type ItemRow } from './rows.ts';
import { sharedWorkOf, type SharedWork } from './shared-work.ts';
import { normalUrl } from './urls.ts';

/** What was found for a topic: all of it, best first. */
export interface TopicHits extends Found {
  readonly question: Question;
}

/**
 * One request to a store of documents or conversations, in the name of one viewer: what they may read, and loaders
 * that turn the many small questions of a GraphQL operation into few to the store.
 */
export class ContentRequest<Row extends ItemRow> {
  readonly reader: ContentReader;
  readonly viewer: Viewer;
  readonly readable: Readable;
  /** What of the removed items the viewer may be told. */
  readonly removals: Readable;
  /** Sources whose restricted items are left out: nobody could say whether the viewer may still read them. */
  readonly unconfirmed: ReadonlySet<string>;
  readonly #columns: string;
  readonly #type: string;
  readonly #topics = new Map<string, TopicHits>();

  /** @param confirmed what the viewer may read now */
  constructor(
    reader: ContentReader,
    area: { readonly type: string; readonly columns: string },
    viewer: Viewer,
    confirmed: Confirmed,
  ) {
    this.reader = reader;
    this.viewer = viewer;
    this.readable = confirmed.readable;
    this.removals = confirmed.removals;
    this.unconfirmed = new Set(confirmed.unconfirmed);
    this.#columns = area.columns;
    this.#type = area.type;
  }

  /** Items by their number. */
  readonly item = new DataLoader<number, Row | undefined>(async (ids) =>
    this.reader.rows.items<Row>(this.#columns, ids, this.readable),
  );

  /** Items by global id; undefined for what is not there, or not to be read, or no id of this area. */
  readonly byId = new DataLoader<string, Row | undefined>(async (ids) => {
    const names = ids.map((id) => {
      const parts = decodeId(id);
      return parts?.type === this.#type ? parts : undefined;
    });
    return this.reader.rows.itemsNamed<Row>(this.#columns, names, this.readable);
  });

  /** Items by their address. */
  readonly byUrl = new DataLoader<string, Row | undefined>(async (urls) => {
    const keys = urls.map((url) => normalUrl(url) ?? '');
    const rows = this.#all<Row>(
      `SELECT ${this.#columns} FROM item i
       WHERE i.url_key IN (SELECT value FROM json_each(?)) AND i.acl IN (SELECT value FROM json_each(?))`,
      JSON.stringify(keys),
      this.readable.json,
    );
    const found = new Map(rows.map((row) => [normalUrl(row.url ?? '') ?? '', row]));
    return keys.map((key) => found.get(key));
  });

  /** Texts by item. Ask only for items that came out of another loader or list: those may be read. */
  readonly body = new DataLoader<number, string>(async (ids) => {
    const rows = this.#all<{ id: number; body: string }>(
      'SELECT id, body FROM item WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    const bodies = new Map(rows.map(({ id, body }) => [id, body]));
    return ids.map((id) => bodies.get(id) ?? '');
  });

  /** Accounts by their number. */
  readonly account = new DataLoader<number, AccountRow | undefined>(async (ids) => this.reader.rows.accounts(ids));

  /** Accounts by person. */
  readonly accountsOf = new DataLoader<string, readonly AccountRow[]>(async (people) => {
    const rows = this.#all<AccountRow>(
      `${SELECT_ACCOUNTS} WHERE a.person IN (SELECT value FROM json_each(?))
         AND EXISTS (SELECT 1 FROM account_items n WHERE n.account = a.id AND n.items > 0
           AND n.acl IN (SELECT value FROM json_each(?)))
       ORDER BY a.source, a.handle`,
      JSON.stringify(people),
      this.readable.json,
    );
    const accounts = Map.groupBy(rows, (row) => row.person ?? '');
    return people.map((person) => accounts.get(person) ?? []);
  });

  /** Who has a part in an item, with the part, in the order to be shown. */
  readonly participants = new DataLoader<number, readonly (AccountRow & { readonly role: string })[]>(async (ids) => {
    const rows = this.#all<AccountRow & { role: string; item: number }>(
      `${SELECT_ACCOUNTS.replace('SELECT', 'SELECT p.item, p.role,')} JOIN participation p ON p.account = a.id
       WHERE p.item IN (SELECT value FROM json_each(?)) ORDER BY p.item, p.rank`,
      JSON.stringify(ids),
    );
    const byItem = Map.groupBy(rows, (row) => row.item);
    return ids.map((id) => byItem.get(id) ?? []);
  });

  /** Whom a person shares items with. */
  readonly sharedWork = new DataLoader<string, readonly SharedWork[]>(async (people) => {
    const found = sharedWorkOf(this.reader, this.readable, people);
    return people.map((person) => found.get(person) ?? []);
  });

  /** Tags by item. */
  readonly tags = new DataLoader<number, readonly string[]>(async (ids) => this.reader.rows.tags(ids, this.readable));

  /** Addresses linked to, by item. */
  readonly links = new DataLoader<number, readonly string[]>(async (ids) => {
    const rows = this.#all<{ item: number; url: string }>(
      'SELECT item, url FROM link WHERE item IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    const byItem = Map.groupBy(rows, (row) => row.item);
    return ids.map((id) => (byItem.get(id) ?? []).map(({ url }) => url));
  });

  /** What was found for a topic, in the viewer's eyes; searched once a request. */
  topic(id: string): TopicHits {
    let found = this.#topics.get(id);
    if (!found) {
      const topic = decodeTopic(id);
      const question = toQuestion(topic.query, topic.synonyms);
      const since = topic.since === undefined ? undefined : Math.floor(Date.parse(topic.since) / 1_000);
      const all = this.reader.search(question, this.readable, since);
      found = { question, ...all };
      if (topic.group !== undefined) found = { ...found, hits: this.#ofGroup(all.hits, topic.group) };
      this.#topics.set(id, found);
    }
    return found;
  }

  /** What was found for words in a filter. */
  text(words: string): TopicHits {
    const question = toQuestion(words);
    return { question, ...this.reader.search(question, this.readable) };
  }

  /** Of what was found, the items that fulfil all conditions. */
  narrowed(found: TopicHits, conditions: readonly Condition[]): TopicHits {
    if (conditions.length === 0) return found;
    const ids = this.reader.idsWhere(conditions, this.readable);
    return { ...found, hits: found.hits.filter((hit) => ids.has(hit.item)) };
  }

  #ofGroup(hits: Hits, group: string): Hits {
    const ids = this.reader.idsWhere([takenPartByGroup(group)], this.readable);
    return hits.filter((hit) => ids.has(hit.item));
  }

  #all<Result>(sql: string, ...values: SqlValue[]): Result[] {
    return this.reader.db.all<Result>(sql, ...values);
  }
}

/** Items in which somebody of the group has a part. */
export function takenPartByGroup(group: string): Condition {
  return {
    sql: `i.id IN (SELECT p.item FROM identity_group g JOIN account a ON a.person = g.person
          JOIN participation p ON p.account = a.id WHERE g."group" = ? AND p.role <> 'MENTIONED')`,
    values: [group],
  };
}
