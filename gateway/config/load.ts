import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, complain, type Checking } from './check.ts';
import { authProblems } from './check-auth.ts';
import { checkAreas, withoutSources } from './areas.ts';
import { ConfigError } from './problem.ts';
import type { SubgraphName } from '../../subgraphs/kit/subgraph.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { ConfigFile, type AreaConfig, type Config } from './schema.ts';
import { readYaml } from './yaml-file.ts';

/** The sample company that comes with Atrium. */
export const SAMPLE_FILE = fileURLToPath(new URL('../../sample/atrium.yaml', import.meta.url));

/** The file looked for in the current folder. */
const USUAL_NAME = 'atrium.yaml';

const MAX_BYTES = 1_048_576;

/** Where the configuration is looked for. */
export interface LoadOptions {
  /** The file of `--config`. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The configuration with what an operator should know of it. */
export interface LoadedConfig {
  readonly config: Config;
  /** Options marked secret whose value stands in the file itself: `forum.sources[0].apiKey`. */
  readonly literalSecrets: readonly string[];
}

/**
 * The effective configuration: of the given file, else of `atrium.yaml` in the current folder, else of the sample.
 * @throws ConfigError with everything that is wrong with it.
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  return (await loadConfigFully(options)).config;
}

/** As `loadConfig`, and tells of secrets that stand in the file. */
export async function loadConfigFully({ file, env, cwd }: LoadOptions): Promise<LoadedConfig> {
  const path = file === undefined ? await usualFile(cwd) : resolve(cwd, file);
  const name = nameOf(path, cwd);
  const checking: Checking = {
    file: name,
    yaml: readYaml(await readText(path, name), name),
    env,
    problems: [],
    literalSecrets: [],
  };
  const config = checkAll(checking, path);
  if (!config || checking.problems.length > 0) throw new ConfigError(inOrder(checking.problems));
  return { config, literalSecrets: checking.literalSecrets };
}

function checkAll(checking: Checking, path: string): Config | undefined {
  const { value } = checking.yaml;
  if (value === null || value === undefined) {
    const message = `is empty; start with a copy of ${SAMPLE_FILE}`;
    throw new ConfigError([{ file: checking.file, message }]);
  }
  const file = check(checking, withoutSources(value), { schema: ConfigFile, at: [] });
  const areas = checkAreas(checking, value);
  if (!file) return undefined;
  for (const { at, message } of authProblems(file)) complain(checking, at, message);
  if (file.previousSubgraphSecret !== undefined && file.subgraphSecret === undefined) {
    const option = 'previousSubgraphSecret';
    complain(checking, [option], `"${option}" needs "subgraphSecret", the one to sign with`, 'key');
  }
  const baseDir = dirname(path);
  const { thesaurus } = file.directory;
  const checked = Object.fromEntries(
    subgraphs.map(({ name }): [SubgraphName, AreaConfig] => [name, { ...file[name], sources: areas[name] }]),
  ) as Readonly<Record<SubgraphName, AreaConfig>>;
  return {
    ...file,
    ...checked,
    data: resolve(baseDir, file.data),
    auth: {
      ...file.auth,
      jwt: file.auth.jwt && { ...file.auth.jwt, keyFile: absolute(baseDir, file.auth.jwt.keyFile) },
    },
    supergraph: {
      ...file.supergraph,
      file: absolute(baseDir, file.supergraph.file),
    },
    directory: {
      ...checked.directory,
      thesaurus: absolute(baseDir, thesaurus),
    },
    audit: { file: file.audit.file === undefined ? undefined : resolve(baseDir, file.audit.file) },
    baseDir,
    file: path === SAMPLE_FILE ? undefined : path,
  };
}

function absolute(baseDir: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(baseDir, path);
}

/** The configuration of a gateway before subgraphs of others: all defaults, and no sources. */
export function bareConfig(cwd: string): Config {
  const file = ConfigFile.parse({});
  const none = { sources: [] };
  return { ...file, data: resolve(cwd, file.data), directory: none, documents: none, forum: none, baseDir: cwd };
}

/** Whether there is a configuration besides that of the sample. */
export async function hasConfig(cwd: string): Promise<boolean> {
  return (await usualFile(cwd)) !== SAMPLE_FILE;
}

async function usualFile(cwd: string): Promise<string> {
  const usual = join(cwd, USUAL_NAME);
  const isThere = await stat(usual).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return isThere ? usual : SAMPLE_FILE;
}

async function readText(path: string, name: string): Promise<string> {
  const refuse = (message: string, cause?: unknown) => new ConfigError([{ file: name, message }], { cause });
  let bytes: Buffer;
  try {
    if ((await stat(path)).size > MAX_BYTES) throw refuse('is larger than 1 MiB: that is no configuration');
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse('there is no such file', cause);
    if (code === 'EISDIR') throw refuse('is a folder; name the file in it', cause);
    throw refuse(`cannot be read (${code ?? 'unknown reason'})`, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('is not UTF-8 text', cause);
  }
}

/** The file as the user would name it: from the current folder where it is in there. */
function nameOf(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** As they stand in the file: that is how they are mended. */
function inOrder(problems: Checking['problems']): Checking['problems'] {
  return problems.toSorted(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}
