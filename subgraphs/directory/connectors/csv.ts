import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { defineConnector, type Call, type Connector, type ConnectorDeps, type Known } from '../../kit/connector.ts';
import { ConnectorError } from '../../kit/errors.ts';
import { decodeBytes, fileError, fingerprint, stopIfCancelled, type FoundFile } from '../../kit/text/files.ts';
import { cleanLine } from '../../kit/text/plain.ts';
import { fileConnector, settingsOf, type FileReader, type Step } from '../../kit/text/runs.ts';
import type { DirectoryItem } from '../connector.ts';
import { AttributeMap } from './attribute-map.ts';
import { entryMapping } from './inet-org-person.ts';

const column = (usual: readonly string[], what: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .default([...usual])
    .describe(`Column (or list to try in turn) for ${what}.`);

const Columns = z.strictObject({
  id: column(
    ['id', 'employee id', 'employee number', 'employeenumber', 'uuid'],
    'what identifies a person for good; the user name where it is missing',
  ),
  username: column(['username', 'user name', 'login', 'uid'], 'login names, separated by `;`'),
  name: column(['name', 'full name', 'display name', 'displayname'], 'the name shown'),
  givenName: column(['given name', 'givenname', 'first name', 'firstname'], 'the given name'),
  familyName: column(['family name', 'familyname', 'last name', 'lastname', 'surname'], 'the family name'),
  title: column(['title', 'job title', 'position'], 'the job title'),
  department: column(['department', 'team'], 'the department'),
  location: column(['location', 'office', 'city', 'site'], 'where the person works'),
  phone: column(['phone', 'telephone'], 'the telephone number'),
  mail: column(['mail', 'email', 'e-mail', 'mails', 'emails'], 'mail addresses, separated by `;`'),
  manager: column(['manager'], 'the manager: an id, user name or mail address of this file'),
  skills: column(['skills'], 'skills, separated by `;`'),
  interests: column(['interests'], 'interests, separated by `;`'),
  aliases: column(['aliases', 'accounts'], 'handles in other tools, `<source>:<handle>`, separated by `;`'),
  groups: column(['groups'], 'names of groups the person belongs to, separated by `;`'),
  description: column(['description', 'about', 'bio'], 'a profile in the person’s own words'),
  photo: column(['photo', 'photo url', 'picture', 'avatar'], 'the web address of a photo'),
  status: column(['status', 'employee type', 'employeetype'], 'the word `former` for people who left'),
});
type ColumnName = keyof z.output<typeof Columns>;

const Options = z.strictObject({
  path: z
    .string()
    .min(1)
    .describe('The CSV file (RFC 4180, first line holds the column names), or a folder of `*.csv` files.'),
  delimiter: z.string().length(1).default(',').describe('What separates columns: `,`, `;` or a tab.'),
  columns: Columns.prefault({}).describe(
    'Which column holds what, compared without regard to case; every part has a default.',
  ),
});
type CsvOptions = z.output<typeof Options>;

/** How CSV columns are called in the bag of attributes that LDIF and LDAP entries come as. */
const ATTRIBUTES: Record<Exclude<ColumnName, 'groups'>, string> = {
  id: 'key',
  username: 'uid',
  name: 'displayname',
  givenName: 'givenname',
  familyName: 'sn',
  title: 'title',
  department: 'department',
  location: 'l',
  phone: 'telephonenumber',
  mail: 'mail',
  manager: 'manager',
  skills: 'skill',
  interests: 'interest',
  aliases: 'account',
  description: 'description',
  photo: 'photourl',
  status: 'employeetype',
};
const MANY = new Set<ColumnName>(['username', 'mail', 'skills', 'interests', 'aliases']);

/**
 * A list of people from HR or a spreadsheet.
 *
 * - People are keyed by their id, without one by user name or mail address: whoever then changes that is somebody else.
 *   Who is no longer in the file is forgotten; who has left and shall be shown so stays in it, as `former`.
 * - All files are read as one list, wholly and anew when one of them changes; all people are in memory meanwhile.
 * - Groups have people alone, no groups; a group that nobody is in any more is gone.
 * - The encoding is told by a byte order mark, else UTF-8, else Windows-1252. A line that is no CSV is a problem; a
 *   quote that is never closed ends the run, for all that follows it is lost, and deletes nothing.
 */
export const csv = defineConnector<DirectoryItem, typeof Options>({
  name: 'csv',
  summary: 'People and their groups from a CSV file (RFC 4180), as a spreadsheet or an HR system exports it.',
  options: Options,
  async open(options, deps): Promise<Connector<DirectoryItem>> {
    const files = { path: options.path, extensions: ['.csv'] };
    const reader: Omit<FileReader<DirectoryItem>, 'find'> = {
      settings: settingsOf(options, 2),
      noun: 'people',
      read: (found, _from, known, call) => read(found, options, known, call, deps),
    };
    return fileConnector(files, reader, deps);
  },
});

interface Person {
  readonly place: string;
  readonly key: string;
  readonly attributes: Map<string, string[]>;
  readonly groups: readonly string[];
}

async function* read(
  files: readonly FoundFile[],
  options: CsvOptions,
  known: Known,
  call: Call,
  deps: ConnectorDeps,
): AsyncGenerator<Step<DirectoryItem>> {
  // A manager may stand below the people who name them, so all lines are read before the first is handed over.
  const people = new Map<string, Person>();
  const handles = new Map<string, string>();
  let at = 0;
  for (const file of files) {
    for await (const row of rowsOf(file, options, call, deps)) {
      const person = 'reason' in row ? undefined : toPerson(row.record, options, row.place);
      const reason =
        'reason' in row
          ? row.reason
          : person === undefined
            ? 'the line has neither id, user name nor mail address'
            : people.has(person.key)
              ? `a second person with the id ${person.key}; this line is left out`
              : undefined;
      if (reason !== undefined) yield { at: at++, problem: { place: row.place, reason } };
      else if (person !== undefined) {
        people.set(person.key, person);
        for (const handle of [
          person.key,
          ...(person.attributes.get('uid') ?? []),
          ...(person.attributes.get('mail') ?? []),
        ]) {
          if (!handles.has(handle.toLowerCase())) handles.set(handle.toLowerCase(), person.key);
        }
      }
    }
  }
  const toItem = entryMapping(AttributeMap.parse({ key: 'key', name: 'displayName', photo: 'photoUrl' }), (written) =>
    cleanLine(written).toLowerCase(),
  );
  const groups = new Map<string, string[]>();
  for (const person of people.values()) {
    const written = person.attributes.get('manager')?.[0];
    const manager = written === undefined ? undefined : handles.get(written.toLowerCase());
    if (manager === undefined) person.attributes.delete('manager');
    else person.attributes.set('manager', [manager]);
    if (written !== undefined && manager === undefined)
      yield { at, problem: { place: person.place, reason: `the manager "${written}" is nobody in this file` } };
    const { item, reasons } = toItem({ dn: person.key, attributes: person.attributes });
    for (const reason of reasons) yield { at, problem: { place: person.place, reason } };
    if (item !== undefined) {
      for (const group of person.groups) {
        const members = groups.get(group);
        if (members === undefined) groups.set(group, [item.reference]);
        else members.push(item.reference);
      }
      yield known(item.key) === item.version ? { at, unchanged: item.key } : { at, item };
    }
    at++;
  }
  for (const [name, members] of groups) {
    const key = `group:${name}`;
    const version = fingerprint(key, ...members);
    yield known(key) === version
      ? { at: at++, unchanged: key }
      : { at: at++, item: { kind: 'group', key, version, name, reference: key.toLowerCase(), members } };
  }
}

type Row = { readonly place: string } & ({ readonly record: Record<string, string> } | { readonly reason: string });

async function* rowsOf(file: FoundFile, options: CsvOptions, call: Call, deps: ConnectorDeps): AsyncGenerator<Row> {
  const problems: Row[] = [];
  let unclosed = false;
  let last = 1;
  // Whole, because a spreadsheet's encoding can only be told from all of it; people are few enough.
  const bytes = await readFile(file.path, { signal: call.signal }).catch((cause: unknown) => {
    stopIfCancelled(call, deps.source);
    throw fileError(deps.source, file.path, cause);
  });
  const parser = parse({
    columns: (names: string[]) => names.map((name) => cleanLine(name).toLowerCase()),
    delimiter: options.delimiter,
    bom: true,
    ltrim: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: 1_000_000,
    on_skip: (error) => {
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') unclosed = true;
      else
        problems.push({
          place: `${file.name}:${Number(error?.['lines'] ?? 0)}`,
          reason: error?.message ?? 'the line is not CSV',
        });
    },
  });
  parser.end(decodeBytes(bytes));
  for await (const { record, info } of parser as AsyncIterable<{
    record: Record<string, string>;
    info: { lines: number };
  }>) {
    stopIfCancelled(call, deps.source);
    last = info.lines;
    yield { place: `${file.name}:${last}`, record };
  }
  // All that follows such a quote is lost, and must not look like people who left.
  if (unclosed)
    throw new ConnectorError(
      'BAD_RESPONSE',
      `${deps.source}: ${file.name}: a quote that opens after line ${last} is never closed`,
    );
  yield* problems;
}

function toPerson(record: Record<string, string>, options: CsvOptions, place: string): Person | undefined {
  const cell = (name: ColumnName): string => {
    const names = options.columns[name];
    for (const candidate of typeof names === 'string' ? [names] : names) {
      const column = candidate.toLowerCase();
      const value = Object.hasOwn(record, column) ? record[column] : undefined;
      if (typeof value === 'string' && value !== '') return value;
    }
    return '';
  };
  const attributes = new Map<string, string[]>([['objectclass', ['inetOrgPerson']]]);
  for (const [name, attribute] of Object.entries(ATTRIBUTES) as [keyof typeof ATTRIBUTES, string][]) {
    const values = (MANY.has(name) ? cell(name).split(';') : [cell(name)])
      .map((value) => (name === 'description' ? value.trim() : cleanLine(value)))
      .filter((value) => value !== '');
    if (values.length > 0) attributes.set(attribute, values);
  }
  const key = attributes.get('key')?.[0] ?? attributes.get('uid')?.[0] ?? attributes.get('mail')?.[0]?.toLowerCase();
  if (key === undefined) return undefined;
  attributes.set('key', [key]);
  return {
    place,
    key,
    attributes,
    groups: [
      ...new Set(
        cell('groups')
          .split(';')
          .map(cleanLine)
          .filter((name) => name !== ''),
      ),
    ],
  };
}
