import type { z } from 'zod';
import { explain } from './explain.ts';
import { didYouMean, nearest } from './nearest.ts';
import { optionRows } from './option-rows.ts';
import { pathText, type ConfigProblem, type Path } from './problem.ts';
import { isShowable } from './secret-text.ts';
import type { YamlFile } from './yaml-file.ts';
import { keysOf, mapTexts, schemasAt } from './zod-tree.ts';

/** What is known while one file is being checked. */
export interface Checking {
  /** Its name in messages. */
  readonly file: string;
  readonly yaml: YamlFile;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is wrong, in the order found. */
  readonly problems: ConfigProblem[];
  /** Options marked secret whose value stands in the file itself. */
  readonly literalSecrets: string[];
}

/** Notes a problem with what stands at a path. */
export function complain(checking: Checking, path: Path, message: string, part?: 'key' | 'value'): void {
  checking.problems.push({ file: checking.file, place: checking.yaml.locate(path, part), message });
}

/** What a stretch of the file is checked against. */
export interface Expected<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Where the stretch stands in the file. */
  readonly at: Path;
  /** Whose options these are, for messages: ` of the connector "ldif"`. */
  readonly owner?: string;
  /** Keys that are read elsewhere: named when a wrong key looks like one. */
  readonly otherKeys?: readonly string[];
}

/** Checks a value, with its secrets filled in from the environment; undefined, with problems noted, when it is not usable. */
export function check<Schema extends z.ZodType>(
  checking: Checking,
  value: unknown,
  expected: Expected<Schema>,
): z.output<Schema> | undefined {
  const before = checking.problems.length;
  const { schema, at } = expected;
  const { value: filled, missing } = fillSecrets(checking, value, schema, at);
  const result = schema.safeParse(filled, { error: explain });
  for (const issue of result.error?.issues ?? []) {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) complain(checking, [...at, ...path, key], unknownKey(expected, path, key), 'key');
      // A secret that could not be filled in has been spoken of already.
    } else if (!missing.has(pathText([...at, ...path]))) {
      complain(checking, [...at, ...path], named([...at, ...path], issue.message));
    }
  }
  return result.success && checking.problems.length === before ? result.data : undefined;
}

function named(path: Path, message: string): string {
  const subject = path.length === 0 ? 'the file' : `"${pathText(path)}"`;
  return /^(must|is|needs) /.test(message) ? `${subject} ${message}` : `${subject}: ${message}`;
}

function unknownKey({ schema, at, owner = '', otherKeys = [] }: Expected<z.ZodType>, path: Path, key: string): string {
  const known = [...(path.length === 0 ? otherKeys : []), ...schemasAt(schema, path).flatMap(keysOf)];
  const subject = `"${pathText([...at, ...path, key])}" is not an option${owner}`;
  const hint = didYouMean(key, known);
  if (hint !== '') return subject + hint;
  // Right, but in the wrong place: `port` beside `listen` instead of below it.
  const elsewhere = optionRows(schema).find(({ name }) => name.endsWith(`.${key}`));
  if (elsewhere) return `${subject}; did you mean "${elsewhere.name}"?`;
  return `${subject}; there are ${[...new Set(known)].join(', ')}`;
}

/** Puts the environment's values in place of `${NAME}` in secrets, and refuses `${` elsewhere. */
function fillSecrets(
  checking: Checking,
  value: unknown,
  schema: z.ZodType,
  at: Path,
): { value: unknown; missing: ReadonlySet<string> } {
  const missing = new Set<string>();
  const filled = mapTexts(value, [schema], (text, { path, secret, known }) => {
    const full = [...at, ...path];
    const refuse = (message: string): string => {
      missing.add(pathText(full));
      complain(checking, full, `"${pathText(full)}" ${message}`);
      return text;
    };
    if (!known) return text;
    if (!text.includes('${')) {
      if (secret && !isShowable(text)) checking.literalSecrets.push(pathText(full));
      return text;
    }
    if (!secret) return refuse('must not hold "${": the environment is read for secrets only; write the value itself');
    // What the environment says is taken as it is: a "${" in there is not looked at again.
    return text.replaceAll(/\$\{([^}]*)\}?/g, (whole, name: string) => {
      if (!whole.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name)) {
        return refuse('must name an environment variable as ${NAME}: letters, digits and underscores');
      }
      const found = checking.env[name];
      if (found) return found;
      const meant = found === undefined ? nearest(name, Object.keys(checking.env)) : undefined;
      const state = found === undefined ? 'not set' : 'empty';
      return refuse(
        `needs the environment variable ${name}, which is ${state}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
      );
    });
  });
  return { value: filled, missing };
}
