import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from 'yaml';
import { ConfigError, type Path, type Place } from './problem.ts';

/** A YAML file as plain values, which remembers where each of them stands. */
export interface YamlFile {
  readonly value: unknown;
  /** Where the value (or the key, where asked for) at a path stands; for what is not there, the nearest thing around it. */
  locate(path: Path, part?: 'key' | 'value'): Place;
}

/** Messages of the parser that say too little; all others stand as they are. */
const MESSAGES: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  DUPLICATE_KEY: 'this key stands here for the second time; write it once',
  MULTIPLE_DOCS: 'one document only: nothing may follow a line `---`',
  TAB_AS_INDENT: 'tabs do not indent in YAML; use spaces',
};

/**
 * Reads YAML 1.2.
 * @param file its name in messages.
 * @throws ConfigError with all that is wrong with it as YAML.
 */
export function readYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parse(text, file, lines);
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    throw new ConfigError(
      complaints.map(({ code, message, pos }) => ({
        file,
        place: placeAt(pos[0]),
        message: MESSAGES[code] ?? message,
      })),
    );
  }
  return { value: toValue(document, file), locate: (path, part = 'value') => placeAt(offsetOf(document, path, part)) };
}

function parse(text: string, file: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, schema: 'core' });
  } catch (cause) {
    // The parser calls itself for each level; thousands of them are no configuration.
    throw new ConfigError([{ file, message: 'this is nested too deeply' }], { cause });
  }
}

function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const message = 'aliases (`*name`) unfold to more than a configuration can be, or point at nothing';
    throw new ConfigError([{ file, message }], { cause });
  }
}

function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      const wantsKey = part === 'key' && index === path.length - 1;
      offset = (wantsKey ? undefined : startOf(pair.value)) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset;
}

/** Where a node begins; undefined for one that has no letters, as the value in `key:`. */
function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range && range[1] > range[0] ? range[0] : undefined;
}
