import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleApp, type SampleApp } from '../helpers/sample.ts';

let sample: SampleApp;
beforeAll(async () => {
  sample = await sampleApp();
});
afterAll(() => sample.close());

it('whoever is asked for by name comes first', async () => {
  const { people } = await sample.ask<{ people: { edges: { node: { name: string } }[] } }>({
    query: '{ people(filter: { status: ACTIVE }, first: 100) { edges { node { name } } } }',
  });
  for (const { node } of people.edges) {
    const { topic } = await sample.ask<{ topic: { people: { edges: { node: { name: string } }[] } } }>({
      query: 'query ($name: String!) { topic(query: $name) { people(first: 1) { edges { node { name } } } } }',
      variables: { name: node.name },
    });
    expect(topic.people.edges[0]?.node.name).toBe(node.name);
  }
});
