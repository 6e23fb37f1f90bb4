import { z } from 'zod';
import type { Call } from '../../../kit/connector.ts';
import type { Params, WikiSession } from './session.ts';

const Revision = z.looseObject({ user: z.string().optional(), anon: z.boolean().optional(), timestamp: z.string() });

const Page = z.looseObject({
  pageid: z.int().positive().optional(),
  /** Pages asked for by an id that is gone have neither namespace nor title. */
  ns: z.int().default(-1),
  title: z.string().default(''),
  missing: z.boolean().optional(),
  redirect: z.boolean().optional(),
  /** Has one revision only. */
  new: z.boolean().optional(),
  lastrevid: z.int().optional(),
  touched: z.string().optional(),
  length: z.number().optional(),
  contentmodel: z.string().optional(),
  fullurl: z.string().optional(),
  actions: z.looseObject({ read: z.boolean().optional() }).optional(),
  revisions: z.array(Revision).optional(),
  categories: z.array(z.looseObject({ title: z.string() })).optional(),
  contributors: z.array(z.looseObject({ name: z.string() })).optional(),
});

/** A page as `prop=…` gives it, in as many parts as the wiki likes; here they are together. */
export type WikiPage = z.output<typeof Page>;

const Continue = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));

const PagesAnswer = z.looseObject({
  batchcomplete: z.boolean().optional(),
  continue: Continue.optional(),
  query: z.looseObject({ pages: z.array(Page).optional() }).optional(),
});

/** No honest answer comes in more parts: this many for one batch of pages are a wiki that goes round in circles. */
const MAX_PARTS = 5_000;

/** Pages of a `generator` or of `pageids`, batch by batch, each whole; `next` is where the one after it begins. */
export async function* pagesOf(
  session: WikiSession,
  params: Params,
  call: Call,
): AsyncGenerator<{ readonly pages: readonly WikiPage[]; readonly next: Params | undefined }> {
  let at: Params | undefined = {};
  let merged = new Map<string, WikiPage>();
  for (let parts = 0; at !== undefined; parts++) {
    const answer: z.output<typeof PagesAnswer> = await session.ask(
      { action: 'query', ...params, ...at },
      PagesAnswer,
      call,
    );
    for (const page of answer.query?.pages ?? []) {
      const id = String(page.pageid ?? page.title);
      const before = merged.get(id);
      merged.set(id, before === undefined ? page : joined(before, page));
    }
    // Nothing found is said as well; what says nothing must not pass for an empty namespace.
    if (answer.query === undefined && answer.continue === undefined && answer.batchcomplete !== true)
      throw session.error('BAD_RESPONSE', 'the wiki answered with nothing of what was asked');
    guard(session, at, answer.continue, parts);
    at = answer.continue;
    // The last of all is complete, whether it says so or not.
    if (answer.batchcomplete === true || at === undefined) {
      yield { pages: [...merged.values()], next: at };
      merged = new Map();
      parts = 0;
    }
  }
}

/** Entries of a `list=`, all of them. */
export async function* entriesOf<Entry extends z.ZodType>(
  session: WikiSession,
  list: string,
  entry: Entry,
  params: Params,
  call: Call,
): AsyncGenerator<z.output<Entry>> {
  const shape = z.looseObject({
    continue: Continue.optional(),
    query: z.looseObject({ [list]: z.array(entry).optional() }).optional(),
  });
  let at: Params | undefined = {};
  for (let parts = 0; at !== undefined; parts++) {
    const answer = (await session.ask({ action: 'query', list, ...params, ...at }, shape, call)) as {
      readonly continue?: Params;
      readonly query?: Readonly<Record<string, readonly z.output<Entry>[] | undefined>>;
    };
    yield* answer.query?.[list] ?? [];
    guard(session, at, answer.continue, parts);
    at = answer.continue;
  }
}

function joined(before: WikiPage, page: WikiPage): WikiPage {
  const lists = (['revisions', 'categories', 'contributors'] as const).map((name) => {
    const all = [...(before[name] ?? []), ...(page[name] ?? [])];
    return [name, all.length === 0 ? undefined : all] as const;
  });
  return { ...before, ...page, ...Object.fromEntries(lists) };
}

function guard(session: WikiSession, at: Params, next: Params | undefined, parts: number): void {
  if (parts < MAX_PARTS && JSON.stringify(at) !== JSON.stringify(next ?? null)) return;
  throw session.error('BAD_RESPONSE', 'the wiki goes on giving parts of the same answer without an end');
}
