/** An item as the store has it, without its text. */
export interface ItemRow {
  readonly id: number;
  readonly source: string;
  readonly key: string;
  readonly url: string | null;
  readonly title: string;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly author: number | null;
}

/** The columns of `ItemRow`. */
export const ITEM_COLUMNS = 'i.id, i.source, i.key, i.url, i.title, i.created_at, i.updated_at, i.author';

/** An account with the name to show: the tool's, else the directory's, else the handle. */
export interface AccountRow {
  readonly id: number;
  readonly source: string;
  readonly handle: string;
  readonly name: string;
  readonly person: string | null;
  readonly reputation: number | null;
  readonly last_seen_at: string | null;
}

/** Selects accounts `a` as `AccountRow`. */
export const SELECT_ACCOUNTS = `SELECT a.id, a.source, a.handle, coalesce(a.name, d.name, a.handle) AS name, a.person,
    a.reputation, a.last_seen_at
  FROM account a LEFT JOIN identity d ON d.person = a.person`;
