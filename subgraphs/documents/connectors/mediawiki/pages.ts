import { z } from 'zod';
import type { Call, Problem } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { toIso } from '../../../kit/text/dates.ts';
import { fingerprint } from '../../../kit/text/files.ts';
import { readHtml } from '../../../kit/text/html.ts';
import { addressesIn, cleanLine, webAddress } from '../../../kit/text/plain.ts';
import type { DocumentItem } from '../../connector.ts';
import { rolesOf } from './accounts.ts';
import { pagesOf, type WikiPage } from './query.ts';
import type { Space } from './readers.ts';
import { WikiError, type Params, type WikiSession } from './session.ts';
import { wikitextToText } from './wikitext.ts';

/** What has to be asked of pages before anything else: whether they may be read at all, and what they are. */
export const LOOK: Params = { prop: 'info', inprop: 'url', intestactions: 'read' };

/** Programs and data that live in pages too. */
const NO_TEXT = new Set(['javascript', 'css', 'sanitized-css', 'json', 'Scribunto', 'GadgetDefinition']);

/** Errors that speak of one page: it went while it was read, or another account alone may read it. */
const GONE = new Set(['missingtitle', 'nosuchpageid', 'nosuchrevid']);

/** Pages rendered at once: PHP takes most of the time, and four are what a small wiki has workers for. */
const AT_ONCE = 4;

/** What reading a page came to: the document; nothing, as there is none for us; or trouble, with the old one kept. */
export type Outcome = { readonly item: DocumentItem } | 'gone' | { readonly problem: Problem };

const Parsed = z.looseObject({ parse: z.looseObject({ text: z.string() }) });

const Content = z.looseObject({
  query: z.looseObject({
    pages: z.array(
      z.looseObject({
        revisions: z
          .array(z.looseObject({ slots: z.looseObject({ main: z.looseObject({ content: z.string().optional() }) }) }))
          .optional(),
      }),
    ),
  }),
});

/** What pages are read with. */
export interface PagesOptions {
  readonly session: WikiSession;
  readonly spaces: readonly Space[];
  readonly settings: string;
  readonly maxBytes: number;
}

/** Makes documents of pages. */
export class WikiPages {
  readonly #options: PagesOptions;
  readonly #spaces: ReadonlyMap<number, Space>;

  constructor(options: PagesOptions) {
    this.#options = options;
    this.#spaces = new Map(options.spaces.map((space) => [space.id, space]));
  }

