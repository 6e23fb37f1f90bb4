import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';
import { refusal } from '../refusal.ts';
import type { OperationLimits } from './limits.ts';

const OPENING: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Refuses a document that is too long or nested too deep to be parsed: the parser calls itself for each bracket.
 * What cannot even be read is left to the parser, which says so better.
 * @throws TOO_MANY_TOKENS, NESTED_TOO_DEEP
 */
export function checkTokens(text: string, { tokens, nesting }: OperationLimits): void {
  const lexer = new Lexer(new Source(text));
  let count = 0;
  let depth = 0;
  for (;;) {
    const kind = nextKind(lexer);
    if (kind === undefined || kind === TokenKind.EOF) return;
    if (++count > tokens) throw refusal('TOO_MANY_TOKENS', { limit: tokens });
    if (OPENING.has(kind) && ++depth > nesting) throw refusal('NESTED_TOO_DEEP', { limit: nesting });
    if (CLOSING.has(kind)) depth--;
  }
}

function nextKind(lexer: Lexer): TokenKind | undefined {
  try {
    return lexer.advance().kind;
  } catch (error) {
    if (error instanceof GraphQLError) return undefined;
    throw error;
  }
}
