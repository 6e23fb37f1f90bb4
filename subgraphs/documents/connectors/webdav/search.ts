import type { Call } from '../../../kit/connector.ts';
import type { DavClient } from './client.ts';
import type { Entry } from './entries.ts';

const PAGE = 200;

/** More than this is no small change: the walk that follows is as good. */
const MAX_PAGES = 50;

/**
 * Files modified since, oldest first, as a server with SEARCH (RFC 5323) finds them. What was moved, uploaded with an
 * old date or taken away is not among them.
 *
 * Pages go on from the last date and not by number: what is modified meanwhile moves to the end, and would push others
 * over the edge of a page.
 */
export async function* modifiedSince(client: DavClient, since: number, call: Call): AsyncGenerator<Entry> {
  const seen = new Set<string>();
  let from = since;
  let offset = 0;
  for (let page = 0; page < MAX_PAGES; page++) {
    const found = await client.search((props, scope) => query(props, scope, from, offset), call);
    if (found === undefined) return;
    for (const entry of found.entries) {
      if (seen.has(entry.path)) continue;
      seen.add(entry.path);
      if (!entry.isFolder) yield entry;
    }
    if (found.count < PAGE) return;
    const last = Math.floor(Date.parse(found.entries.at(-1)?.modified ?? '') / 1000);
    // A whole page of one second: only then by number.
    if (last > from) [from, offset] = [last, 0];
    else offset += PAGE;
  }
}

/** Dates are seconds since 1970 to Nextcloud; the offset is of a namespace of its own. */
function query(props: string, scope: string, from: number, offset: number): string {
  const modified = '<d:prop><d:getlastmodified/></d:prop>';
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<d:searchrequest xmlns:d="DAV:" xmlns:s="https://github.com/icewind1991/SearchDAV/ns"><d:basicsearch>' +
    `<d:select><d:prop>${props}</d:prop></d:select>` +
    `<d:from><d:scope><d:href>${scope}</d:href><d:depth>infinity</d:depth></d:scope></d:from>` +
    `<d:where><d:gte>${modified}<d:literal>${from}</d:literal></d:gte></d:where>` +
    `<d:orderby><d:order>${modified}<d:ascending/></d:order></d:orderby>` +
    `<d:limit><d:nresults>${PAGE}</d:nresults><s:firstresult>${offset}</s:firstresult></d:limit>` +
    '</d:basicsearch></d:searchrequest>'
  );
}
