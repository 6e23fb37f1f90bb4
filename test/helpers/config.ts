import { ConfigFile, type Config, type Source } from '../../gateway/config/schema.ts';
import { subgraphs } from '../../subgraphs/registry.ts';

/** A source as a test writes it: like in the configuration file, flat. */
export interface TestSource {
  readonly name: string;
  readonly connector: string;
  readonly [option: string]: unknown;
}

/** A configuration over the embedded connectors, without a file. */
export function configOf(options: {
  readonly data: string;
  readonly baseDir: string;
  readonly directory: readonly TestSource[];
  readonly documents: readonly TestSource[];
  readonly forum: readonly TestSource[];
  readonly thesaurus?: string | undefined;
  readonly file?: object;
}): Config {
  const base = ConfigFile.parse({ log: { level: 'error' }, listen: { port: 0 }, ...options.file });
  return {
    ...base,
    data: options.data,
    baseDir: options.baseDir,
    directory: { sources: checked('directory', options.directory), thesaurus: options.thesaurus },
    documents: { sources: checked('documents', options.documents) },
    forum: { sources: checked('forum', options.forum) },
  };
}

function checked(area: string, sources: readonly TestSource[]): Source[] {
  const kinds = subgraphs.find(({ name }) => name === area)?.connectors ?? [];
  return sources.map(({ name, connector, ...rest }) => {
    const kind = kinds.find((each) => each.name === connector);
    if (!kind) throw new Error(`There is no connector "${connector}".`);
    return { name, connector, everySeconds: 300, options: kind.options.parse(rest) as Record<string, unknown> };
  });
}
