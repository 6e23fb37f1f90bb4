import { z } from 'zod';
import type { Reader } from '../../../kit/content/item.ts';
import type { Call } from '../../../kit/connector.ts';
import { ConnectorError } from '../../../kit/errors.ts';
import { Unreachable } from '../../../kit/unreachable.ts';
import type { WikiSession } from './session.ts';

/** A namespace that is read, with whom its pages are for. */
export interface Space {
  readonly id: number;
  /** `Main` for the one without a name. */
  readonly name: string;
  readonly readers: readonly Reader[];
}

/** What of the options says which namespaces are read, and who may see them. */
export interface SpaceOptions {
  readonly url: string;
  readonly namespaces?: readonly (string | number)[] | undefined;
  readonly readers: readonly Reader[];
  readonly spaceReaders: Readonly<Record<string, readonly Reader[]>>;
}

/** The wiki as it presents itself. */
export interface Site {
  readonly spaces: readonly Space[];
  /** The wiki's clock, by which its changes are dated. */
  readonly now: string;
}

const Namespace = z.looseObject({
  id: z.int(),
  name: z.string(),
  canonical: z.string().optional(),
  content: z.boolean().optional(),
});

const SiteInfo = z.looseObject({
  curtimestamp: z.iso.datetime(),
  query: z.looseObject({
    namespaces: z.record(z.string(), Namespace),
    namespacealiases: z.array(z.looseObject({ id: z.int(), alias: z.string() })).default([]),
  }),
});
type Namespaces = z.output<typeof SiteInfo>['query'];

/**
 * Asks the wiki what it is, as every run does first.
 * @throws ConnectorError that says what to change, when there is no wiki, or not this one's namespaces
 */
export async function siteOf(session: WikiSession, options: SpaceOptions, source: string, call: Call): Promise<Site> {
  const params = { action: 'query', meta: 'siteinfo', siprop: 'namespaces|namespacealiases', curtimestamp: '1' };
  const { query, curtimestamp } = await session.ask(params, SiteInfo, call).catch((cause: unknown) => {
    throw noWiki(cause, options.url, source);
  });
  return { spaces: spacesOf(query, options, source), now: curtimestamp };
}

/** Of an address that nothing or something else answers at, what to do about it. */
function noWiki(cause: unknown, url: string, source: string): unknown {
  // A wiki's own words are about the wiki; these errors are about the address.
  if (!(cause instanceof ConnectorError) || cause instanceof Unreachable || 'wikiCode' in cause) return cause;
  const error = (code: 'MISCONFIGURED' | 'UNAVAILABLE', what: string): ConnectorError =>
    new ConnectorError(code, `${source}: ${what}`, { cause });
  const api = `${url.replace(/\/*$/, '/')}api.php`;
  const mend =
    'set `url` to the wiki’s script path, which Special:Version names: `https://wiki.example/w` or `https://wiki.example`';
  if (cause.code === 'MISCONFIGURED' && !cause.message.includes('redirects'))
    return error('MISCONFIGURED', `there is no ${api}; ${mend}`);
  if (cause.code === 'BAD_RESPONSE') return error('MISCONFIGURED', `${api} is not MediaWiki’s Action API; ${mend}`);
  if (cause.code === 'UNAVAILABLE') return error('UNAVAILABLE', `${api}: ${cause.message.replace(`${source}: `, '')}`);
  return cause;
}

function spacesOf(all: Namespaces, options: SpaceOptions, source: string): Space[] {
  const unknown = (option: string, name: string | number): ConnectorError =>
    new ConnectorError(
      'MISCONFIGURED',
      `${source}: \`${option}\` names ${JSON.stringify(name)}, which is no namespace of the wiki; it has ${Object.values(all.namespaces).map(nameOf).join(', ')}`,
    );
  const readers = new Map<number, readonly Reader[]>();
  for (const [name, own] of Object.entries(options.spaceReaders)) {
    const id = find(all, name);
    if (id === undefined) throw unknown('spaceReaders', name);
    readers.set(id, own);
  }
  const wanted =
    options.namespaces?.map((name) => {
      const id = find(all, name);
      if (id === undefined) throw unknown('namespaces', name);
      return id;
    }) ??
    Object.values(all.namespaces)
      .filter(({ content }) => content === true)
      .map(({ id }) => id);
  return [...new Set(wanted)]
    .sort((a, b) => a - b)
    .flatMap((id) => {
      const namespace = Object.values(all.namespaces).find((one) => one.id === id);
      if (namespace === undefined) return [];
      return [{ id, name: nameOf(namespace), readers: readers.get(id) ?? options.readers }];
    });
}

/** By number, name in the wiki's language, English name or alias; blanks and underscores are the same to MediaWiki. */
function find({ namespaces, namespacealiases }: Namespaces, wanted: string | number): number | undefined {
  const key = (name: string): string => name.replaceAll('_', ' ').trim().toLowerCase();
  const all = Object.values(namespaces).filter(({ id }) => id >= 0);
  if (typeof wanted === 'number' || /^\d+$/.test(wanted)) return all.find(({ id }) => id === Number(wanted))?.id;
  const named = all.find((one) =>
    [nameOf(one), one.name, one.canonical].some((name) => name !== undefined && key(name) === key(wanted)),
  );
  return named?.id ?? namespacealiases.find(({ alias, id }) => id >= 0 && key(alias) === key(wanted))?.id;
}

function nameOf({ id, name }: { readonly id: number; readonly name: string }): string {
  return id === 0 ? 'Main' : name;
}
