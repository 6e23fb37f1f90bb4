import type { GraphQLLeafType } from 'graphql';
import { leafOf } from './leaf.ts';
import { assign } from './own.ts';

/**
 * What answers are made of: values, as subgraphs in this process give them, or JSON text, as it comes over HTTP and as
 * the client gets it. What is null is null in both.
 */
export interface Form {
  /** What clients are told of a leaf; undefined for one that is none of its type. */
  readonly leaf: (type: GraphQLLeafType) => (value: unknown) => unknown;
  /** A value that no subgraph sent. */
  readonly value: (value: unknown) => unknown;
  /** An object with nothing in it yet. */
  readonly object: () => unknown;
  /** The object with a field more. */
  readonly withField: (object: unknown, field: NamedField, value: unknown) => unknown;
  readonly closeObject: (object: unknown) => unknown;
  /** A list out of its elements. */
  readonly list: (elements: unknown[]) => unknown;
}

/** A field's name in the answer, and how text has it. */
export interface NamedField {
  readonly name: string;
  /** `{"name":` */
  readonly opening: string;
  /** `,"name":` */
  readonly following: string;
}

/** A field of that name. */
export function named(name: string): NamedField {
  const key = `${JSON.stringify(name)}:`;
  return { name, opening: `{${key}`, following: `,${key}` };
}

/** Answers out of values. */
export const VALUES: Form = {
  leaf: leafOf,
  value: (value) => value,
  object: () => ({}),
  withField(object, { name }, value) {
    assign(object as Record<string, unknown>, name, value);
    return object;
  },
  closeObject: (object) => object,
  list: (elements) => elements,
};

/** Answers out of leaves that are JSON text. */
export const TEXT: Form = {
  leaf: leafTextOf,
  value: (value) => (value === null ? null : JSON.stringify(value)),
  object: () => '',
  withField: (object, { opening, following }, value) =>
    object === '' ? opening + (value as string) : (object as string) + following + (value as string),
  closeObject: (object) => (object === '' ? '{}' : `${object as string}}`),
  list(elements) {
    let text = '[';
    for (let index = 0; index < elements.length; index++)
      text += `${index === 0 ? '' : ','}${elements[index] as string}`;
    return `${text}]`;
  },
};

const INTEGER = /^-?\d{1,9}$/;

/** Most leaves are seen at a glance to be what they should be; the others are looked at as values. */
function leafTextOf(type: GraphQLLeafType): (text: unknown) => string | undefined {
  const told = leafOf(type);
  const closely = (text: string): string | undefined => {
    const value = told(JSON.parse(text));
    return value === undefined ? undefined : JSON.stringify(value);
  };
  const isPlain = PLAIN[type.name] ?? (() => false);
  return (text) => (typeof text !== 'string' ? undefined : isPlain(text) ? text : closely(text));
}

const isString = (text: string) => text.charCodeAt(0) === 0x22;

const PLAIN: Readonly<Record<string, (text: string) => boolean>> = {
  String: isString,
  ID: isString,
  Int: (text) => INTEGER.test(text),
  Float: (text) => INTEGER.test(text),
  Boolean: (text) => text === 'true' || text === 'false',
};
