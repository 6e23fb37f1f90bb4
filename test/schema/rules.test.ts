import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { subgraphs } from '../../subgraphs/registry.ts';
import { faultsOf, SHORT_LISTS } from './rules.ts';

const read = (name: string) => readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8');

describe('the schema', () => {
  it.each(subgraphs.map(({ name }) => name))('of %s keeps the rules', (name) => {
    expect(faultsOf(name, `${read('shared')}\n${read(name)}`)).toEqual([]);
  });

  /** What clients read in the explorer, and what those read who look at the supergraph. */
  it.each(['api', 'supergraph'])('says in %s.graphql what everything is', (name) => {
    const schema = buildSchema(read(name), { assumeValid: true });
    const machinery = /^(__|join__|requiresScopes__|link__)/;
    const types = Object.values(schema.getTypeMap()).filter((type) => !machinery.test(type.name));
    const builtIn = new Set(['String', 'Int', 'Float', 'Boolean', 'ID']);
    const things: [string, string | null | undefined][] = types
      .filter((type) => !builtIn.has(type.name))
      .map((type) => [type.name, type.description]);
    for (const type of types) {
      if (isEnumType(type)) {
        for (const value of type.getValues()) things.push([`${type.name}.${value.name}`, value.description]);
      } else if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          things.push([`${type.name}.${field.name}`, field.description]);
          for (const arg of field.args) things.push([`${type.name}.${field.name}(${arg.name}:)`, arg.description]);
        }
      } else if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields())) {
          things.push([`${type.name}.${field.name}`, field.description]);
        }
      }
    }
    expect(things.length).toBeGreaterThan(300);
    expect(things.filter(([, text]) => (text ?? '').trim() === '').map(([place]) => place)).toEqual([]);
  });

  it('has all lists that are excused from being connections', () => {
    const types = buildSchema(read('supergraph'), { assumeValid: true }).getTypeMap();
    const gone = [...SHORT_LISTS.keys()].filter((place) => {
      const [type = '', field = ''] = place.split('.');
      const found = types[type];
      return !isObjectType(found) || !found.getFields()[field];
    });
    expect(gone).toEqual([]);
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
    ['a description of blanks', 'type Note { " " text: String }', 'Note.text has no description'],
    ['an entity at home without one', 'type Person @key(fields: "id") { id: ID! }', 'Person has no description'],
    [
      'a deprecation without a reason',
      'type Note { "Text." text: String @deprecated }',
      'Note.text is deprecated without a reason',
    ],
    ['a type in small letters', 'type sticky_note { text: String }', 'sticky_note is not spelled like its kind'],
    ['a field in capitals', 'type Note { Text: String }', 'Note.Text is not spelled like its kind'],
    [
      'an argument with underscores',
      'type Note { text(max_length: Int): String }',
      'Note.text(max_length:) is not spelled like its kind',
    ],
    ['an enum value in small letters', 'enum Color { red }', 'Color.red is not spelled like its kind'],
    ['an edge without its cursor', 'type NoteEdge { node: Note! }', 'NoteEdge has no "cursor"'],
    [
      'an entity nobody owns',
      'type Note @key(fields: "id") { id: ID! }',
      'Note is an entity without a home: say in HOME where',
    ],
    [
      'two fields that require different parts of the same',
      'type Topic { a: Int @requires(fields: "part { x y }") b: Int @requires(fields: "part { x } other") }',
      'Topic.a and b require "part" differently',
    ],
    [
      'arguments inside @key',
      'type Person @key(fields: "name(short: true)") { name: String }',
      '@key on Person.Person has arguments in its selection',
    ],
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
