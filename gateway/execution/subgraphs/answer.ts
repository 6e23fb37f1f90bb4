import { isRecord } from '../own.ts';
import { SubgraphFailure, type SubgraphAnswer } from './client.ts';

/** So many errors of one answer are looked at: more of them would tell a client nothing more. */
const MAX_ERRORS = 100;

/** Reads a subgraph's answer. @throws SubgraphFailure when it is no GraphQL result. */
export function readAnswer(
  text: string,
  subgraph: string,
  maxDepth: number,
): SubgraphAnswer & { readonly extensions: unknown } {
  const bad = (what: string) => new SubgraphFailure('SUBGRAPH_BAD_RESPONSE', `${subgraph} answered with ${what}.`);
  if (isDeeper(text, maxDepth)) throw bad('JSON nested too deep');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be anybody's: it is no business of the log.
    throw bad('something that is no JSON');
  }
  if (!isRecord(value)) throw bad('JSON that is no GraphQL result');
  const { data = null, errors, extensions } = value;
  if (data !== null && !isRecord(data)) throw bad('data that is no object');
  if (errors !== undefined && errors !== null && !Array.isArray(errors)) throw bad('errors that are no list');
  return { data, errors: (errors ?? []).slice(0, MAX_ERRORS).filter(isRecord), extensions };
}

/** Whether JSON nests deeper than it may; brackets within strings do not count. */
function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) isString = false;
    } else if (code === 0x22) isString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
