import { GraphQLScalarType, Kind } from 'graphql';
import { requestError } from './request-error.ts';

/** A moment: ISO 8601, kept as text in UTC with milliseconds, so that texts compare as moments do. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize: (value) => String(value),
  parseValue: (value) => toMoment(value),
  parseLiteral: (node) => toMoment(node.kind === Kind.STRING ? node.value : undefined),
});

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function toMoment(value: unknown): string {
  if (typeof value === 'string' && ISO_8601.test(value)) {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return new Date(time).toISOString();
  }
  throw requestError('BAD_USER_INPUT', 'A DateTime is ISO 8601: "2026-11-20T09:30:00Z" or "2026-11-20".');
}