  /** The version of a page that is a document for us; undefined for one that is none, or that we may not read. */
  versionOf(page: WikiPage): string | undefined {
    const space = this.#spaces.get(page.ns);
    if (space === undefined || page.pageid === undefined || page.missing === true || page.redirect === true)
      return undefined;
    if (page.actions?.read !== true || NO_TEXT.has(page.contentmodel ?? '')) return undefined;
    // A template's edit changes the pages that show it, which then are `touched` without a new revision.
    const state = `${page.lastrevid} ${page.touched} ${page.title}`;
    return fingerprint(this.#options.settings, state, space.name, ...space.readers);
  }

  /** Reads pages that `versionOf` has a version for, by their ids; at most 50. */
  async read(pages: readonly WikiPage[], call: Call): Promise<ReadonlyMap<number, Outcome>> {
    const outcomes = new Map<number, Outcome>();
    if (pages.length === 0) return outcomes;
    const details = new Map<number, WikiPage>();
    const params = {
      pageids: pages.map(({ pageid }) => pageid).join('|'),
      prop: 'categories|contributors|revisions',
      clshow: '!hidden',
      cllimit: 'max',
      pcexcludegroup: 'bot',
      pclimit: 'max',
      rvprop: 'user|timestamp',
    };
    for await (const batch of pagesOf(this.#options.session, params, call))
      for (const page of batch.pages) if (page.pageid !== undefined) details.set(page.pageid, page);

    // When one fails, the run does: the others' requests are of no use then.
    const end = new AbortController();
    const inner: Call = { signal: AbortSignal.any([call.signal, end.signal]) };
    const queue = pages.values();
    const worker = async (): Promise<void> => {
      for (const page of queue) {
        const id = page.pageid ?? 0;
        outcomes.set(id, await this.#readOne(page, details.get(id), inner));
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } finally {
      end.abort();
    }
    return outcomes;
  }

  async #readOne(page: WikiPage, more: WikiPage | undefined, call: Call): Promise<Outcome> {
    const { session, maxBytes } = this.#options;
    const space = this.#spaces.get(page.ns);
    const version = this.versionOf(page);
    if (space === undefined || version === undefined || more === undefined || more.missing === true) return 'gone';
    if ((page.length ?? 0) > maxBytes)
      return { problem: { place: page.title, reason: `larger than maxBytes (${maxBytes}); the page is left out` } };
    const url = page.fullurl === undefined ? undefined : webAddress(page.fullurl);
    try {
      const last = more.revisions?.[0];
      const [text, first] = await Promise.all([
        this.#textOf(page, url, call),
        page.new === true ? last : firstRevision(session, page, call),
      ]);
      if ('problem' in text) return text;
      const creator = first?.anon === true ? undefined : first?.user;
      const createdAt = toIso(first?.timestamp);
      const updatedAt = toIso(last?.timestamp) ?? createdAt;
      return {
        item: {
          key: String(page.pageid),
          version,
          ...(url === undefined ? {} : { url }),
          title: withoutNamespace(page),
          body: text.body,
          ...(createdAt === undefined ? {} : { createdAt }),
          ...(updatedAt === undefined ? {} : { updatedAt }),
          tags: (more.categories ?? []).map(({ title }) => cleanLine(title.slice(title.indexOf(':') + 1))),
          links: text.links,
          readers: space.readers,
          space: space.name,
          contentType: page.contentmodel === 'text' ? 'text/plain' : 'text/x-wiki',
          status: 'CURRENT',
          accounts: rolesOf(
            creator,
            (more.contributors ?? []).map(({ name }) => name),
          ),
        },
      };
    } catch (error) {
      if (error instanceof WikiError && (GONE.has(error.wikiCode) || isAboutOnePage(error))) return 'gone';
      throw error;
    }
  }

  /**
   * The page as the wiki shows it, tables and what templates write included; `prop=extracts` has neither, and gives
   * one page a request as well. A page that the wiki cannot render is read as its wikitext.
   */
  async #textOf(
    page: WikiPage,
    url: string | undefined,
    call: Call,
  ): Promise<{ readonly body: string; readonly links: readonly string[] } | { readonly problem: Problem }> {
    const { session } = this.#options;
    const id = String(page.pageid);
    const rendering = { disableeditsection: '1', disabletoc: '1', disablelimitreport: '1' };
    try {
      const { parse } = await session.ask({ action: 'parse', pageid: id, prop: 'text', ...rendering }, Parsed, call);
      const { text, links } = readHtml(parse.text, url === undefined ? {} : { base: url });
      return { body: text, links: links.filter((link) => isWorthy(link, url)) };
    } catch (cause) {
      if (call.signal.aborted || !(cause instanceof ConnectorError) || cause.code !== 'UNAVAILABLE') throw cause;
      const content = { action: 'query', pageids: id, prop: 'revisions', rvprop: 'content', rvslots: 'main' };
      const answer = await session.ask(content, Content, call).catch((error: unknown) => {
        // A page whose text is lost in the wiki itself; a wiki that is down says so to the next question, too.
        if (error instanceof WikiError && error.code === 'UNAVAILABLE') return undefined;
        throw error;
      });
      const wikitext = answer?.query.pages[0]?.revisions?.[0]?.slots.main.content;
      if (wikitext === undefined)
        return { problem: { place: page.title, item: id, reason: 'the wiki can neither render nor show it' } };
      return { body: wikitextToText(wikitext), links: addressesIn(wikitext) };
    }
  }
}

async function firstRevision(
  session: WikiSession,
  page: WikiPage,
  call: Call,
): Promise<NonNullable<WikiPage['revisions']>[number] | undefined> {
  // With more than one page the wiki refuses to begin at the oldest.
  const params = {
    pageids: String(page.pageid),
    prop: 'revisions',
    rvdir: 'newer',
    rvlimit: '1',
    rvprop: 'user|timestamp',
  };
  for await (const { pages } of pagesOf(session, params, call)) return pages[0]?.revisions?.[0];
  return undefined;
}

/** The right to read this page, not the wiki, which another code tells of. */
function isAboutOnePage({ code, wikiCode }: WikiError): boolean {
  return code === 'FORBIDDEN' && wikiCode !== 'readapidenied';
}

function withoutNamespace({ ns, title }: WikiPage): string {
  return cleanLine(ns === 0 ? title : title.slice(title.indexOf(':') + 1));
}

/** Not a link to a page that is not there, nor one within the page itself. */
function isWorthy(link: string, own: string | undefined): boolean {
  const { searchParams } = new URL(link);
  if (searchParams.has('redlink') || searchParams.get('action') === 'edit') return false;
  return own === undefined || link.replace(/#.*$/, '') !== own;
}
