import { ERROR_CATALOGUE } from '../../subgraphs/kit/errors.ts';
import { subgraphs } from '../../subgraphs/registry.ts';
import { optionRows, type OptionRow } from './option-rows.ts';
import { ConfigFile, SourceCommon } from './schema.ts';

/** A longer default says less than the word for it. */
const MAX_DEFAULT = 60;

/** What goes between the README's markers, by marker: `file`, `source`, `connector:<name>`, `errors`. */
export function optionTables(): ReadonlyMap<string, string> {
  const tables = new Map([
    ['file', tableOf(optionRows(ConfigFile))],
    ['source', tableOf(optionRows(SourceCommon))],
    ['errors', errorTable()],
  ]);
  for (const { name: area, connectors } of subgraphs) {
    for (const { name, summary, options } of connectors) {
      const marker = `connector:${name}`;
      const facts = `Facts and limits: [\`${name}.ts\`](subgraphs/${area}/connectors/${name}.ts).`;
      const section = `${inCell(summary)} ${facts}\n\n${tableOf(optionRows(options))}`;
      // A tool of two areas (a wiki with talk pages) may have a connector of the same name in both.
      tables.set(marker, [tables.get(marker), section].filter((part) => part !== undefined).join('\n\n'));
    }
  }
  return tables;
}

/** The codes of `extensions.code`, as a Markdown table. */
function errorTable(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return ['| Code | HTTP status of a request that failed as a whole | Meaning |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** A Markdown table of options. */
export function tableOf(rows: readonly OptionRow[]): string {
  const lines = rows.map(({ name, type, about, ...row }) => [`\`${name}\``, type, defaultOf(row), about].map(inCell));
  return [['Option', 'Type', 'Default', 'What'], ['---', '---', '---', '---'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function defaultOf({ isRequired, fallback }: Pick<OptionRow, 'isRequired' | 'fallback'>): string {
  if (isRequired) return 'required';
  if (fallback === undefined) return '–';
  if (Array.isArray(fallback)) {
    const text = fallback.map((each) => `\`${String(each)}\``).join(', ');
    if (text === '') return 'none';
    return text.length > MAX_DEFAULT
      ? `${fallback
          .slice(0, 3)
          .map((each) => `\`${String(each)}\``)
          .join(', ')} …`
      : text;
  }
  return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}

/** A bar would end the cell, a line break the table. */
function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}
