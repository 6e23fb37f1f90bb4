import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { subgraphs } from '../../subgraphs/registry.ts';
import { faultsOf } from './rules.ts';

const read = (name: string) => readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

describe('the schema', () => {
  it.each(subgraphs.map(({ name }) => name))('of %s keeps the rules', (name) => {
    expect(faultsOf(name, `${read('shared')}\n${read(name)}`)).toEqual([]);
  });
});

/** Each rule is shown to find what it looks for. */
describe('the rules', () => {
  const described = (sdl: string) => sdl.replaceAll(/^(\s*)(?=(type|enum|input) \w)/gm, '"What it is."\n');

  it.each([
    ['a type without a description', 'type Note { "Text." text: String }', 'Note has no description'],
    ['a field without one', described('type Note { text: String }'), 'Note.text has no description'],
    [
      'an argument without one',
      described('type Note { "Text." text(length: Int): String }'),
      'Note.text(length:) has no description',
    ],
    ['a value of an enum without one', described('enum Color { RED }'), 'Color.RED has no description'],
    ['an input field without one', described('input Filter { text: String }'), 'Filter.text has no description'],
    [
      'a list that can grow',
      described('type Note { "All." notes: [Note!]! }'),
      'Note.notes is a list that can grow: make it a connection',
    ],
    [
      'a connection without pages',
      described('type Note { "All." notes: NoteConnection! }'),
      'Note.notes is a connection without "first" and "after"',
    ],
    [
      'a connection without a count',
      described('type NoteConnection { "All." edges: [NoteEdge!]! }'),
      'NoteConnection has no "totalCount"',
    ],
    [
      'a field on a foreign entity that cannot be null',
      'type Document @key(fields: "id") { "Id." id: ID! "Mood." mood: String! }',
      'Document.mood depends on another subgraph and is not nullable',
    ],
    [
      'a field with @requires that cannot be null',
      'type Person implements Node @key(fields: "id") { "Id." id: ID! "Rank." rank: Int! @requires(fields: "votes") }',
      'Person.rank depends on another subgraph and is not nullable',
    ],
    [
      'an entity that is no Node',
      'type Person @key(fields: "id") { "Id." id: ID! }',
      'Person has an id and is no Node',
    ],
    [
      'arguments inside @requires',
      'type Person implements Node { "Rank." rank: Int @requires(fields: "votes(since: 1)") }',
      '@requires on Person.rank has arguments in its selection',
    ],
    [
      'a federation that composition does not know',
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.15", import: [])',
      'the schema links a federation newer than 2.11',
    ],
  ])('find %s', (_what, sdl, fault) => {
    expect(faultsOf('directory', sdl)).toContain(fault);
  });
});
