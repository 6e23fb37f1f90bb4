import { isRecord } from '../own.ts';
import { CLOSE_OBJECT, JsonCursor, NoJson } from '../reading/cursor.ts';
import type { DataReader } from '../reading/reader.ts';
import { SubgraphFailure, type SubgraphAnswer } from './client.ts';

/** So many errors of one answer are looked at: more of them would tell a client nothing more. */
const MAX_ERRORS = 100;

/** A subgraph's answer as it was read. */
export interface ReadAnswer extends SubgraphAnswer {
  /** As JSON: few are looked at, and strangers' can be large. */
  readonly extensions: string | null;
}

/**
 * Reads a subgraph's answer.
 * @param read reads its data; without it, data is parsed as any JSON
 * @throws SubgraphFailure when it is no GraphQL result
 */
export function readAnswer(text: string, subgraph: string, maxDepth: number, read?: DataReader): ReadAnswer {
  const bad = (what: string) => new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', `${subgraph} answered with ${what}.`);
  let members: Members | undefined;
  try {
    members = new JsonCursor(text, maxDepth).nested((cursor) => membersOf(cursor, read ?? parseValue));
  } catch (error) {
    // A parser's message would quote the text, which may be anybody's: it is no business of the log.
    if (error instanceof NoJson) throw bad(error.isTooDeep ? 'JSON nested too deep' : 'something that is no JSON');
    throw error;
  }
  if (!members) throw bad('JSON that is no GraphQL result');
  const { data, errors, extensions } = members;
  if (data !== null && !isRecord(data)) throw bad('data that is no object');
  if (errors !== null && !Array.isArray(errors)) throw bad('errors that are no list');
  return { data, errors: (errors ?? []).slice(0, MAX_ERRORS).filter(isRecord), extensions };
}

interface Members {
  readonly data: unknown;
  readonly errors: unknown;
  readonly extensions: string | null;
}

/** What an answer consists of; undefined for what is no object. */
function membersOf(cursor: JsonCursor, read: DataReader): Members | undefined {
  if (!cursor.isObject) {
    cursor.value();
    cursor.end();
    return undefined;
  }
  let data: unknown = null;
  let errors: unknown = null;
  let extensions: string | null = null;
  if (cursor.open(CLOSE_OBJECT)) {
    do {
      const key = cursor.key();
      if (key === 'data') data = read(cursor);
      else if (key === 'errors') errors = parseValue(cursor);
      else if (key === 'extensions') extensions = cursor.value();
      else cursor.value();
    } while (cursor.goesOn(CLOSE_OBJECT));
  }
  cursor.end();
  return { data, errors, extensions };
}

function parseValue(cursor: JsonCursor): unknown {
  const text = cursor.value();
  return text === null ? null : (JSON.parse(text) as unknown);
}
