import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { buildSchema, Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

const FOLDER = new URL('../../schema/operations/', import.meta.url);
const api = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));
const operations = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const variables = new URL(file.replace(/\.graphql$/, '.variables.json'), FOLDER);
    return {
      file,
      text,
      document: parse(text),
      variables: (existsSync(variables) ? JSON.parse(readFileSync(variables, 'utf8')) : {}) as Record<string, unknown>,
    };
  });

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(() => sample.close());

/** What portal, explorer and reports ask. */
describe.each(operations)('$file', ({ file, text, document, variables }) => {
  const [operation, ...others] = document.definitions.filter(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );

  it('is one operation with a name, and says what it is for', () => {
    expect(others).toEqual([]);
    expect(operation?.name?.value).toMatch(/^[A-Z]\w+$/);
    expect(text).toMatch(/^# \S/);
  });

  it('fits the API', () => {
    expect(validate(api, document).map(({ message }) => message)).toEqual([]);
  });

  it('gives exactly the variables it has, all that are needed among them', () => {
    const declared = operation?.variableDefinitions ?? [];
    const names = declared.map(({ variable }) => variable.name.value);
    const needed = declared
      .filter(({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && !defaultValue)
      .map(({ variable }) => variable.name.value);
    expect(names).toEqual(expect.arrayContaining(Object.keys(variables)));
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(needed));
  });

  // Nobody, somebody, and an operator.
  it.each([undefined, 'jose.ferreira', 'noor.vandijk'])('answers %s without an error', async (viewer) => {
    const answer = await sample.ask<Record<string, unknown>>({ query: text, variables, viewer });
    for (const [field, value] of Object.entries(answer)) expect(value, `${file}: ${field}`).not.toBeNull();
    // An answer of empty lists would be no example.
    const lists = JSON.stringify(answer).match(/"edges":\[[^\]]/g) ?? [];
    expect(lists.length + Number(file === 'sources.graphql')).toBeGreaterThan(0);
  });
});

it('there are operations, and no variables without one', () => {
  expect(operations.length).toBeGreaterThan(4);
  const files = readdirSync(FOLDER);
  for (const file of files.filter((name) => name.endsWith('.variables.json'))) {
    expect(files).toContain(file.replace(/\.variables\.json$/, '.graphql'));
  }
});
