/**
 * A cursor as it was stored; what is not understood is no cursor, so that everything is looked at.
 * @param start the cursor a source begins with, which has all fields
 * @param isId whether something is an id of what is to be read again
 */
export function parseCursorOf<Cursor extends { readonly retry: readonly unknown[] }>(
  start: Cursor,
  cursor: string | undefined,
  isId: (id: unknown) => boolean,
): Cursor {
  let value: unknown;
  try {
    value = JSON.parse(cursor ?? 'null');
  } catch {
    // A cursor of another release.
    return start;
  }
  if (typeof value !== 'object' || value === null) return start;
  const isSame = (name: keyof Cursor): boolean => typeof (value as Partial<Cursor>)[name] === typeof start[name];
  const { retry } = value as { retry?: unknown };
  const isWhole = (Object.keys(start) as (keyof Cursor)[]).every(isSame);
  return isWhole && Array.isArray(retry) && retry.every(isId) ? (value as Cursor) : start;
}
