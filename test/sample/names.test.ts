import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readTruth, SAMPLE, sampleApp, type SampleApp, type Truth } from '../helpers/sample.ts';

interface Concept {
  readonly prefLabel: string;
  readonly altLabels: readonly string[];
  readonly related: readonly string[];
}
interface Topic {
  readonly label: string | null;
  readonly synonyms: readonly string[];
  readonly related: readonly { readonly name: string; readonly origin: string }[];
  readonly people: { readonly edges: readonly { readonly node: { readonly mail: string } }[] };
}

const concepts = parse(readFileSync(join(SAMPLE, 'thesaurus.yaml'), 'utf8')) as Concept[];

/** People ask by the names they know; the thesaurus knows the others. */
describe('a topic by another name', () => {
  let sample: SampleApp;
  let truth: Truth;
  beforeAll(async () => {
    [sample, truth] = await Promise.all([sampleApp(), readTruth()]);
  });
  afterAll(() => sample.close());

  async function ask(query: string): Promise<Topic> {
    const { topic } = await sample.ask<{ topic: Topic }>({
      query: `query ($query: String!) { topic(query: $query) {
        label synonyms related(first: 20) { name origin } people(first: 5) { edges { node { mail } } } } }`,
      variables: { query },
    });
    return topic;
  }

  it('is known by its preferred one', async () => {
    const failures: string[] = [];
    for (const { prefLabel, altLabels } of concepts) {
      for (const name of [prefLabel, ...altLabels, prefLabel.toUpperCase()]) {
        const { label, synonyms } = await ask(name);
        if (label !== prefLabel) failures.push(`${name}: ${label} instead of ${prefLabel}`);
        if (name !== prefLabel && synonyms.includes(name)) failures.push(`${name}: a synonym of itself`);
      }
    }
    expect(failures).toEqual([]);
  });

  it('has the same first expert among the first three', async () => {
    const failures: string[] = [];
    let asked = 0;
    for (const { prefLabel, altLabels } of concepts) {
      const planted = truth.experts.subjects.find(({ topic }) => topic === prefLabel)?.experts[0];
      if (planted === undefined) continue;
      const { person } = await sample.ask<{ person: { mail: string } }>({
        query: 'query ($id: ID!) { person(id: $id) { mail } }',
        variables: { id: planted },
      });
      for (const name of altLabels) {
        asked++;
        const { people } = await ask(name);
        const found = people.edges.slice(0, 3).map(({ node }) => node.mail);
        if (!found.includes(person.mail)) failures.push(`${name}: ${person.mail} not in ${found.join(', ')}`);
      }
    }
    expect(asked).toBeGreaterThan(100);
    expect(failures).toEqual([]);
  });

  it('goes with what the thesaurus says, before what tags say, and never with itself', async () => {
    for (const { prefLabel, altLabels, related } of concepts) {
      const found = (await ask(altLabels[0] ?? prefLabel)).related;
      const origins = found.map(({ origin }) => origin);
      expect(origins, prefLabel).toEqual(origins.toSorted().toReversed());
      const names = found.map(({ name }) => name);
      expect(found.filter(({ origin }) => origin === 'THESAURUS').map(({ name }) => name)).toEqual(related);
      expect(new Set(names).size, prefLabel).toBe(names.length);
      expect(names).not.toContain(prefLabel);
    }
  });
});
