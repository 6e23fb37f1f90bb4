import type { ConnectorKind } from '../../subgraphs/kit/connector.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { check, complain, type Checking } from './check.ts';
import { didYouMean, nearest } from './nearest.ts';
import { pathText, type Path } from './problem.ts';
import { SourceCommon, type Source } from './schema.ts';

type Mapping = Readonly<Record<string, unknown>>;

const COMMON_KEYS = Object.keys(SourceCommon.shape);

/** The file without the sources, which are checked one by one: what they may hold depends on their connector. */
export function withoutSources(value: unknown): unknown {
  if (!isMapping(value)) return value;
  const isListOfSources = (key: string, area: unknown): area is Mapping =>
    subgraphs.some(({ name }) => name === key) && isMapping(area) && Array.isArray(area['sources']);
  return Object.fromEntries(
    Object.entries(value).map(([key, area]) => [key, isListOfSources(key, area) ? { ...area, sources: [] } : area]),
  );
}

/** The sources of every area; those that are not usable are left out, with problems noted. */
export function checkAreas(checking: Checking, value: unknown): Readonly<Record<SubgraphName, Source[]>> {
  const firstLines = new Map<string, number>();
  const areas = Object.fromEntries(subgraphs.map(({ name }): [SubgraphName, Source[]] => [name, []])) as Record<
    SubgraphName,
    Source[]
  >;
  for (const { name } of subgraphs) {
    const area = isMapping(value) ? value[name] : undefined;
    if (!isMapping(area)) continue;
    const sources = Array.isArray(area['sources']) ? area['sources'] : [];
    if (area['url'] !== undefined) checkRemote(checking, value as Mapping, name, sources);
    for (const [index, entry] of sources.entries()) {
      const at = [name, 'sources', index];
      const source = checkSource(checking, name, entry, at);
      checkName(checking, entry, at, firstLines);
      if (source) areas[name].push(source);
    }
  }
  return areas;
}

function checkRemote(checking: Checking, file: Mapping, area: SubgraphName, sources: readonly unknown[]): void {
  if (sources.length > 0) {
    complain(
      checking,
      [area, 'url'],
      `"${area}" has both "url" and "sources"; a subgraph in a process of its own has its sources in its own file`,
      'key',
    );
  }
  // Without it anybody who reaches a subgraph could claim to be anybody.
  if (file['subgraphSecret'] === undefined) {
    complain(checking, [area, 'url'], `"${area}.url" needs "subgraphSecret", which signs who is asking`, 'key');
  }
}

function checkSource(checking: Checking, area: SubgraphName, entry: unknown, at: Path): Source | undefined {
  if (!isMapping(entry)) {
    complain(checking, at, `"${pathText(at)}" must be a mapping with "name", "connector" and the connector's options`);
    return undefined;
  }
  const kind = checkConnector(checking, area, entry, at);
  const isCommon = (key: string) => COMMON_KEYS.includes(key);
  const common = check(
    checking,
    pick(entry, (key) => key !== 'connector' && isCommon(key)),
    {
      schema: SourceCommon.omit({ connector: true }),
      at,
    },
  );
  // Of an unknown connector nobody can say what its options are.
  if (!kind) return undefined;
  const options = check(
    checking,
    pick(entry, (key) => !isCommon(key)),
    {
      schema: kind.options,
      at,
      owner: ` of the connector "${kind.name}"`,
      otherKeys: COMMON_KEYS,
    },
  );
  if (!common || options === undefined) return undefined;
  return { ...common, connector: kind.name, options: options as Source['options'] };
}

function checkConnector(
  checking: Checking,
  area: SubgraphName,
  entry: Mapping,
  at: Path,
): ConnectorKind<unknown> | undefined {
  const kinds = subgraphs.find(({ name }) => name === area)?.connectors ?? [];
  const wanted = entry['connector'];
  const found = kinds.find(({ name }) => name === wanted);
  if (found) return found;
  const path = [...at, 'connector'];
  const misspelt = Object.keys(entry).find((key) => nearest(key, COMMON_KEYS) === 'connector');
  if (wanted === undefined && misspelt !== undefined) {
    const place = [...at, misspelt];
    complain(checking, place, `"${pathText(place)}" is not an option of sources; did you mean "connector"?`, 'key');
  } else complain(checking, path, `"${pathText(path)}"${whyNoConnector(wanted, area, kinds)}`);
  return undefined;
}

function whyNoConnector(wanted: unknown, area: SubgraphName, kinds: readonly ConnectorKind<unknown>[]): string {
  const names = kinds.map(({ name }) => name);
  if (wanted === undefined) return ` is missing; it must be one of ${names.join(', ')}`;
  if (typeof wanted !== 'string') return ` must be one of ${names.join(', ')}`;
  const elsewhere = subgraphs.find(({ connectors }) => connectors.some(({ name }) => name === wanted));
  if (elsewhere) return `: "${wanted}" is a connector of "${elsewhere.name}", not of "${area}"`;
  const meant = didYouMean(wanted, names);
  return `: there is no connector "${wanted}"${meant === '' ? `; there are ${names.join(', ')}` : meant}`;
}

function checkName(checking: Checking, entry: unknown, at: Path, firstLines: Map<string, number>): void {
  const name = isMapping(entry) ? entry['name'] : undefined;
  if (typeof name !== 'string') return;
  const path = [...at, 'name'];
  const first = firstLines.get(name);
  if (first === undefined) firstLines.set(name, checking.yaml.locate(path).line);
  else {
    complain(
      checking,
      path,
      `"${pathText(path)}": the source in line ${first} is called "${name}" already; names are unique over all areas`,
    );
  }
}

function pick(mapping: Mapping, isWanted: (key: string) => boolean): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => isWanted(key)));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
