/** Where a walk goes on. */
export interface DavCursor {
  /** The path of the last file handed over by a walk that has not ended. */
  readonly after?: string | undefined;
  /** A folder could not be looked into. */
  readonly unseen: boolean;
  /** There were files. */
  readonly had: boolean;
  /** The state of the server that the last walk saw, where it has one, and when everything was last listed. */
  readonly still?: string | undefined;
  readonly stillAt?: number | undefined;
  /** What was modified before this, in the server's seconds since 1970, is handed over. */
  readonly since?: number | undefined;
}

/** A cursor as the store keeps it. */
export function cursorOf(cursor: DavCursor): string {
  return JSON.stringify(cursor);
}

/** What is not understood is no cursor: everything is looked at. */
export function parseCursor(cursor: string | undefined): DavCursor & { readonly stillAt: number } {
  const value = parsed(cursor);
  const text = (field: unknown): string | undefined => (typeof field === 'string' ? field : undefined);
  return {
    after: text(value?.after),
    unseen: value?.unseen === true,
    had: value?.had === true,
    still: text(value?.still),
    stillAt: typeof value?.stillAt === 'number' ? value.stillAt : 0,
    since: Number.isSafeInteger(value?.since) ? (value?.since as number) : undefined,
  };
}

function parsed(cursor: string | undefined): Partial<Record<keyof DavCursor, unknown>> | null {
  try {
    return JSON.parse(cursor ?? 'null') as Partial<Record<keyof DavCursor, unknown>> | null;
  } catch {
    // A cursor of another release.
    return null;
  }
}
