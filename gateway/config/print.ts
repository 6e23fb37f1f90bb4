import { stringify } from 'yaml';
import type { z } from 'zod';
import { subgraphs } from '../../subgraphs/registry.ts';
import { ConfigFile, type Config, type Source } from './schema.ts';
import { isShowable, MASK } from './secret-text.ts';
import { mapTexts } from './zod-tree.ts';

/** The effective configuration as YAML, without secrets. */
export function printConfig(config: Config): string {
  const { baseDir: _baseDir, file, ...rest } = config;
  const areas = Object.fromEntries(
    subgraphs.map((subgraph) => {
      const { sources, ...area } = config[subgraph.name];
      const kinds = new Map(subgraph.connectors.map((kind) => [kind.name, kind.options]));
      return [subgraph.name, { ...area, sources: sources.map((source) => flat(source, kinds.get(source.connector))) }];
    }),
  );
  // Parsing and checking put the keys into the schema's order; here it is the order of the file's table.
  const masked = mask({ ...rest, ...areas }, ConfigFile) as Record<string, unknown>;
  const ordered = Object.fromEntries(Object.keys(ConfigFile.shape).map((key) => [key, masked[key]]));
  const origin = file === undefined ? 'the sample that comes with Atrium' : file;
  return `# The effective configuration, of ${origin}\n${stringify(ordered, { lineWidth: 0 })}`;
}

function flat({ name, connector, everySeconds, options }: Source, schema: z.ZodType | undefined): object {
  // Options of an unknown schema may be anything: none is shown.
  const shown = schema ? (mask(options, schema) as object) : { options: MASK };
  return { name, connector, everySeconds, ...shown };
}

function mask(value: unknown, schema: z.ZodType): unknown {
  return mapTexts(value, [schema], (text, { secret }) => (secret && !isShowable(text) ? MASK : text));
}

/** All secret texts of a configuration: for keeping them out of whatever is printed. */
export function secretsOf(config: Config): string[] {
  const found = new Set<string>();
  const collect = (value: unknown, schema: z.ZodType): void =>
    void mapTexts(value, [schema], (text, { secret }) => {
      if (secret && !isShowable(text)) {
        found.add(text);
        const { password } = URL.parse(text) ?? {};
        if (password) found.add(password).add(decodeURIComponent(password));
      }
      return text;
    });
  collect(config, ConfigFile);
  for (const { name, connectors } of subgraphs) {
    for (const source of config[name].sources) {
      const kind = connectors.find((each) => each.name === source.connector);
      if (kind) collect(source.options, kind.options);
    }
  }
  return [...found];
}
